import type { EngineTable } from "../unityCatalog/engine";
import type { Monitor } from "./monitors";

/** A monitor as the engine's `profiling/spec.py` takes it. */
export interface ProfileSpec {
  readonly object_id: string;
  readonly table: string;
  readonly profile_table: string;
  readonly drift_table: string;
  readonly monitor_version: number;
  readonly created_at_ms: number;
  readonly granularities: readonly string[];
  readonly timestamp_column?: string;
  readonly model_column?: string;
  readonly prediction_column?: string;
  readonly label_column?: string;
  readonly problem?: "classification" | "regression";
  readonly slicing_exprs: readonly string[];
  readonly baseline?: string;
}

/** What a refresh of the monitor measures, of its table as it is called now. */
export function profileSpec(monitor: Monitor, table: EngineTable): ProfileSpec {
  const { config, object_id, profile_table, drift_table, version, created_at_ms } = monitor;
  const { inference_log: log, time_series: series, baseline_table_name: baseline } = config;
  const timed = log ?? series;
  return {
    object_id,
    table: table.full_name,
    profile_table,
    drift_table,
    monitor_version: version,
    // Of a monitor that was kept without this, everything is profiled.
    created_at_ms: created_at_ms ?? 0,
    granularities: (timed?.granularities ?? []).map(granularityName),
    ...(timed === undefined ? {} : { timestamp_column: timed.timestamp_column }),
    ...(log === undefined
      ? {}
      : {
          model_column: log.model_id_column,
          prediction_column: log.prediction_column,
          problem:
            log.problem_type === "INFERENCE_PROBLEM_TYPE_REGRESSION"
              ? "regression"
              : "classification",
          ...(log.label_column === undefined ? {} : { label_column: log.label_column }),
        }),
    slicing_exprs: config.slicing_exprs ?? [],
    ...(baseline === undefined ? {} : { baseline: baseline.toLowerCase() }),
  };
}

/** As the metric tables call it: `1 day` for `AGGREGATION_GRANULARITY_1_DAY`. */
const granularityName = (name: string): string =>
  name
    .replace(/^AGGREGATION_GRANULARITY_/, "")
    .replaceAll("_", " ")
    .toLowerCase();
