import type { DriftHistory, DriftWindow } from "../dataQuality/history";
import { monitors, type Monitor } from "../dataQuality/monitors";
import type { Refresh } from "../dataQuality/refreshRecords";
import type { Workspace } from "../workspace";
import type { AlertView } from "./alerts";
import { map, type Reading } from "./reading";
import { mentions, type Tables } from "./related";

/** The drift of one window: the largest score of any column. Times in ms. */
export interface DriftPoint {
  readonly start: number;
  readonly end: number;
  /** Population stability index. */
  readonly score: number;
  /** The column that drifted most. */
  readonly column: string;
  /** Rows in the window, 0 if they are not known. */
  readonly rows: number;
  /** Against the threshold: `few` where rows are too few to tell, `open` where there is no threshold. */
  readonly verdict: "above" | "within" | "few" | "open";
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
  /** The alert that looks at its drift. */
  readonly alert: AlertView | undefined;
  readonly drift: Reading<DriftView>;
}

/** All monitors by table, from the workspace's own records, with the drift that `readHistory` finds. */
export async function readMonitors(
  workspace: Workspace,
  alerts: readonly AlertView[],
  readHistory: (monitor: Monitor) => Promise<Reading<DriftHistory>>,
): Promise<MonitorView[]> {
  const views = monitors(workspace)
    .list()
    .map(async (monitor) => {
      const driftTable = monitor.drift_table.toLowerCase();
      const alert = alerts.find(({ text }) => mentions(text, new Set([driftTable])));
      return {
        table: monitor.table.toLowerCase(),
        profileTable: monitor.profile_table.toLowerCase(),
        driftTable,
        status: monitor.status,
        failure: monitor.failure,
        schedule: monitor.config.schedule?.quartz_cron_expression,
        alert,
        drift: map(await readHistory(monitor), (history) => driftOf(history, alert)),
      };
    });
  return (await Promise.all(views)).sort((a, b) => a.table.localeCompare(b.table));
}

/** What a chart can show: the windows of one granularity, of which there are most. */
export function driftOf(
  { windows, lastRefresh }: DriftHistory,
  alert: Pick<AlertView, "text" | "threshold"> | undefined,
): DriftView {
  const groups = new Map<string | undefined, DriftWindow[]>();
  for (const window of windows)
    groups.set(window.granularity, [...(groups.get(window.granularity) ?? []), window]);
  const [most = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  return {
    points: most.flatMap((window) => pointOf(window, alert)),
    granularity: most[0]?.granularity,
    lastRefresh,
  };
}

/** Columns that the alert's query names are those that count; all do where it names none of them. */
function pointOf(
  { start, end, columns, rows }: DriftWindow,
  alert: Pick<AlertView, "text" | "threshold"> | undefined,
): DriftPoint[] {
  const named = columns.filter(({ column }) => alert?.text.includes(`'${column}'`));
  const [most] = named.length > 0 ? named : columns;
  if (most === undefined) return [];
  const verdict = verdictOf(most.psi, rows, alert?.threshold);
  const times = { start: start.getTime(), end: end.getTime() };
  return [{ ...times, score: most.psi, column: most.column, rows, verdict }];
}

/**
 * The index over ten bins is about 20 / rows when nothing has shifted, so a window in which that is more than
 * half of the threshold says nothing.
 */
function verdictOf(
  score: number,
  rows: number,
  threshold: number | undefined,
): DriftPoint["verdict"] {
  if (threshold === undefined) return "open";
  if (rows > 0 && 20 / rows > threshold / 2) return "few";
  return score > threshold ? "above" : "within";
}
