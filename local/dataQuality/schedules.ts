import type { Cron } from "croner";
import { quartz } from "../jobs/quartz";
import type { Workspace } from "../workspace";
import { monitors, type Monitor } from "./monitors";
import { refreshesOf } from "./refreshRecords";
import { startRefresh } from "./refreshes";

const timers = new WeakMap<Workspace, Map<string, Cron>>();

/**
 * Refreshes a monitor by its schedule as it is now, if it has one. Such schedules cannot be paused: their
 * `pause_status` is read-only. Times that passed while the workspace was stopped are not made up, and one that
 * comes while a refresh is still waiting asks for no other.
 */
export function followSchedule(workspace: Workspace, monitor: Monitor): void {
  const { object_id, config } = monitor;
  endSchedule(workspace, object_id);
  const { schedule } = config;
  if (schedule === undefined) return;
  const timer = quartz(schedule.quartz_cron_expression, schedule.timezone_id, () => {
    const now = monitors(workspace).get(object_id);
    const waits = refreshesOf(workspace, object_id).some(({ state }) => state === "PENDING");
    if (now?.status === "ACTIVE" && !waits) startRefresh(workspace, now, "SCHEDULE");
  });
  timersOf(workspace).set(object_id, timer);
}

/** Refreshes a monitor by no schedule any more. */
export function endSchedule(workspace: Workspace, objectId: string): void {
  timersOf(workspace).get(objectId)?.stop();
  timersOf(workspace).delete(objectId);
}

function timersOf(workspace: Workspace): Map<string, Cron> {
  const found = timers.get(workspace);
  if (found !== undefined) return found;
  const made = new Map<string, Cron>();
  timers.set(workspace, made);
  workspace.onClose(() => {
    for (const timer of made.values()) timer.stop();
    return Promise.resolve();
  });
  return made;
}
