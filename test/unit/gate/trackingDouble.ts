import { refusal, type Received, type Reply } from "../httpDouble";

/** Where training of the double's model logs its runs. */
export const EXPERIMENT = "/Shared/mlops/experiments/churn";
const EXPERIMENT_ID = "17";

/** A signature as training notes it on its run. */
export const SIGNATURE = {
  inputs: [
    { name: "tenure", type: "long", required: true },
    { name: "spend", type: "double", required: true },
  ],
  outputs: [{ type: "long", required: true }],
};

/** What a run has besides its metrics, as MLflow answers it. */
export interface RunDetails {
  experimentId: string;
  stage: unknown;
  /** When all of its metrics were logged, in milliseconds since 1970. */
  loggedAt: unknown;
  readonly tags: Map<string, unknown>;
  datasets: { readonly name: unknown; readonly digest: unknown; readonly context: string }[];
  /** Of metrics that were logged more than once: all values with their steps. */
  readonly histories: Map<string, readonly { readonly value: unknown; readonly step: unknown }[]>;
}

/** A double of MLflow's tracking server: the calls that the gate makes. */
export class TrackingDouble {
  /** Metrics by run, as MLflow answers them: numbers, or text for what JSON cannot say. */
  readonly runs = new Map<string, Record<string, unknown>>();
  /** Paths of experiments by their id. */
  readonly experiments = new Map([[EXPERIMENT_ID, EXPERIMENT]]);
  private readonly known = new Map<string, RunDetails>();
  private readonly started = Date.now() - 60_000;

  /** What a run has besides its metrics; a test may change it. */
  details(id: string): RunDetails {
    const found = this.known.get(id) ?? {
      experimentId: EXPERIMENT_ID,
      stage: "active",
      loggedAt: this.started,
      tags: new Map<string, unknown>([
        ["mlflow.source.git.commit", "0123abc"],
        ["mlops.signature", JSON.stringify(SIGNATURE)],
      ]),
      datasets: [{ name: "holdout", digest: "d1", context: "validation" }],
      histories: new Map(),
    };
    this.known.set(id, found);
    return found;
  }

  /** What MLflow answers, undefined if it is not asked. */
  answer({ method, path, query }: Received): Reply | undefined {
    if (method !== "GET") return undefined;
    switch (path) {
      case "/api/2.0/mlflow/runs/get":
        return this.run(query["run_id"] ?? "");
      case "/api/2.0/mlflow/experiments/get":
        return this.experiment(query["experiment_id"] ?? "");
      case "/api/2.0/mlflow/metrics/get-history":
        return this.history(query["run_id"] ?? "", query["metric_key"] ?? "");
      default:
        return undefined;
    }
  }

  private run(id: string): Reply {
    const measured = this.runs.get(id);
    if (measured === undefined) return refusal(404, "RESOURCE_DOES_NOT_EXIST", "No such run.");
    const { experimentId, stage, loggedAt, tags, datasets } = this.details(id);
    const metrics = Object.entries(measured).map(([key, value]) => ({
      ...{ key, value, step: 0 },
      ...(loggedAt === undefined ? {} : { timestamp: loggedAt }),
    }));
    const inputs = datasets.map(({ name, digest, context }) => ({
      tags: [{ key: "mlflow.data.context", value: context }],
      dataset: { name, digest, source_type: "delta", source: "{}" },
    }));
    return {
      body: {
        run: {
          info: { run_id: id, experiment_id: experimentId, lifecycle_stage: stage },
          data: { metrics, tags: [...tags].map(([key, value]) => ({ key, value })) },
          inputs: { dataset_inputs: inputs },
        },
      },
    };
  }

  private experiment(id: string): Reply {
    const name = this.experiments.get(id);
    if (name === undefined) return refusal(404, "RESOURCE_DOES_NOT_EXIST", "No such experiment.");
    return { body: { experiment: { experiment_id: id, name, lifecycle_stage: "active" } } };
  }

  private history(id: string, key: string): Reply {
    const { histories, loggedAt: timestamp } = this.details(id);
    const last = { value: this.runs.get(id)?.[key], step: 0 };
    const entries = histories.get(key) ?? (last.value === undefined ? [] : [last]);
    return { body: { metrics: entries.map((entry) => ({ key, timestamp, ...entry })) } };
  }
}
