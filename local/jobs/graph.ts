import type { TaskSettings } from "./task";

/** How a task ended. `INTERNAL_ERROR`: not by the task's own doing, e.g. the workspace stopped. */
export const taskResults = [
  "SUCCESS",
  "FAILED",
  "TIMEDOUT",
  "CANCELED",
  "EXCLUDED",
  "UPSTREAM_FAILED",
  "UPSTREAM_CANCELED",
  "INTERNAL_ERROR",
] as const;

/** How a task ended. */
export type TaskResult = (typeof taskResults)[number];

/** What the decision needs to know of a task that has ended. */
export interface Ended {
  readonly result: TaskResult;
  /** Of a condition task. */
  readonly outcome?: "true" | "false" | undefined;
}

const failures: readonly TaskResult[] = ["FAILED", "TIMEDOUT", "UPSTREAM_FAILED", "INTERNAL_ERROR"];
const cancellations: readonly TaskResult[] = ["CANCELED", "UPSTREAM_CANCELED"];

/**
 * What becomes of a task: `wait` for others, `run`, or the result it gets without running.
 * https://docs.databricks.com/en/jobs/run-if.html
 * @param ended - The tasks of the run that have ended, by key.
 */
export function decide(
  task: TaskSettings,
  ended: ReadonlyMap<string, Ended>,
): "wait" | "run" | TaskResult {
  const dependencies = task.depends_on ?? [];
  if (dependencies.length === 0) return "run";
  const results: TaskResult[] = [];
  for (const { task_key, outcome } of dependencies) {
    const upstream = ended.get(task_key);
    if (upstream === undefined) return "wait";
    const otherBranch =
      outcome !== undefined && upstream.result === "SUCCESS" && upstream.outcome !== outcome;
    results.push(otherBranch ? "EXCLUDED" : upstream.result);
  }
  return byRunIf(task.run_if ?? "ALL_SUCCESS", results);
}

function byRunIf(
  runIf: NonNullable<TaskSettings["run_if"]>,
  results: readonly TaskResult[],
): "run" | TaskResult {
  const failed = results.filter((result) => failures.includes(result)).length;
  const canceled = results.filter((result) => cancellations.includes(result)).length;
  const succeeded = results.filter((result) => result === "SUCCESS").length;
  // Whoever handles failures also runs after a task that was canceled, e.g. to clean up.
  const unsuccessful = failed + canceled;
  const refused =
    failed > 0 ? "UPSTREAM_FAILED" : canceled > 0 ? "UPSTREAM_CANCELED" : ("EXCLUDED" as const);
  switch (runIf) {
    case "ALL_SUCCESS":
      return succeeded === results.length ? "run" : refused;
    case "AT_LEAST_ONE_SUCCESS":
      return succeeded > 0 ? "run" : refused;
    case "NONE_FAILED":
      return unsuccessful === 0 && succeeded > 0 ? "run" : refused;
    case "ALL_DONE":
      return results.every((result) => result === "EXCLUDED") ? "EXCLUDED" : "run";
    case "AT_LEAST_ONE_FAILED":
      return unsuccessful > 0 ? "run" : "EXCLUDED";
    case "ALL_FAILED":
      return unsuccessful === results.length ? "run" : "EXCLUDED";
  }
}

/** How a run as a whole ended: its leaves decide, as on Databricks. */
export function runResult(
  tasks: readonly { readonly key: string; readonly result: TaskResult }[],
  settings: readonly TaskSettings[],
): "SUCCESS" | "SUCCESS_WITH_FAILURES" | "FAILED" | "CANCELED" {
  const upstream = new Set(
    settings.flatMap((task) => (task.depends_on ?? []).map((dependency) => dependency.task_key)),
  );
  const leaves = tasks.filter((task) => !upstream.has(task.key));
  if (leaves.some((leaf) => failures.includes(leaf.result))) return "FAILED";
  if (leaves.some((leaf) => cancellations.includes(leaf.result))) return "CANCELED";
  const unsuccessful = [...failures, ...cancellations];
  return tasks.some(({ result }) => unsuccessful.includes(result))
    ? "SUCCESS_WITH_FAILURES"
    : "SUCCESS";
}

/**
 * `EQUAL_TO` and `NOT_EQUAL` compare texts, the others numbers, so `12.0` equals `12` only as a number:
 * https://docs.databricks.com/en/jobs/if-else.html
 * @throws Error when an operand should be a number and is none
 */
export function compare(
  op: NonNullable<TaskSettings["condition_task"]>["op"],
  left: string,
  right: string,
): boolean {
  if (op === "EQUAL_TO") return left === right;
  if (op === "NOT_EQUAL") return left !== right;
  const [a, b] = [numeric(left), numeric(right)];
  switch (op) {
    case "GREATER_THAN":
      return a > b;
    case "GREATER_THAN_OR_EQUAL":
      return a >= b;
    case "LESS_THAN":
      return a < b;
    case "LESS_THAN_OR_EQUAL":
      return a <= b;
  }
}

function numeric(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new Error(`The operand '${text}' is not a number.`);
  return value;
}
