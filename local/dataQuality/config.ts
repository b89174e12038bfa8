import { z } from "zod";
import { isTimeZone, quartzProblem } from "../jobs/quartz";

const text = z.string();
const column = text.min(1);
const granularities = z
  .array(
    z.enum([
      "AGGREGATION_GRANULARITY_5_MINUTES",
      "AGGREGATION_GRANULARITY_30_MINUTES",
      "AGGREGATION_GRANULARITY_1_HOUR",
      "AGGREGATION_GRANULARITY_1_DAY",
      "AGGREGATION_GRANULARITY_1_WEEK",
      "AGGREGATION_GRANULARITY_2_WEEKS",
      "AGGREGATION_GRANULARITY_3_WEEKS",
      "AGGREGATION_GRANULARITY_4_WEEKS",
      "AGGREGATION_GRANULARITY_1_MONTH",
      "AGGREGATION_GRANULARITY_1_YEAR",
    ]),
  )
  .min(1);

const schedule = z.strictObject({
  quartz_cron_expression: text.check((one) => {
    const problem = quartzProblem(one.value);
    if (problem === undefined) return;
    one.issues.push({
      code: "custom",
      message: `'${one.value}' is not a Quartz cron expression: ${problem}`,
      input: one.value,
    });
  }),
  timezone_id: text.refine(isTimeZone, { error: "is not a time zone such as UTC" }),
});

/** How a table is profiled, as callers set it: exactly one of inference_log, time_series, snapshot. */
export const profilingConfig = z.strictObject({
  output_schema_id: text.min(1),
  assets_dir: text.startsWith("/").exactOptional(),
  inference_log: z
    .strictObject({
      problem_type: z.enum([
        "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
        "INFERENCE_PROBLEM_TYPE_REGRESSION",
      ]),
      granularities,
      timestamp_column: column,
      model_id_column: column,
      prediction_column: column,
      label_column: column.exactOptional(),
    })
    .exactOptional(),
  time_series: z.strictObject({ granularities, timestamp_column: column }).exactOptional(),
  snapshot: z.strictObject({}).exactOptional(),
  schedule: schedule.exactOptional(),
  baseline_table_name: text.exactOptional(),
  slicing_exprs: z.array(text.min(1)).exactOptional(),
  notification_settings: z
    .strictObject({
      on_failure: z
        .strictObject({ email_addresses: z.array(z.email()).max(5).exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
  skip_builtin_dashboard: z.boolean().exactOptional(),
  warehouse_id: text.exactOptional(),
});

export type ProfilingConfig = z.output<typeof profilingConfig>;

/** Fields that only answers have; a request may send them back, they are not read. */
const outputOnly = {
  dashboard_id: text.optional(),
  drift_metrics_table_name: text.optional(),
  effective_warehouse_id: text.optional(),
  latest_monitor_failure_message: text.optional(),
  monitor_version: z.int().optional(),
  monitored_table_name: text.optional(),
  profile_metrics_table_name: text.optional(),
  status: text.optional(),
};

/** What a request may hold under `data_profiling_config`. */
export const requestedConfig = z.strictObject({
  ...profilingConfig.shape,
  schedule: schedule.extend({ pause_status: text.optional() }).exactOptional(),
  ...outputOnly,
});
