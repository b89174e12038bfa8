import type { Workspace } from "../workspace";
import { requireTable } from "../unityCatalog/engine";
import { makeMetricTables } from "./metricTables";
import { monitors, type Monitor } from "./monitors";
import { forgetRefreshes, refreshesOf } from "./refreshRecords";
import { cancelRefresh, failCutOff, startRefresh } from "./refreshes";
import { endSchedule, followSchedule } from "./schedules";

/** Keeps the monitor and sets it up in the background. */
export function startMonitor(workspace: Workspace, monitor: Monitor): void {
  monitors(workspace).put(monitor.object_id, monitor);
  activate(workspace, monitor).catch(() => {
    // The workspace was closed meanwhile; the monitor is still pending when it starts again.
  });
}

/** Forgets a monitor, its schedule and its refreshes. Its metric tables stay, as on Databricks. */
export async function endMonitor(workspace: Workspace, objectId: string): Promise<void> {
  endSchedule(workspace, objectId);
  monitors(workspace).delete(objectId);
  for (const refresh of refreshesOf(workspace, objectId))
    if (refresh.state === "PENDING" || refresh.state === "RUNNING")
      await cancelRefresh(workspace, refresh);
  forgetRefreshes(workspace, objectId);
}

/**
 * Takes up the monitors as they were when the workspace ended: sets up those that were pending, follows
 * schedules, and ends refreshes that were cut off. Call it when the SQL engine is ready.
 */
export async function resumeMonitors(workspace: Workspace): Promise<void> {
  failCutOff(workspace);
  const all = monitors(workspace).list();
  for (const monitor of all) if (monitor.status === "ACTIVE") followSchedule(workspace, monitor);
  const pending = all.filter(({ status }) => status === "PENDING");
  await Promise.all(pending.map((monitor) => activate(workspace, monitor)));
}

/** Makes the metric tables of a monitor, empty, and keeps whether that went well. */
async function activate(workspace: Workspace, monitor: Monitor): Promise<void> {
  const after = await setUp(workspace, monitor);
  const now = monitors(workspace).get(monitor.object_id);
  // Deleted or changed in the meantime: another call sees to it.
  if (now?.version !== monitor.version) return;
  monitors(workspace).put(monitor.object_id, after);
  if (after.status !== "ACTIVE") return;
  followSchedule(workspace, after);
  // Making a monitor refreshes it once, as on Databricks; changing it does not.
  if (refreshesOf(workspace, monitor.object_id).length === 0)
    startRefresh(workspace, after, "MANUAL");
}

async function setUp(workspace: Workspace, monitor: Monitor): Promise<Monitor> {
  try {
    await requireTable(workspace, monitor.table);
    await makeMetricTables(workspace, monitor);
    return { ...monitor, status: "ACTIVE" };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { ...monitor, status: "FAILED", failure };
  }
}
