import { field } from "../workspace/answer";
import { callWorkspace, type Connection } from "../workspace/rest";

/**
 * The last value of each metric of a run: https://docs.databricks.com/api/workspace/experiments/getrun
 * What is no single finite number stays text, and fails every rule. A run that does not exist, or was
 * deleted (MLflow still answers it then), has no metrics.
 * @throws Error if the answer is about another run.
 */
export async function readMetrics(
  connection: Connection,
  runId: string,
): Promise<Record<string, number | string>> {
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.0/mlflow/runs/get?run_id=${encodeURIComponent(runId)}`,
  });
  const run = field(answer, "run");
  const info = field(run, "info");
  const logged = field(field(run, "data"), "metrics");
  const metrics: Record<string, number | string> = {};
  if (!Array.isArray(logged) || field(info, "lifecycle_stage") === "deleted") return metrics;
  const answered = field(info, "run_id");
  if (answered !== runId) {
    throw new Error(`Asked for run ${runId}, the server answered run ${String(answered)}.`);
  }
  for (const metric of logged) {
    const [key, value] = [field(metric, "key"), field(metric, "value")];
    if (typeof key !== "string") continue;
    // MLflow writes NaN and infinities as strings.
    const measured = typeof value === "number" && Number.isFinite(value) ? value : String(value);
    const other = Object.hasOwn(metrics, key) ? metrics[key] : undefined;
    metrics[key] = other === undefined ? measured : `${other} and ${measured}`;
  }
  return metrics;
}
