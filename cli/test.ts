import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { obtainEngine } from "../engine";
import { exitCodeOf } from "./shared/exitCode";
import { paths, root } from "./shared/paths";
import { ensurePython, python } from "./python/python";
import { ensureSpark } from "./python/spark";
import { UserError } from "./shared/userError";

/** Passed and failed tests of one suite. */
interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Result extends Count {
  readonly name: string;
  readonly seconds: number;
}

interface Suite {
  readonly name: string;
  readonly run: (log: Log) => Promise<Count>;
}

/** Where a suite's output goes: the terminal, or what is printed when the suite has ended. */
type Log = "inherit" | string[];

const reports = join(paths.kept, "reports");

/** The suite that runs alone. */
const E2E = "e2e";

const suites: readonly Suite[] = [
  { name: "types", run: (log) => check(log, "npx", ["tsc"]) },
  { name: "lint", run: (log) => check(log, "npx", ["eslint", "."]) },
  {
    name: "format",
    run: (log) => check(log, "npx", ["prettier", "--check", "--log-level=warn", "."]),
  },
  {
    name: "docs",
    run: (log) => check(log, process.execPath, ["cli/run.cjs", "docs", "--check"]),
  },
  {
    name: "pipelines",
    run: (log) => check(log, process.execPath, ["cli/run.cjs", "pipelines"]),
  },
  // The longest ones early: nothing waits for them in the end.
  { name: "spark", run: spark },
  { name: "unit", run: (log) => vitest(log, "unit") },
  {
    name: "ruff",
    run: (log) => check(log, python, ["-m", "ruff", "check", "cli", "jobs", "local"]),
  },
  { name: "jobs", run: (log) => pytest(log, "jobs") },
  { name: "lakehouse", run: (log) => pytest(log, "local/lakehouse") },
  { name: "compute", run: (log) => pytest(log, "local/jobs") },
  { name: "image", run: (log) => pytest(log, "cli/image") },
  { name: E2E, run: (log) => vitest(log, "e2e") },
];

async function runSuite({ name, run }: Suite): Promise<Result> {
  const log: Log = name === E2E ? "inherit" : [];
  if (log === "inherit") console.log(`\n── ${name}`);
  const begun = Date.now();
  const count = await run(log);
  if (log !== "inherit") console.log(`\n── ${name}\n${log.join("")}`);
  return { ...count, name, seconds: (Date.now() - begun) / 1000 };
}

/**
 * `npm test`: sets up what the suites need, runs all of them (or those named), and prints the sum
 * of all runners last. Exit code 1 when anything failed.
 */
export async function main(args: string[]): Promise<number> {
  const unknown = args.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new UserError(
      `There is no suite '${unknown.join("', '")}'; there are ${suites.map((s) => s.name).join(", ")}.`,
    );
  }
  const chosen = args.length === 0 ? suites : suites.filter((suite) => args.includes(suite.name));
  mkdirSync(reports, { recursive: true });
  await ensurePython();
  if (chosen.some(({ name }) => name === E2E)) await obtainEngine();

  const counts: Result[] = [];
  const waiting = chosen.filter(({ name }) => name !== E2E);
  const runWaiting = async (): Promise<void> => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) {
      counts.push(await runSuite(suite));
    }
  };
  // Each keeps one core busy; the end-to-end tests take both.
  await Promise.all([runWaiting(), runWaiting()]);
  const e2e = chosen.find(({ name }) => name === E2E);
  if (e2e !== undefined) counts.push(await runSuite(e2e));
  console.log();
  for (const { name, passed, failed, seconds } of counts) {
    console.log(
      `${failed === 0 ? "✓" : "✗"} ${name}: ${passed} of ${passed + failed}, ${seconds.toFixed(0)} s`,
    );
  }
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** A command that says yes or no counts as one test. */
async function check(log: Log, command: string, args: readonly string[]): Promise<Count> {
  return (await execute(log, command, args)) === 0
    ? { passed: 1, failed: 0 }
    : { passed: 0, failed: 1 };
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
});

async function vitest(log: Log, project: string): Promise<Count> {
  const file = join(reports, `${project}.json`);
  rmSync(file, { force: true });
  const code = await execute(log, "npx", [
    ...["vitest", "run", "--project", project],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  ]);
  return counted(code, () => {
    const report = vitestReport.parse(JSON.parse(readFileSync(file, "utf8")));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  });
}

/** The tasks on a real Spark; it is installed here, while the other suites run. */
async function spark(log: Log): Promise<Count> {
  try {
    await ensureSpark();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return { passed: 0, failed: 1 };
  }
  return pytest(log, "jobs", "tests/spark");
}

/** Each folder brings its own configuration, so pytest runs in it. */
async function pytest(log: Log, folder: string, ...tests: string[]): Promise<Count> {
  const file = join(reports, `${[folder, ...tests].join("-").replaceAll("/", "-")}.xml`);
  rmSync(file, { force: true });
  const args = ["-m", "pytest", `--junitxml=${file}`, ...tests];
  const code = await execute(log, python, args, join(root, folder));
  return counted(code, () => {
    const xml = readFileSync(file, "utf8");
    const of = (attribute: string): number =>
      Number(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`).exec(xml)?.[1] ?? NaN);
    const failed = of("failures") + of("errors");
    return { passed: of("tests") - failed - of("skipped"), failed };
  });
}

/** A runner that failed without a failed test, or without a report, still is a failure. */
function counted(code: number, read: () => Count): Count {
  try {
    const count = read();
    return code === 0 || count.failed > 0 ? count : { ...count, failed: 1 };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function execute(log: Log, command: string, args: readonly string[], cwd = root): Promise<number> {
  const output = log === "inherit" ? "inherit" : "pipe";
  const child = spawn(command, args, { cwd, stdio: ["ignore", output, output] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data: Buffer) => {
      if (log !== "inherit") log.push(data.toString());
    });
  }
  return exitCodeOf(child);
}
