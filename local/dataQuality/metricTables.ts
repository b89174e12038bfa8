import type { EngineTable } from "../unityCatalog/engine";
import type { ProfilingConfig } from "./config";

/** Name and SQL type of a column. */
export type MetricColumn = readonly [name: string, type: string];

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
 * The columns of the profile metrics table of a monitor on `table`; those of an inference log have a column
 * for the model, called as in the log, and model quality where there are labels.
 * https://learn.microsoft.com/en-us/azure/databricks/data-quality-monitoring/data-profiling/monitor-output
 */
export function profileColumns(table: EngineTable, config: ProfilingConfig): MetricColumn[] {
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
    ...modelColumn(table, config),
    ...slices,
    ...statistics,
    ...quality,
  ];
}

/** The columns of the drift metrics table of a monitor on `table`. */
export function driftColumns(table: EngineTable, config: ProfilingConfig): MetricColumn[] {
  return [
    ["window", WINDOW],
    ["granularity", "STRING"],
    ["monitor_version", "BIGINT"],
    ...modelColumn(table, config),
    ...slices,
    ...drift,
  ];
}

/** A statement that makes an empty Delta table, unless there is one of the name. */
export function createTable(fullName: string, columns: readonly MetricColumn[]): string {
  const name = fullName.split(".").map(quoted).join(".");
  const list = columns.map(([column, type]) => `${quoted(column)} ${type}`).join(", ");
  return `CREATE TABLE IF NOT EXISTS ${name} (${list}) USING DELTA`;
}

function modelColumn(table: EngineTable, { inference_log: log }: ProfilingConfig): MetricColumn[] {
  if (log === undefined) return [];
  const column = table.columns.find(
    ({ name }) => name.toLowerCase() === log.model_id_column.toLowerCase(),
  );
  return [[log.model_id_column, column?.type_text ?? "STRING"]];
}

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
