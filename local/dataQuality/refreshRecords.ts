import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const record = z.strictObject({
  refresh_id: z.int(),
  /** The monitored table's id. */
  object_id: z.string(),
  /** The monitor's configuration that it runs with. */
  monitor_version: z.int(),
  state: z.enum(["PENDING", "RUNNING", "SUCCESS", "FAILED", "CANCELED"]),
  trigger: z.enum(["MANUAL", "SCHEDULE"]),
  /** Milliseconds since 1970, of the request. */
  start_time_ms: z.int(),
  end_time_ms: z.int().exactOptional(),
  /** What it did, or why it failed. */
  message: z.string().exactOptional(),
});

/** One computation of a monitor's metrics: a `Refresh` of Databricks' data quality API. */
export type Refresh = z.output<typeof record>;

/** Older ones of a monitor are forgotten. */
const KEPT = 100;

const collection = ({ store }: Workspace): Collection<Refresh> =>
  store.collection("monitor_refreshes", record);

// Ids sort by age, and all have the same number of digits for some centuries.
const key = (objectId: string, refreshId: number): string => `${objectId}/${refreshId}`;

/** The refreshes of a monitor, the newest first. */
export function refreshesOf(workspace: Workspace, objectId: string): Refresh[] {
  return collection(workspace).list(`${objectId}/`).reverse();
}

/** The refreshes of all monitors that have not ended, the oldest first. */
export function activeRefreshes(workspace: Workspace): Refresh[] {
  return collection(workspace)
    .list()
    .filter(({ state }) => state === "PENDING" || state === "RUNNING")
    .sort((a, b) => a.refresh_id - b.refresh_id);
}

export function findRefresh(
  workspace: Workspace,
  objectId: string,
  refreshId: number,
): Refresh | undefined {
  return collection(workspace).get(key(objectId, refreshId));
}

/** Keeps a refresh as it is now, and forgets what is too old. */
export function saveRefresh(workspace: Workspace, refresh: Refresh): void {
  const { object_id, refresh_id } = refresh;
  collection(workspace).put(key(object_id, refresh_id), refresh);
  for (const old of refreshesOf(workspace, object_id).slice(KEPT))
    collection(workspace).delete(key(object_id, old.refresh_id));
}

/** Forgets all refreshes of a monitor. */
export function forgetRefreshes(workspace: Workspace, objectId: string): void {
  for (const { refresh_id } of refreshesOf(workspace, objectId))
    collection(workspace).delete(key(objectId, refresh_id));
}
