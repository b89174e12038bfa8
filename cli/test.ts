import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { obtainEngine } from "../engine";
import { paths, root } from "./paths";
import { ensurePython, python } from "./python";
import { UserError } from "./userError";

/** Passed and failed tests of one suite. */
interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Suite {
  readonly name: string;
  readonly run: () => Promise<Count>;
}

const reports = join(paths.kept, "reports");

const suites: readonly Suite[] = [
  { name: "types", run: () => check("npx", ["tsc"]) },
  { name: "lint", run: () => check("npx", ["eslint", "."]) },
  { name: "format", run: () => check("npx", ["prettier", "--check", "--log-level=warn", "."]) },
  { name: "ruff", run: () => check(python, ["-m", "ruff", "check", "jobs", "local"]) },
  { name: "unit", run: () => vitest("unit") },
  { name: "jobs", run: () => pytest("jobs") },
  { name: "lakehouse", run: () => pytest("local/lakehouse") },
  { name: "compute", run: () => pytest("local/jobs") },
  { name: "e2e", run: () => vitest("e2e") },
];

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
  if (chosen.some((suite) => suite.name === "e2e")) await obtainEngine();

  const counts: (Count & { name: string; seconds: number })[] = [];
  for (const { name, run } of chosen) {
    console.log(`\n── ${name}`);
    const begun = Date.now();
    const count = await run();
    counts.push({ ...count, name, seconds: (Date.now() - begun) / 1000 });
  }
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
async function check(command: string, args: readonly string[]): Promise<Count> {
  return (await execute(command, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
});

async function vitest(project: string): Promise<Count> {
  const file = join(reports, `${project}.json`);
  rmSync(file, { force: true });
  const code = await execute("npx", [
    ...["vitest", "run", "--project", project],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  ]);
  return counted(code, () => {
    const report = vitestReport.parse(JSON.parse(readFileSync(file, "utf8")));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  });
}

/** Each folder brings its own configuration, so pytest runs in it. */
async function pytest(folder: string): Promise<Count> {
  const file = join(reports, `${folder.replaceAll("/", "-")}.xml`);
  rmSync(file, { force: true });
  const args = ["-m", "pytest", `--junitxml=${file}`];
  const code = await execute(python, args, join(root, folder));
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

function execute(command: string, args: readonly string[], cwd = root): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
