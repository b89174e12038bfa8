import { quoted, quotedName } from "../sql/names";
import { tableEngine, type EngineTable } from "../unityCatalog/engine";
import type { Workspace } from "../workspace";
import type { ProfilingConfig } from "./config";
import type { Monitor } from "./monitors";

/** Name and SQL type of a column. */
type MetricColumn = readonly [name: string, type: string];

const WINDOW = "STRUCT<start: TIMESTAMP, end: TIMESTAMP>";
const TEST = "STRUCT<statistic: DOUBLE, pvalue: DOUBLE>";
const PER_CLASS = "STRUCT<one_vs_all: MAP<STRING, DOUBLE>, macro: DOUBLE, weighted: DOUBLE>";

const slices: readonly MetricColumn[] = [
  ["slice_key", "STRING"],
  ["slice_value", "STRING"],
  ["column_name", "STRING"],
];

const statistics: readonly MetricColumn[] = [
  ["count", "BIGINT"],
  ["data_type", "STRING"],
  ["num_nulls", "BIGINT"],
  ["avg", "DOUBLE"],
  ["quantiles", "ARRAY<DOUBLE>"],
  ["min", "DOUBLE"],
  ["max", "DOUBLE"],
  ["stddev", "DOUBLE"],
  ["num_zeros", "BIGINT"],
  ["num_nan", "BIGINT"],
  ["min_length", "DOUBLE"],
  ["max_length", "DOUBLE"],
  ["avg_length", "DOUBLE"],
  ["non_null_columns", "ARRAY<STRING>"],
  ["frequent_items", "ARRAY<STRUCT<item: STRING, count: BIGINT>>"],
  ["median", "DOUBLE"],
  ["distinct_count", "BIGINT"],
  ["percent_nan", "DOUBLE"],
  ["percent_null", "DOUBLE"],
  ["percent_zeros", "DOUBLE"],
  ["percent_distinct", "DOUBLE"],
];

const classification: readonly MetricColumn[] = [
  ["accuracy_score", "DOUBLE"],
  ["confusion_matrix", "ARRAY<STRUCT<prediction: STRING, label: STRING, count: BIGINT>>"],
  ["precision", PER_CLASS],
  ["recall", PER_CLASS],
  ["f1_score", PER_CLASS],
];

const regression: readonly MetricColumn[] = [
  ["mean_squared_error", "DOUBLE"],
  ["root_mean_squared_error", "DOUBLE"],
  ["mean_average_error", "DOUBLE"],
  ["mean_absolute_percentage_error", "DOUBLE"],
  ["r2_score", "DOUBLE"],
];

const drift: readonly MetricColumn[] = [
  ["data_type", "STRING"],
  ["window_cmp", WINDOW],
  ["drift_type", "STRING"],
  ["count_delta", "BIGINT"],
  ["avg_delta", "DOUBLE"],
  ["percent_null_delta", "DOUBLE"],
  ["percent_zeros_delta", "DOUBLE"],
  ["percent_distinct_delta", "DOUBLE"],
  ["non_null_columns_delta", "STRUCT<added: INT, missing: INT>"],
  ["js_distance", "DOUBLE"],
  ["ks_test", TEST],
  ["wasserstein_distance", "DOUBLE"],
  ["population_stability_index", "DOUBLE"],
  ["chi_squared_test", TEST],
  ["tv_distance", "DOUBLE"],
  ["l_infinity_distance", "DOUBLE"],
];

/**
 * Makes the metric tables of a monitor, empty, or adds what those that are there lack since its configuration
 * has changed.
 * @throws ApiError when the output schema is gone.
 */
export async function makeMetricTables(workspace: Workspace, monitor: Monitor): Promise<void> {
  const engine = tableEngine(workspace);
  for (const [name, columns] of [
    [monitor.profile_table, profileColumns(monitor.config)],
    [monitor.drift_table, driftColumns(monitor.config)],
  ] as const) {
    const found = await engine.getTable(name);
    const statement =
      found === undefined
        ? createTable(name, columns)
        : addColumns(name, lackingIn(found, columns));
    if (statement !== undefined) await engine.execute(statement);
  }
}

/**
 * The columns of the profile metrics table; those of an inference log have a column for the model, called as
 * in the log, and model quality where there are labels.
 * https://learn.microsoft.com/en-us/azure/databricks/data-quality-monitoring/data-profiling/monitor-output
 */
function profileColumns(config: ProfilingConfig): MetricColumn[] {
  const log = config.inference_log;
  const quality =
    log?.label_column === undefined
      ? []
      : log.problem_type === "INFERENCE_PROBLEM_TYPE_CLASSIFICATION"
        ? classification
        : regression;
  return [
    ["window", WINDOW],
    ["log_type", "STRING"],
    ["logging_table_commit_version", "INT"],
    ["monitor_version", "BIGINT"],
    ["granularity", "STRING"],
    ...modelColumn(config),
    ...slices,
    ...statistics,
    ...quality,
  ];
}

function driftColumns(config: ProfilingConfig): MetricColumn[] {
  return [
    ["window", WINDOW],
    ["granularity", "STRING"],
    ["monitor_version", "BIGINT"],
    ...modelColumn(config),
    ...slices,
    ...drift,
  ];
}

function lackingIn(table: EngineTable, columns: readonly MetricColumn[]): MetricColumn[] {
  const names = new Set(table.columns.map(({ name }) => name.toLowerCase()));
  return columns.filter(([name]) => !names.has(name.toLowerCase()));
}

const createTable = (fullName: string, columns: readonly MetricColumn[]): string =>
  `CREATE TABLE IF NOT EXISTS ${quotedName(fullName)} (${definitions(columns)}) USING DELTA`;

const addColumns = (fullName: string, columns: readonly MetricColumn[]): string | undefined =>
  columns.length === 0
    ? undefined
    : `ALTER TABLE ${quotedName(fullName)} ADD COLUMNS (${definitions(columns)})`;

const definitions = (columns: readonly MetricColumn[]): string =>
  columns.map(([column, type]) => `${quoted(column)} ${type}`).join(", ");

/** Text, whatever the log's column is: the rows of all versions together have `*` in it. */
const modelColumn = ({ inference_log: log }: ProfilingConfig): MetricColumn[] =>
  log === undefined ? [] : [[log.model_id_column, "STRING"]];
