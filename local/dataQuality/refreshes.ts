import { ApiError } from "../errors";
import { newId } from "../ids";
import { Slots } from "../jobs/slots";
import { SqlRefusal } from "../lakehouse";
import type { Workspace } from "../workspace";
import { tellOfFailure } from "./failureNotice";
import { makeMetricTables } from "./metricTables";
import { monitors, tableOf, type Monitor } from "./monitors";
import { profilerOf } from "./profiler";
import { activeRefreshes, findRefresh, saveRefresh, type Refresh } from "./refreshRecords";
import { profileSpec } from "./spec";

/** Refreshes that run at once; each keeps a core busy. */
const AT_ONCE = 1;

const slots = new WeakMap<Workspace, Slots>();

/** Keeps a refresh and runs it in the background, after those that were asked for before. */
export function startRefresh(
  workspace: Workspace,
  monitor: Monitor,
  trigger: Refresh["trigger"],
): Refresh {
  const refresh: Refresh = {
    refresh_id: newId(),
    object_id: monitor.object_id,
    monitor_version: monitor.version,
    state: "PENDING",
    trigger,
    start_time_ms: Date.now(),
  };
  saveRefresh(workspace, refresh);
  const room = slots.get(workspace) ?? new Slots(AT_ONCE);
  slots.set(workspace, room);
  room
    .use(() => run(workspace, refresh))
    .catch(() => {
      // The workspace was closed meanwhile; the refresh ends as failed when it starts again.
    });
  return refresh;
}

/**
 * Ends a refresh as cancelled.
 * @throws ApiError INVALID_STATE when it has ended already.
 */
export async function cancelRefresh(workspace: Workspace, refresh: Refresh): Promise<Refresh> {
  const { state, refresh_id } = refresh;
  if (state !== "PENDING" && state !== "RUNNING")
    throw new ApiError("INVALID_STATE", `Refresh ${refresh_id} has ended already: ${state}.`);
  const cancelled = ended(refresh, "CANCELED", "The refresh was cancelled.");
  saveRefresh(workspace, cancelled);
  if (state === "RUNNING") await profilerOf(workspace).cancelProfile(refresh_id);
  return cancelled;
}

/** Ends, as failed, the refreshes that were cut off when the workspace ended. */
export function failCutOff(workspace: Workspace): void {
  for (const refresh of activeRefreshes(workspace))
    saveRefresh(
      workspace,
      ended(refresh, "FAILED", "The workspace ended before the refresh did. Refresh again."),
    );
}

async function run(workspace: Workspace, { object_id, refresh_id }: Refresh): Promise<void> {
  const waiting = findRefresh(workspace, object_id, refresh_id);
  const monitor = monitors(workspace).get(object_id);
  if (waiting?.state !== "PENDING" || monitor === undefined) return;
  const running: Refresh = { ...waiting, state: "RUNNING", monitor_version: monitor.version };
  saveRefresh(workspace, running);
  const after = await outcome(workspace, monitor, running);
  // Cancelled, or forgotten with its monitor, in the meantime.
  if (findRefresh(workspace, object_id, refresh_id)?.state !== "RUNNING") return;
  saveRefresh(workspace, after);
  if (after.state === "FAILED") await tellOfFailure(workspace, monitor, after);
}

async function outcome(workspace: Workspace, monitor: Monitor, refresh: Refresh): Promise<Refresh> {
  try {
    const table = await tableOf(workspace, monitor);
    if (table === undefined) throw new Error(`The table ${monitor.table} does not exist any more.`);
    await makeMetricTables(workspace, monitor);
    const spec = profileSpec(monitor, table);
    const done = await profilerOf(workspace).refreshProfile(refresh.refresh_id, spec);
    return ended(refresh, "SUCCESS", done);
  } catch (error) {
    if (error instanceof SqlRefusal) return ended(refresh, "FAILED", error.full);
    return ended(refresh, "FAILED", error instanceof Error ? error.message : String(error));
  }
}

const ended = (
  refresh: Refresh,
  state: "SUCCESS" | "FAILED" | "CANCELED",
  message: string,
): Refresh => ({ ...refresh, state, message, end_time_ms: Date.now() });
