import { randomUUID } from "node:crypto";
import { alerts } from "../../../local/alerts/records";
import { alertStates } from "../../../local/alerts/state";
import { makeMetricTables } from "../../../local/dataQuality/metricTables";
import { monitors, type Monitor } from "../../../local/dataQuality/monitors";
import { saveRefresh } from "../../../local/dataQuality/refreshRecords";
import { jobsOf } from "../../../local/jobs/service";
import { lakehouseOf } from "../../../local/lakehouse";
import { notifications } from "../../../local/notifications/records";
import { schemas } from "../../../local/unityCatalog/records";
import type { Workspace } from "../../../local/workspace";
import type { SeededModel } from "./seedModels";

const DAY = 86_400_000;
const COLUMNS = ["days_since_last_transaction", "total_spend", "total_transactions"];

/**
 * A monitor of a model's predictions with daily drift in its metric tables.
 * @param scores - The largest score of each day, the last one yesterday's; none: it was never computed.
 */
export async function seedMonitor(
  workspace: Workspace,
  { name }: SeededModel,
  scores: readonly number[],
): Promise<Monitor> {
  const monitor: Monitor = {
    object_id: randomUUID(),
    table: `ml_local.inference_logs.${name}_predictions`,
    version: 1,
    status: "ACTIVE",
    profile_table: `ml_local.monitoring.${name}_predictions_profile_metrics`,
    drift_table: `ml_local.monitoring.${name}_predictions_drift_metrics`,
    config: {
      output_schema_id: schemas(workspace).get("ml_local.monitoring")?.schema_id ?? "",
      inference_log: {
        problem_type: "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
        granularities: ["AGGREGATION_GRANULARITY_1_DAY"],
        timestamp_column: "timestamp",
        model_id_column: "model_version",
        prediction_column: "prediction",
      },
      schedule: { quartz_cron_expression: "0 0 * * * ?", timezone_id: "UTC" },
    },
  };
  // It has a job that unpacks requests into the table, which is how it is known to be the model's.
  jobsOf(workspace).put({
    name: `${name.replaceAll("_", "-")}-monitor-unpack`,
    schedule: { quartz_cron_expression: "0 0 * * * ?", timezone_id: "UTC", pause_status: "PAUSED" },
    tasks: [
      {
        task_key: "unpack_predictions",
        spark_python_task: {
          python_file: "/Workspace/Shared/jobs/monitoring/unpack_predictions.py",
          parameters: [
            `--payload=ml_local.inference_logs.${name}_payload`,
            `--predictions=${monitor.table}`,
          ],
        },
      },
    ],
  });
  monitors(workspace).put(monitor.object_id, monitor);
  if (scores.length === 0) return monitor;
  await writeDrift(workspace, monitor, scores);
  saveRefresh(workspace, {
    refresh_id: 1,
    object_id: monitor.object_id,
    monitor_version: 1,
    state: "SUCCESS",
    trigger: "SCHEDULE",
    start_time_ms: Date.now() - 31 * 60_000,
    end_time_ms: Date.now() - 30 * 60_000,
  });
  return monitor;
}

async function writeDrift(
  workspace: Workspace,
  monitor: Monitor,
  scores: readonly number[],
): Promise<void> {
  const lakehouse = lakehouseOf(workspace);
  await lakehouse.createSchema("ml_local", "monitoring");
  await makeMetricTables(workspace, monitor);
  const today = Math.floor(Date.now() / DAY) * DAY;
  const windows = scores.map((score, i) => {
    const start = today - (scores.length - i) * DAY;
    const [from, to] = [start, start + DAY].map(
      (at) => `TIMESTAMP '${new Date(at).toISOString().slice(0, 19).replace("T", " ")}'`,
    );
    return {
      score,
      window: `named_struct('start', ${from ?? ""}, 'end', ${to ?? ""})`,
      rows: 880 + ((i * 37) % 210),
    };
  });
  const drift = windows.flatMap(({ score, window }) =>
    COLUMNS.map(
      (column, i) =>
        `(${window}, '1 day', 1, '*', '${column}', 'BASELINE', ${(score / (1 + i)).toFixed(4)})`,
    ),
  );
  await lakehouse.execute(
    `INSERT INTO ${monitor.drift_table} (\`window\`, granularity, monitor_version, model_version, column_name, drift_type, population_stability_index) VALUES ${drift.join(", ")}`,
  );
  const counts = windows.map(
    ({ window, rows }) => `(${window}, 'INPUT', '1 day', '*', ':table', ${rows})`,
  );
  await lakehouse.execute(
    `INSERT INTO ${monitor.profile_table} (\`window\`, log_type, granularity, model_version, column_name, count) VALUES ${counts.join(", ")}`,
  );
}

/** An alert on a monitor's drift that was evaluated; one that fires has sent a mail. */
export function seedAlert(
  workspace: Workspace,
  { name }: SeededModel,
  { drift_table }: Monitor,
  evaluated: { readonly state: "OK" | "TRIGGERED"; readonly value: number; readonly at: number },
): void {
  const id = randomUUID();
  const time = new Date(evaluated.at).toISOString();
  alerts(workspace).put(id, {
    id,
    display_name: `${name} drift`,
    query_text: `SELECT MAX(population_stability_index) AS drift_score FROM ${drift_table}`,
    warehouse_id: "w",
    evaluation: {
      comparison_operator: "GREATER_THAN",
      source: { name: "drift_score", aggregation: "MAX" },
      threshold: { value: { double_value: 0.1 } },
      empty_result_state: "OK",
      notification: { subscriptions: [{ user_email: "mlops@example.com" }] },
    },
    schedule: { quartz_cron_schedule: "0 15 * * * ?", timezone_id: "UTC" },
    create_time: time,
    update_time: time,
    lifecycle_state: "ACTIVE",
  });
  const { state, value } = evaluated;
  alertStates(workspace).put(id, { state, last_evaluated_at: time, value: String(value) });
  if (state !== "TRIGGERED") return;
  notifications(workspace).put("1", {
    id: "1",
    time: evaluated.at,
    message: {
      about: { kind: "alert", alert_id: id, state },
      summary: `Model drift detected for ${name}`,
      text: "",
      html: "",
      payload: {},
    },
    to: ["mlops@example.com"],
    channel: "EMAIL",
    status: "SENT",
    detail: "1.eml",
  });
}
