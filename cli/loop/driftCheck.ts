import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { followRun, requireSuccess, runJob } from "../job/runJob";
import { query } from "../shared/sql";
import { UserError } from "../shared/userError";

const table = z.object({ table_id: z.string() });
const refresh = z.object({
  refresh_id: z.number(),
  state: z.string(),
  message: z.string().optional(),
});
const alertList = z.object({
  alerts: z
    .array(
      z.object({
        id: z.string(),
        display_name: z.string(),
        query_text: z.string(),
        evaluation: z.object({ state: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});
const started = z.object({ run_id: z.number() });

/** What is looked at, by names. */
export interface Watched {
  readonly warehouseId: string;
  /** Job that unpacks captured requests. */
  readonly unpackJob: string;
  /** Full name of the table that is monitored. */
  readonly predictions: string;
  /** Name of the drift alert. */
  readonly alert: string;
}

/** The last window that counts, and what the alert says of it. */
export interface Drift {
  /** Undefined while no window counts. */
  readonly score: number | undefined;
  /** Column that has it. */
  readonly column: string | undefined;
  /** `OK`, `TRIGGERED`, `ERROR` or `UNKNOWN`. */
  readonly state: string;
}

const POLL_MS = 100;

/**
 * Does now what schedules do by the hour: unpacks requests, refreshes the monitor, evaluates the alert.
 * @throws UserError when one of them fails.
 */
export async function checkDrift(connection: Connection, watched: Watched): Promise<Drift> {
  requireSuccess(watched.unpackJob, await runJob(connection, watched.unpackJob));
  await refreshMonitor(connection, watched.predictions);
  const before = await findAlert(connection, watched.alert);
  await evaluate(connection, before.id, watched.warehouseId);
  const [row] = await query(connection, watched.warehouseId, before.query_text);
  const { evaluation } = await findAlert(connection, watched.alert);
  return {
    score: row?.[2] == null ? undefined : Number(row[2]),
    column: row?.[3] ?? undefined,
    state: evaluation?.state ?? "UNKNOWN",
  };
}

/**
 * Profiles a monitored table now and waits for it.
 * https://docs.databricks.com/api/workspace/dataquality/createrefresh
 */
async function refreshMonitor(connection: Connection, fullName: string): Promise<void> {
  const { table_id } = table.parse(
    await callWorkspace(connection, {
      method: "GET",
      path: `/api/2.1/unity-catalog/tables/${encodeURIComponent(fullName)}`,
    }),
  );
  const path = `/api/data-quality/v1/monitors/table/${table_id}/refreshes`;
  const body = { object_type: "table", object_id: table_id };
  let now = refresh.parse(await callWorkspace(connection, { method: "POST", path, body }));
  const pending = ["MONITOR_REFRESH_STATE_PENDING", "MONITOR_REFRESH_STATE_RUNNING"];
  while (pending.includes(now.state)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const one = { method: "GET", path: `${path}/${now.refresh_id}` } as const;
    now = refresh.parse(await callWorkspace(connection, one));
  }
  if (now.state === "MONITOR_REFRESH_STATE_SUCCESS") return;
  throw new UserError(`The monitor of ${fullName} ended as ${now.state}: ${now.message ?? ""}`);
}

async function findAlert(connection: Connection, name: string) {
  const answer = await callWorkspace(connection, { method: "GET", path: "/api/2.0/alerts" });
  const found = alertList.parse(answer).alerts.find(({ display_name }) => display_name === name);
  if (found === undefined) throw new UserError(`There is no alert '${name}'.`);
  return found;
}

/** Evaluates an alert now: https://docs.databricks.com/api/workspace/jobs/submit, `alert_task`. */
async function evaluate(connection: Connection, id: string, warehouse: string): Promise<void> {
  const { run_id } = started.parse(
    await callWorkspace(connection, {
      method: "POST",
      path: "/api/2.2/jobs/runs/submit",
      body: {
        run_name: "evaluate alert",
        tasks: [{ task_key: "alert", alert_task: { alert_id: id, warehouse_id: warehouse } }],
      },
    }),
  );
  requireSuccess("The alert's evaluation", await followRun(connection, run_id));
}
