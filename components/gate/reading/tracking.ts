import type { Dataset, Metric } from "../decision/facts";
import { numberOf, pairsOf, textOf } from "./values";
import { field } from "../../workspace/answer";
import { callWorkspace, type Connection } from "../../workspace/rest";

/** A run as the tracking server answers it, before the gate looks at what it needs. */
export interface TrackedRun {
  readonly id: string;
  readonly deleted: boolean;
  readonly experimentId: string;
  /** The last value of each metric. */
  readonly metrics: ReadonlyMap<string, Metric>;
  /** Metrics that were answered twice, with different values. */
  readonly ambiguous: readonly string[];
  /** What it read, with the context that says what for, such as `training`. */
  readonly datasets: readonly (Dataset & { readonly context: string })[];
  readonly tags: ReadonlyMap<string, string>;
}

/** Pages of a metric's history that are read, each of the server's own size; more prove nothing. */
const MOST_PAGES = 100;

/**
 * A run with its metrics, tags and datasets: https://docs.databricks.com/api/workspace/experiments/getrun
 * One that was deleted is still answered by MLflow.
 * @param contradictions - Gets what cannot be as it was answered.
 * @returns null if there is none, or none that can be believed.
 */
export async function readRun(
  connection: Connection,
  id: string,
  contradictions: string[],
): Promise<TrackedRun | null> {
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.0/mlflow/runs/get?run_id=${encodeURIComponent(id)}`,
  });
  if (answer === undefined) return null;
  const run = field(answer, "run");
  const info = field(run, "info");
  const answered = field(info, "run_id");
  if (answered !== id) {
    contradictions.push(`asked for run ${id}, the server answered run ${textOf(answered)}`);
    return null;
  }
  const stage = field(info, "lifecycle_stage");
  const experimentId = field(info, "experiment_id");
  const logged = field(field(run, "data"), "metrics") ?? [];
  const tags = pairsOf(field(field(run, "data"), "tags"));
  const datasets = datasetsOf(field(field(run, "inputs"), "dataset_inputs") ?? []);
  if (
    (stage !== "active" && stage !== "deleted") ||
    typeof experimentId !== "string" ||
    !Array.isArray(logged) ||
    tags === undefined ||
    datasets === undefined
  ) {
    contradictions.push(`the server's answer about run ${id} is none that MLflow gives`);
    return null;
  }
  const deleted = stage === "deleted";
  return { id, deleted, experimentId, ...metricsOf(logged), datasets, tags };
}

/**
 * The path of an experiment: https://docs.databricks.com/api/workspace/experiments/getexperiment
 * @returns null if there is none (any more).
 */
export async function readExperiment(
  connection: Connection,
  id: string,
  contradictions: string[],
): Promise<string | null> {
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.0/mlflow/experiments/get?experiment_id=${encodeURIComponent(id)}`,
  });
  const experiment = field(answer, "experiment");
  const [answered, name] = [field(experiment, "experiment_id"), field(experiment, "name")];
  if (answer !== undefined && (answered !== id || typeof name !== "string")) {
    contradictions.push(`asked for experiment ${id}, the server answered ${textOf(answered)}`);
    return null;
  }
  return typeof name === "string" && field(experiment, "lifecycle_stage") !== "deleted"
    ? name
    : null;
}

/**
 * The different values that a metric has at its last step; one if it is unambiguous.
 * https://docs.databricks.com/api/workspace/experiments/gethistory
 */
export async function readLastValues(
  connection: Connection,
  runId: string,
  metric: string,
  contradictions: string[],
): Promise<Metric["value"][]> {
  let last = -Infinity;
  let values = new Set<Metric["value"]>();
  let page: unknown;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const query = new URLSearchParams({
      run_id: runId,
      metric_key: metric,
      ...(typeof page === "string" ? { page_token: page } : {}),
    }).toString();
    const answer = await callWorkspace(connection, {
      method: "GET",
      path: `/api/2.0/mlflow/metrics/get-history?${query}`,
    });
    const entries = field(answer, "metrics") ?? [];
    for (const entry of Array.isArray(entries) ? entries : [undefined]) {
      const step = numberOf(field(entry, "step") ?? 0);
      if (field(entry, "key") !== metric || step === null) {
        contradictions.push(`the history of ${metric} in run ${runId} holds something else`);
        return [];
      }
      if (step > last) values = new Set();
      last = Math.max(last, step);
      if (step === last) values.add(loggedValue(field(entry, "value")));
    }
    page = field(answer, "next_page_token");
    if (typeof page === "string" && page !== "") continue;
    if (values.size === 0) {
      contradictions.push(`${metric} is in run ${runId}, but has no history`);
    }
    return [...values];
  }
  contradictions.push(`the history of ${metric} in run ${runId} has no end`);
  return [];
}

/** The different values of a metric in words, in one order whatever the server's. */
export const eitherOf = (values: Iterable<Metric["value"]>): string =>
  [...new Set([...values].map(String))].sort().join(" and ");

function metricsOf(logged: readonly unknown[]): Pick<TrackedRun, "metrics" | "ambiguous"> {
  const metrics = new Map<string, Metric>();
  const all = new Map<string, Set<Metric["value"]>>();
  for (const entry of logged) {
    const key = field(entry, "key");
    if (typeof key !== "string") continue;
    const value = loggedValue(field(entry, "value"));
    const values = (all.get(key) ?? new Set()).add(value);
    all.set(key, values);
    metrics.set(key, {
      value: values.size === 1 ? value : eitherOf(values),
      at: timeOf(field(entry, "timestamp")),
    });
  }
  const twice = [...all].filter(([, values]) => values.size > 1).map(([key]) => key);
  return { metrics, ambiguous: twice };
}

/** MLflow writes NaN and infinities as text; what JSON holds that is no number is text here too. */
function loggedValue(value: unknown): Metric["value"] {
  return typeof value === "number" && Number.isFinite(value) ? value : textOf(value);
}

function timeOf(value: unknown): number | null {
  const time = numberOf(value);
  return time === null || time < 0 ? null : time;
}

function datasetsOf(inputs: unknown): TrackedRun["datasets"] | undefined {
  if (!Array.isArray(inputs)) return undefined;
  const found: (Dataset & { readonly context: string })[] = [];
  for (const input of inputs) {
    const [name, digest] = ["name", "digest"].map((key) => field(field(input, "dataset"), key));
    const context = pairsOf(field(input, "tags"))?.get("mlflow.data.context") ?? "";
    if (typeof name !== "string" || typeof digest !== "string") return undefined;
    found.push({ name, digest, context });
  }
  return found;
}
