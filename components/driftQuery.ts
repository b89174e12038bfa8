import type { Predictions } from "./predictions";

/** Where {@link driftQuery} looks, and what counts for it. */
export interface DriftQueryArgs {
  readonly predictions: Predictions;
  /** Full name of the monitor's table of drift. */
  readonly drift: string;
  /** Full name of the monitor's table of profiles, which has the number of rows of each window. */
  readonly profile: string;
  /** Windows with fewer rows do not count, nor does what is compared with one: the index is noise. */
  readonly minimumRows: number;
}

/**
 * The one definition of the drift score, which the alert evaluates and the retrain job acts on: the
 * largest population stability index of any input or of the prediction in the last window that counts,
 * against the window before it and against the baseline alike. No row where no window counts yet.
 * Other columns say how requests were made, not what they were about, such as rows in a request.
 *
 * Columns of the result: window_start, row_count, drift_score, and the column_name and drift_type that
 * the score is of. Windows are told apart by version, as the metric tables do. Slices are left out:
 * they are the same rows again.
 * https://learn.microsoft.com/azure/databricks/data-quality-monitoring/data-profiling/monitor-output
 */
export function driftQuery({ predictions, drift, profile, minimumRows }: DriftQueryArgs): string {
  const { features, predictionColumn, versionColumn } = predictions;
  const columns = [...features.map(({ name }) => name), predictionColumn];
  const windows =
    `(SELECT window.start AS start, granularity, ${versionColumn} AS version, count FROM ${profile}\n` +
    "  WHERE column_name = ':table' AND log_type = 'INPUT' AND slice_key IS NULL\n" +
    `  AND count >= ${minimumRows})`;
  return [
    "SELECT d.window.start AS window_start, MAX(this.count) AS row_count,",
    "  MAX(d.population_stability_index) AS drift_score,",
    "  MAX_BY(d.column_name, d.population_stability_index) AS column_name,",
    "  MAX_BY(d.drift_type, d.population_stability_index) AS drift_type",
    `FROM ${drift} AS d`,
    `JOIN ${windows} AS this ON this.start = d.window.start`,
    `  AND this.granularity = d.granularity AND this.version <=> d.${versionColumn}`,
    `LEFT JOIN ${windows} AS other ON other.start = d.window_cmp.start`,
    `  AND other.granularity = d.granularity AND other.version <=> d.${versionColumn}`,
    "WHERE (d.drift_type = 'BASELINE' OR d.drift_type = 'CONSECUTIVE' AND other.count IS NOT NULL)",
    // All versions together, called *, answer otherwise after a promotion: that is no drift.
    `  AND (d.column_name <> '${predictionColumn}' OR d.${versionColumn} <> '*')`,
    `  AND d.column_name IN (${columns.map((name) => `'${name}'`).join(", ")})`,
    "  AND d.slice_key IS NULL AND d.population_stability_index IS NOT NULL",
    "GROUP BY d.window.start",
    "ORDER BY window_start DESC",
    "LIMIT 1",
  ].join("\n");
}
