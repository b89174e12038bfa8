import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "../../../cli/shared/paths";
import { obtainEngine, runPulumi, type PulumiResult } from "../../../engine";
import type { Registered } from "./resources";

/** A program of its own on the real engine and the real Databricks provider, and on the double of Azure's. */
export class PolicyStack {
  #files = 0;
  #connection: Record<string, string> = {};

  private constructor(readonly folder: string) {}

  /** A stack without resources, in a temporary folder. */
  static async create(): Promise<PolicyStack> {
    const folder = mkdtempSync(join(tmpdir(), "mlops-policies-"));
    const stack = new PolicyStack(folder);
    const runtime = "runtime: { name: nodejs, options: { typescript: false } }\n";
    writeFileSync(join(folder, "Pulumi.yaml"), `name: judged\n${runtime}`);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ main: "program.cjs" }));
    copyFileSync(join(__dirname, "program.cjs"), join(folder, "program.cjs"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const made = await stack.run("stack", "init", "test");
    if (made.exitCode !== 0) throw new Error(made.stderr);
    return stack;
  }

  /** Says where the provider goes. */
  connect({ url, token }: { readonly url: string; readonly token: string }): void {
    this.#connection = {
      DATABRICKS_HOST: url,
      DATABRICKS_TOKEN: token,
      DATABRICKS_AUTH_TYPE: "pat",
    };
  }

  /**
   * Runs `preview` or `up` with the policy pack.
   * @param rules - The settings, `mlops-policies:rules`; none at all if undefined.
   */
  deploy(
    command: "preview" | "up",
    resources: readonly Registered[],
    rules: unknown,
    ...args: string[]
  ): Promise<PulumiResult> {
    const file = join(this.folder, `${this.#files++}`);
    writeFileSync(`${file}.json`, JSON.stringify(resources));
    const settings = rules === undefined ? {} : { "mlops-policies:rules": rules };
    // Every JSON text is a YAML text.
    const config = { config: { "judged:resources": `${file}.json`, ...settings } };
    writeFileSync(`${file}.yaml`, JSON.stringify(config));
    const yes = command === "up" ? ["--yes", "--skip-preview"] : [];
    const pack = ["--policy-pack", join(root, "policies")];
    return this.run(command, ...yes, ...pack, "--config-file", `${file}.yaml`, ...args);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(...args: string[]): Promise<PulumiResult> {
    const env = {
      ...process.env,
      ...this.#connection,
      PATH: [join(root, "test", "azureNative", "bin"), process.env["PATH"]].join(delimiter),
      AZURE_NATIVE_DOUBLE_STATE: join(this.folder, "azure"),
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "for a test",
    };
    const options = { cwd: this.folder, env, stdio: "pipe" } as const;
    return runPulumi(await obtainEngine({ env }), [...args, "--non-interactive"], options);
  }
}
