import { z } from "zod";
import type { Policy, Rule } from "../../components/gate/decision/rule";
import { callWorkspace, type Call, type TokenConnection } from "../../components/workspace/rest";

/** What is noted of a version's run, as the tracking server takes it. */
export interface QuickCandidate {
  /** Text stands for what JSON cannot write. */
  readonly metrics: Readonly<Record<string, number | "NaN" | "Infinity" | "-Infinity">>;
  /** Whether its run is of an experiment that is not the model's. @default false */
  readonly foreign?: boolean;
  /** Names of the model's inputs, all doubles; null: its run notes no signature. @default ["x"] */
  readonly inputs?: readonly string[] | null;
  /** Whether its registration is finished. @default true */
  readonly finished?: boolean;
}

const MLMODEL = `signature:
  inputs: '[{"type": "double", "name": "x"}]'
  outputs: '[{"type": "long", "name": "y"}]'
`;

const answered = {
  run: z.looseObject({ run: z.looseObject({ info: z.looseObject({ run_id: z.string() }) }) }),
  version: z.looseObject({ model_version: z.looseObject({ version: z.string() }) }),
  read: z.looseObject({
    model_version: z.looseObject({
      run_id: z.string(),
      tags: z.array(z.object({ key: z.string(), value: z.string().default("") })).default([]),
    }),
  }),
  experiment: z.looseObject({ experiment_id: z.string() }),
};

/**
 * A model with its experiment, whose versions are registered by the REST calls that the MLflow client makes:
 * in a tenth of a second each, because nothing that could be served is behind them.
 */
export class QuickModel {
  readonly #experiments = new Map<string, string>();

  /**
   * A model that is there.
   * @param experiment - Path of its experiment, which is made with the first run.
   */
  constructor(
    private readonly connection: TokenConnection,
    /** Full name. */
    readonly model: string,
    /** Path of its experiment. */
    readonly experiment: string,
  ) {}

  /** What a gate of this model asks for, beside the rules as little as it can. */
  policy(...rules: readonly Rule[]): Policy {
    return {
      ...{ rules, experiment: this.experiment, signature: "compatible" },
      ...{ canary: [], breakglass: null, approvals: [], dryRun: false },
    };
  }

  /** Makes catalog, schema and model. */
  static async create(connection: TokenConnection, catalog: string): Promise<QuickModel> {
    const quick = new QuickModel(connection, `${catalog}.models.quick`, `/Shared/${catalog}`);
    const uc = "/api/2.1/unity-catalog";
    const model = { catalog_name: catalog, schema_name: "models", name: "quick" };
    await quick.call("POST", `${uc}/catalogs`, { name: catalog });
    await quick.call("POST", `${uc}/schemas`, { catalog_name: catalog, name: "models" });
    await quick.call("POST", `${uc}/models`, model);
    return quick;
  }

  /** @returns Its number. */
  async register(candidate: QuickCandidate): Promise<string> {
    const { metrics, foreign = false, inputs = ["x"], finished = true } = candidate;
    const experiment = foreign ? `${this.experiment}-another` : this.experiment;
    const run = await this.run(experiment, metrics, inputs);
    const root = "/api/2.0/mlflow/unity-catalog/model-versions";
    const made = await this.call("POST", `${root}/create`, {
      name: this.model,
      source: `dbfs:/runs/${run}`,
      run_id: run,
    });
    const { version } = answered.version.parse(made).model_version;
    if (!finished) return version;
    await this.upload(`/Models/${this.model.replaceAll(".", "/")}/${version}/MLmodel`, MLMODEL);
    await this.call("POST", `${root}/finalize`, { name: this.model, version });
    return version;
  }

  /** Points `challenger` at a version. */
  async nominate(version: string): Promise<void> {
    await this.call("PUT", this.alias("challenger"), { version_num: Number(version) });
  }

  /** The version with an alias, undefined if there is none. */
  async versionOf(alias: string): Promise<string | undefined> {
    const found = await this.call("GET", this.alias(alias));
    return z.looseObject({ version: z.coerce.string() }).optional().parse(found)?.version;
  }

  /** The tags of a version. */
  async tagsOf(version: string): Promise<ReadonlyMap<string, string>> {
    const { tags } = await this.read(version);
    return new Map(tags.map(({ key, value }) => [key, value]));
  }

  /** The run that a version comes from. */
  async runOf(version: string): Promise<string> {
    return (await this.read(version)).run_id;
  }

  /** Calls the workspace as whoever made this model. */
  call(method: Call["method"], path: string, body?: unknown): Promise<unknown> {
    return callWorkspace(this.connection, { method, path, body });
  }

  private async read(version: string) {
    const query = new URLSearchParams({ name: this.model, version }).toString();
    const path = `/api/2.0/mlflow/unity-catalog/model-versions/get?${query}`;
    return answered.read.parse(await this.call("GET", path)).model_version;
  }

  private alias(name: string): string {
    return `/api/2.1/unity-catalog/models/${this.model}/aliases/${name}`;
  }

  private async run(
    experiment: string,
    metrics: QuickCandidate["metrics"],
    inputs: readonly string[] | null,
  ): Promise<string> {
    const made = await this.call("POST", "/api/2.0/mlflow/runs/create", {
      experiment_id: await this.experimentId(experiment),
      start_time: Date.now(),
    });
    const { run_id } = answered.run.parse(made).run.info;
    const signature = inputs && {
      inputs: inputs.map((name) => ({ name, type: "double", required: true })),
      outputs: [{ name: "y", type: "long", required: true }],
    };
    await this.call("POST", "/api/2.0/mlflow/runs/log-batch", {
      run_id,
      metrics: Object.entries(metrics).map(([key, value]) => ({
        ...{ key, value, timestamp: Date.now(), step: 0 },
      })),
      tags:
        signature === null ? [] : [{ key: "mlops.signature", value: JSON.stringify(signature) }],
    });
    return run_id;
  }

  private async experimentId(path: string): Promise<string> {
    const known = this.#experiments.get(path);
    if (known !== undefined) return known;
    const made = await this.call("POST", "/api/2.0/mlflow/experiments/create", { name: path });
    const { experiment_id } = answered.experiment.parse(made);
    this.#experiments.set(path, experiment_id);
    return experiment_id;
  }

  private async upload(path: string, content: string): Promise<void> {
    const { host, token } = this.connection;
    const answer = await fetch(`${host}/api/2.0/fs/files${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
      body: content,
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}
