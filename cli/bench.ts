import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { obtainEngine, runPulumi, type Engine, type PulumiResult } from "../engine";
import { startWorkspace } from "../local/start";
import { writeFlatProgram } from "../test/bench/flat";
import { measureGates } from "../test/bench/gates";
import { paths, root } from "./shared/paths";
import { ensurePython, python } from "./python/python";

const PAIRS = 5;
const probe = z.object({ stack: z.number(), first: z.number(), tsNode: z.boolean() });

/** What a figure must not exceed, and what it is. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
}

/**
 * `npm run bench`: measures previews as ratios within one run, because machines differ.
 * Exit code 1 when a figure is over its limit.
 */
export async function main(): Promise<number> {
  await ensurePython();
  const engine = await obtainEngine();
  // Below the repository, so that the flat program finds the same node_modules.
  const folder = mkdtempSync(join(paths.kept, "bench-"));
  const workspace = await startWorkspace({ root: join(folder, "workspace"), python });
  try {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "local",
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
      DATABRICKS_AUTH_TYPE: "pat",
      DATABRICKS_RATE_LIMIT: "200",
    };
    const figures = [
      ...(await measure(new Runner(engine, folder, env))),
      ...(await gateFigures(engine, folder)),
    ];
    for (const { name, value, limit, unit } of figures) {
      const mark = value <= limit ? "✓" : "✗";
      console.log(
        `${mark} ${name}: ${value.toFixed(2)}${unit} (at most ${limit.toFixed(2)}${unit})`,
      );
    }
    return figures.every(({ value, limit }) => value <= limit) ? 0 : 1;
  } finally {
    await workspace.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Runner {
  readonly report: string;

  constructor(
    private readonly engine: Engine,
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.report = join(folder, "report.jsonl");
  }

  /** Runs the CLI in `cwd`; seconds on the wall. */
  async pulumi(cwd: string, ...args: string[]): Promise<PulumiResult & { seconds: number }> {
    const env = {
      ...this.env,
      MLOPS_BENCH_REPORT: this.report,
      NODE_OPTIONS: `--require ${join(root, "test", "bench", "probe.cjs")}`,
    };
    const begun = performance.now();
    const result = await runPulumi(this.engine, args, { cwd, env, stdio: "pipe" });
    const seconds = (performance.now() - begun) / 1000;
    if (result.exitCode !== 0) {
      throw new Error(`pulumi ${args.join(" ")}:\n${result.stdout}${result.stderr}`);
    }
    return { ...result, seconds };
  }
}

async function measure(runner: Runner): Promise<Figure[]> {
  const flat = join(runner.folder, "flat");
  await runner.pulumi(root, "stack", "init", "local", "--no-select");
  await runner.pulumi(root, "up", "--yes", "--skip-preview", "-s", "local");
  const { stdout } = await runner.pulumi(root, "stack", "export", "-s", "local");
  const state = writeFlatProgram(flat, stdout);
  await runner.pulumi(flat, "stack", "init", "local", "--no-select");
  await runner.pulumi(flat, "stack", "import", "-s", "local", "--file", state);

  const preview = ["preview", "--expect-no-changes", "-s", "local"];
  const ours: number[] = [];
  const theirs: number[] = [];
  rmSync(runner.report, { force: true });
  for (let pair = 0; pair <= PAIRS; pair++) {
    const a = await runner.pulumi(root, ...preview);
    const b = await runner.pulumi(flat, ...preview);
    // The first pair warms the caches of disk and transpiler.
    if (pair === 0) continue;
    ours.push(a.seconds);
    theirs.push(b.seconds);
  }
  const starts = readFileSync(runner.report, "utf8")
    .trim()
    .split("\n")
    .map((line) => probe.parse(JSON.parse(line)))
    // Every other line is the flat program's.
    .filter((_line, index) => index % 2 === 0);
  const ratio = median(ours.map((seconds, pair) => seconds / (theirs[pair] ?? NaN)));
  console.log(`No-op preview: ours ${list(ours)} s, flat ${list(theirs)} s`);
  return [
    { name: "No-op preview against a flat program", value: ratio, limit: 1.1, unit: "×" },
    {
      name: "Start to the stack's registration",
      value: median(starts.map((s) => s.stack)),
      limit: 1.5,
      unit: " s",
    },
    {
      name: "Start to the first resource of the program",
      value: median(starts.map((s) => s.first)),
      limit: 1.5,
      unit: " s",
    },
    {
      name: "Programs that loaded ts-node",
      value: starts.filter((s) => s.tsNode).length,
      limit: 0,
      unit: "",
    },
  ];
}

/** A hundred models with gates against the same without. */
async function gateFigures(engine: Engine, folder: string): Promise<Figure[]> {
  const { ratios, callsPerModel } = await measureGates(engine, folder);
  return [
    { name: "Preview with 100 gates against none", value: median(ratios), limit: 1.3, unit: "×" },
    { name: "Calls to the registry for a model", value: callsPerModel, limit: 3, unit: "" },
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const list = (values: readonly number[]): string =>
  values.map((value) => value.toFixed(1)).join(" ");
