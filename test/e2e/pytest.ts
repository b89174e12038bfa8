import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { paths, root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";

const outcome = z.object({
  /** e.g. `test/e2e/clients/test_jobs.py::test_cancel_ends_a_run`. */
  test: z.string(),
  outcome: z.enum(["passed", "failed", "skipped"]),
  message: z.string(),
});

/** How one pytest test, or its set-up or tear-down, ended. */
export type PytestOutcome = z.output<typeof outcome>;

/** What {@link runPytest} gives. */
export interface PytestResult {
  readonly outcomes: readonly PytestOutcome[];
  readonly exitCode: number;
  /** Everything it printed. */
  readonly output: string;
}

/** Runs pytest with a workspace's host and token in its environment, and nothing else to sign in with. */
export async function runPytest(
  connection: { readonly host: string; readonly token: string },
  ...args: string[]
): Promise<PytestResult> {
  const folder = mkdtempSync(join(tmpdir(), "pytest-"));
  const report = join(folder, "outcomes.jsonl");
  const options = ["-q", "-p", "report_lines", "-p", "no:cacheprovider", "--rootdir", root];
  const child = spawn(python, ["-m", "pytest", ...options, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      // No profile of the user's decides where a client signs in.
      HOME: folder,
      PYTHONPATH: __dirname,
      REPORT_LINES: report,
      DATABRICKS_HOST: connection.host,
      DATABRICKS_TOKEN: connection.token,
      MLFLOW_DISABLE_TELEMETRY: "true",
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => output.push(data.toString()));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
  const lines = existsSync(report) ? readFileSync(report, "utf8").trim().split("\n") : [];
  rmSync(folder, { recursive: true, force: true });
  return {
    outcomes: lines.map((line) => outcome.parse(JSON.parse(line))),
    exitCode,
    output: output.join(""),
  };
}

/** Runs `check_answers.py`: what is wrong with recorded answers, by operation. */
export async function checkAnswers(calls: string): Promise<Record<string, string[]>> {
  const child = spawn(python, [join(__dirname, "check_answers.py"), calls], {
    cwd: paths.kept,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => output.push(data));
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const problems = z.record(z.string(), z.array(z.string()));
  return problems.parse(JSON.parse(Buffer.concat(output).toString()));
}
