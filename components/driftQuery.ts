import type { Predictions } from "./predictions";

/** Where {@link driftQuery} looks, and what counts for it. */
export interface DriftQueryArgs {
  readonly predictions: Predictions;
  /** Full name of the monitor's table of drift. */
  readonly drift: string;
  /** Full name of the monitor's table of profiles, which has the number of rows of each window. */
  readonly profile: string;
  /** Windows with fewer rows do not count: their index is noise. */
  readonly minimumRows: number;
}

/**
 * The one definition of the drift score, which the alert evaluates and the retrain job acts on: the
 * largest population stability index of any input or of the prediction in the last window that counts,
 * against the window before it and against the baseline alike. No row where no window counts yet.
 * Other columns say how requests were made, not what they were about, such as rows in a request.
 *
 * Columns of the result: window_start, row_count, drift_score, and the column_name and drift_type that
 * the score is of. Windows are told apart by version, as the metric tables do. Slices are left out: they are the same
 * rows again.
 * https://learn.microsoft.com/azure/databricks/data-quality-monitoring/data-profiling/monitor-output
 */
export function driftQuery({ predictions, drift, profile, minimumRows }: DriftQueryArgs): string {
  const { features, predictionColumn, versionColumn } = predictions;
  const columns = [...features.map(({ name }) => name), predictionColumn];
  return [
    "SELECT d.window.start AS window_start, MAX(p.count) AS row_count,",
    "  MAX(d.population_stability_index) AS drift_score,",
    "  MAX_BY(d.column_name, d.population_stability_index) AS column_name,",
    "  MAX_BY(d.drift_type, d.population_stability_index) AS drift_type",
    `FROM ${drift} AS d JOIN ${profile} AS p`,
    "  ON d.window.start = p.window.start AND d.granularity = p.granularity",
    `  AND d.${versionColumn} <=> p.${versionColumn}`,
    "WHERE d.drift_type IN ('CONSECUTIVE', 'BASELINE') AND d.slice_key IS NULL",
    "  AND d.population_stability_index IS NOT NULL",
    `  AND d.column_name IN (${columns.map((name) => `'${name}'`).join(", ")})`,
    "  AND p.column_name = ':table' AND p.log_type = 'INPUT' AND p.slice_key IS NULL",
    `  AND p.count >= ${minimumRows}`,
    "GROUP BY d.window.start",
    "ORDER BY window_start DESC",
    "LIMIT 1",
  ].join("\n");
}
