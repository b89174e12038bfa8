import { lakehouseOf, SqlRefusal } from "../lakehouse";
import { quoted, quotedName } from "../sql/names";
import type { Workspace } from "../workspace";
import type { ProfilingConfig } from "./config";
import type { Monitor } from "./monitors";
import { refreshesOf, type Refresh } from "./refreshRecords";

/** How far one column has moved in a window. */
export interface ColumnDrift {
  readonly column: string;
  /** The population stability index; 0 is no shift, above 0.1 a moderate one. Numeric columns only. */
  readonly psi: number;
  /** What it was measured against: the window before, or the baseline table. */
  readonly driftType: "CONSECUTIVE" | "BASELINE";
}

/** The drift of one window. */
export interface DriftWindow {
  readonly start: Date;
  readonly end: Date;
  /** e.g. `1 day`; undefined for a snapshot, whose window is the moment of its refresh. */
  readonly granularity: string | undefined;
  /** Rows in the window, all model versions together. */
  readonly rows: number;
  /** The largest index of any column. */
  readonly score: number;
  /** The larger index of each column of the two kinds of drift; largest first. */
  readonly columns: readonly ColumnDrift[];
}

/** What there is to show of a monitor. */
export interface DriftHistory {
  /** The newest refresh, whatever its state; undefined before the first. */
  readonly lastRefresh: Refresh | undefined;
  /** Windows that have drift, the oldest first. */
  readonly windows: readonly DriftWindow[];
}

/**
 * The drift of a monitor's last windows, read from its metric tables, and its newest refresh. A window has no
 * drift as long as there is nothing to compare it with; it is left out then. It is of all model versions together:
 * one that got few requests would show a shift by chance.
 * @param limit - How many windows of each granularity at most.
 * @throws ApiError when the SQL engine cannot be reached.
 */
export async function driftHistory(
  workspace: Workspace,
  monitor: Monitor,
  limit = 60,
): Promise<DriftHistory> {
  const [lastRefresh] = refreshesOf(workspace, monitor.object_id);
  const [drift, counts] = await Promise.all([
    rowsOf(workspace, driftStatement(monitor)),
    rowsOf(workspace, countStatement(monitor)),
  ]);
  return { lastRefresh, windows: lastOfEach(windowsOf(drift, counts), limit) };
}

type Row = readonly (string | null)[];

const WINDOW =
  "granularity, unix_millis(`window`.start) AS start_ms, unix_millis(`window`.end) AS end_ms";

const driftStatement = ({ drift_table, config }: Monitor): string =>
  `SELECT ${WINDOW}, column_name, MAX(population_stability_index) AS psi, ` +
  "MAX_BY(drift_type, population_stability_index) AS drift_type " +
  `FROM ${quotedName(drift_table)} ` +
  `WHERE ${whole(config)} AND population_stability_index IS NOT NULL ` +
  "GROUP BY granularity, `window`.start, `window`.end, column_name " +
  "ORDER BY start_ms, granularity, psi DESC, column_name";

const countStatement = ({ profile_table, config }: Monitor): string =>
  `SELECT ${WINDOW}, count FROM ${quotedName(profile_table)} ` +
  `WHERE ${whole(config)} AND column_name = ':table' AND log_type = 'INPUT'`;

/** The condition for rows of a whole window: of all model versions together, and no slice. */
const whole = ({ inference_log: log }: ProfilingConfig): string =>
  `slice_key IS NULL${log === undefined ? "" : ` AND ${quoted(log.model_id_column)} = '*'`}`;

/** The rows of a query; none while the table is not there. */
async function rowsOf(workspace: Workspace, statement: string): Promise<readonly Row[]> {
  try {
    return (await lakehouseOf(workspace).query({ statement })).rows;
  } catch (error) {
    const missing = ["TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND"];
    if (error instanceof SqlRefusal && missing.includes(error.errorClass)) return [];
    throw error;
  }
}

/** Puts together the rows of each window, which follow each other, with its count. */
export function windowsOf(drift: readonly Row[], counts: readonly Row[]): DriftWindow[] {
  const keyOf = (row: Row): string => row.slice(0, 3).join("|");
  const rows = new Map(counts.map((row) => [keyOf(row), Number(row[3])]));
  const columns = groupBy(drift, keyOf);
  return [...columns].flatMap(([key, found]) => {
    const [granularity, start, end] = found[0] ?? [];
    const all = found.map(([, , , column, psi, type]): ColumnDrift => ({
      column: column ?? "",
      psi: Number(psi),
      driftType: type === "BASELINE" ? "BASELINE" : "CONSECUTIVE",
    }));
    return {
      start: new Date(Number(start)),
      end: new Date(Number(end)),
      granularity: granularity ?? undefined,
      rows: rows.get(key) ?? 0,
      score: Math.max(...all.map(({ psi }) => psi)),
      columns: all,
    };
  });
}

function lastOfEach(windows: readonly DriftWindow[], limit: number): DriftWindow[] {
  const last = [...groupBy(windows, ({ granularity }) => granularity).values()];
  const kept = new Set(last.flatMap((one) => one.slice(-limit)));
  return windows.filter((one) => kept.has(one));
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
