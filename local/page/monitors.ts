import type { DriftHistory, DriftWindow } from "../dataQuality/history";
import { monitors, type Monitor } from "../dataQuality/monitors";
import type { Refresh } from "../dataQuality/refreshRecords";
import type { Workspace } from "../workspace";
import { map, type Reading } from "./reading";
import type { Tables } from "./related";

/** The drift of one window: the largest score of any column. Times in ms. */
export interface DriftPoint {
  readonly start: number;
  readonly end: number;
  /** Population stability index. */
  readonly score: number;
  /** The column that drifted most. */
  readonly column: string;
  /** Rows in the window. */
  readonly rows: number;
}

/** What a monitor measured so far. */
export interface DriftView {
  /** Oldest first, of one granularity. */
  readonly points: readonly DriftPoint[];
  /** e.g. `1 day`. */
  readonly granularity: string | undefined;
  /** The newest refresh, whatever came of it. */
  readonly lastRefresh: Refresh | undefined;
}

/** A quality monitor, as the page shows it. */
export interface MonitorView extends Tables {
  readonly status: Monitor["status"];
  readonly failure: string | undefined;
  readonly schedule: string | undefined;
  readonly drift: Reading<DriftView>;
}

/** All monitors by table, from the workspace's own records, with the drift that `readHistory` finds. */
export async function readMonitors(
  workspace: Workspace,
  readHistory: (monitor: Monitor) => Promise<Reading<DriftHistory>>,
): Promise<MonitorView[]> {
  const views = monitors(workspace)
    .list()
    .map(async (monitor) => ({
      table: monitor.table.toLowerCase(),
      profileTable: monitor.profile_table.toLowerCase(),
      driftTable: monitor.drift_table.toLowerCase(),
      status: monitor.status,
      failure: monitor.failure,
      schedule: monitor.config.schedule?.quartz_cron_expression,
      drift: map(await readHistory(monitor), driftOf),
    }));
  return (await Promise.all(views)).sort((a, b) => a.table.localeCompare(b.table));
}

/** What a chart can show: the windows of one granularity, of which there are most. */
export function driftOf({ windows, lastRefresh }: DriftHistory): DriftView {
  const groups = new Map<string | undefined, DriftWindow[]>();
  for (const window of windows)
    groups.set(window.granularity, [...(groups.get(window.granularity) ?? []), window]);
  const [most] = [...groups.values()].sort((a, b) => b.length - a.length);
  return {
    points: (most ?? []).map(({ start, end, score, columns: [first], rows }) => ({
      start: start.getTime(),
      end: end.getTime(),
      score,
      column: first?.column ?? "",
      rows,
    })),
    granularity: most?.[0]?.granularity,
    lastRefresh,
  };
}
