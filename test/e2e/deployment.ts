import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { python } from "../../cli/python/python";
import { runJob, type RunResult } from "../../cli/job/runJob";
import { root } from "../../cli/shared/paths";
import { callWorkspace, type Call, type TokenConnection } from "../../components/workspace/rest";
import { obtainEngine, runPulumi, type PulumiResult } from "../../engine";
import { startWorkspace, type RunningWorkspace } from "../../local/start";

const logged = z.object({
  run: z.looseObject({
    data: z.looseObject({
      metrics: z.array(z.looseObject({ key: z.string(), value: z.number() })),
    }),
  }),
});

/** How long a test of a whole deployment may take; a cold machine with two cores is slow. */
export const MINUTES = 60_000;

/** Where the double of the azure-native provider is. */
const AZURE_DOUBLE = join(root, "test", "azureNative", "bin");

/** What makes a deployment another one than that of the stack `local`. */
export interface DeploymentOptions {
  /** The stack, whose configuration is `Pulumi.<stack>.yaml`. @default "local" */
  readonly stack?: string;
  /** Whether the stack deploys to Azure too: to a double of it that is this deployment's own. */
  readonly azure?: boolean;
  /**
   * Folder of a program of a test's own: its `Pulumi.yaml`, the stack's configuration, and what runs, `main.cjs`.
   * @default the checkout's program
   */
  readonly program?: string;
}

/**
 * A workspace of its own on a free port, with a stack whose state is in a temporary folder: the
 * program, engine and Databricks provider are those that everybody runs.
 */
export class Deployment {
  /** Where the engine finds the workspace, if a test stands between the two. */
  through: string | undefined;
  /** What signs the engine in, if a test wants another way than the workspace's token. */
  signIn: Readonly<Record<string, string>> | undefined;
  /** Whether the stack has been told of its workspace. */
  knowsWorkspace = true;
  /** Whether another deployment has the workspace, and closes it. */
  private isCopy = false;

  private constructor(
    readonly workspace: RunningWorkspace,
    readonly folder: string,
    private readonly stack: string,
    private readonly azure: boolean,
    private readonly program: string,
  ) {}

  /**
   * @param edit - Changes the text of the stack's configuration file for this deployment.
   * @param record - File that the workspace notes its calls in.
   */
  static async create(
    edit: (yaml: string) => string = (yaml) => yaml,
    record?: string,
    { stack = "local", azure = false, program = root }: DeploymentOptions = {},
  ): Promise<Deployment> {
    const folder = mkdtempSync(join(tmpdir(), "mlops-e2e-"));
    const workspace = await startWorkspace({ root: join(folder, "workspace"), python, record });
    const deployment = new Deployment(workspace, folder, stack, azure, program);
    deployment.configure(edit);
    deployment.link();
    await deployment.init();
    return deployment;
  }

  /** Makes the stack from the folder: Pulumi notes its salt in the file that it finds, not in the checkout's. */
  private async init(): Promise<void> {
    copyFileSync(join(this.program, "Pulumi.yaml"), join(this.folder, "Pulumi.yaml"));
    const init = ["stack", "init", this.stack, "--no-select", "--non-interactive"];
    const made = await runPulumi(await obtainEngine({ env: this.env }), init, {
      cwd: this.folder,
      env: this.env,
      stdio: "pipe",
    });
    if (made.exitCode !== 0) throw new Error(made.stderr);
  }

  /** The same stack on a machine that does not share the state: a copy of it, on the same workspace. */
  copy(): Deployment {
    const folder = mkdtempSync(join(tmpdir(), "mlops-e2e-"));
    for (const name of [".pulumi", "Pulumi.yaml", `Pulumi.${this.stack}.yaml`]) {
      cpSync(join(this.folder, name), join(folder, name), { recursive: true });
    }
    const copy = new Deployment(this.workspace, folder, this.stack, this.azure, this.program);
    copy.isCopy = true;
    copy.link();
    return copy;
  }

  /** A program of a test's own runs in this deployment's folder, where the engine's processes look for the SDK. */
  private link(): void {
    if (this.program === root) return;
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    const main = JSON.stringify(join(this.program, "main.cjs"));
    writeFileSync(join(this.folder, "main.cjs"), `module.exports = require(${main});\n`);
    writeFileSync(join(this.folder, "package.json"), '{ "main": "main.cjs" }\n');
  }

  get connection(): TokenConnection {
    return { host: this.workspace.url, token: this.workspace.token };
  }

  /** The environment of the CLI; also for commands that a test starts itself. */
  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "local",
      ...(this.knowsWorkspace && this.workspaceSettings),
      ...(this.azure && {
        PATH: [AZURE_DOUBLE, process.env["PATH"]].join(delimiter),
        AZURE_NATIVE_DOUBLE_STATE: join(this.folder, "azure"),
      }),
    };
  }

  private get workspaceSettings(): Readonly<Record<string, string>> {
    return {
      DATABRICKS_HOST: this.through ?? this.workspace.url,
      ...(this.signIn ?? {
        DATABRICKS_TOKEN: this.workspace.token,
        DATABRICKS_AUTH_TYPE: "pat",
      }),
      // Nothing is throttled here; the provider's default is 15 requests a second.
      DATABRICKS_RATE_LIMIT: "200",
    };
  }

  private get configFile(): string {
    return join(this.folder, `Pulumi.${this.stack}.yaml`);
  }

  /** Starts again from the program's configuration, changed by `edit`. */
  configure(edit: (yaml: string) => string): void {
    const original = readFileSync(join(this.program, `Pulumi.${this.stack}.yaml`), "utf8");
    writeFileSync(this.configFile, edit(original));
  }

  /** Runs any command of the CLI. */
  async pulumi(...args: string[]): Promise<PulumiResult> {
    const engine = await obtainEngine({ env: this.env });
    const config = DEPLOYING.has(args[0] ?? "") ? ["--config-file", this.configFile] : [];
    const stack = ["--stack", this.stack];
    return runPulumi(engine, [...args, ...stack, ...config, "--non-interactive"], {
      cwd: this.program === root ? root : this.folder,
      env: this.env,
      stdio: "pipe",
    });
  }

  up(...args: string[]): Promise<PulumiResult> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  run(job: string, parameters: Record<string, string> = {}): Promise<RunResult> {
    return runJob(this.connection, job, parameters);
  }

  call(method: Call["method"], path: string, body?: unknown): Promise<unknown> {
    return callWorkspace(this.connection, { method, path, body });
  }

  /** What an MLflow run has logged, by metric. */
  async metricsOf(runId: string): Promise<ReadonlyMap<string, number>> {
    const { run } = logged.parse(
      await this.call("GET", `/api/2.0/mlflow/runs/get?run_id=${runId}`),
    );
    return new Map(run.data.metrics.map(({ key, value }) => [key, value]));
  }

  async close(): Promise<void> {
    if (!this.isCopy) await this.workspace.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Edits a stack's configuration so that it has these models alone: the fewer, the quicker. */
export const only =
  (...models: string[]) =>
  (yaml: string): string =>
    yaml.replace(
      "mlops:environment:\n",
      `mlops:environment:\n    models: [${models.join(", ")}]\n`,
    );

const DEPLOYING = new Set(["up", "preview", "refresh", "destroy"]);

/** Everything a command said, for assertions on what a user reads. */
export function said({ stdout, stderr }: Pick<PulumiResult, "stdout" | "stderr">): string {
  return `${stdout}\n${stderr}`;
}
