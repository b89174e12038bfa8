import { DRIFT_TABLE, PROFILE_TABLE, valueOf } from "../program";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import {
  GovernedTable,
  type JobDefaults,
  type Platform,
  type QualityMonitorArgs,
} from "../../../components";
import { metricTable } from "../../../components/qualityMonitor";
import { platformDouble } from "./platformDouble";
import { COLUMNS, monitorOf, scene } from "./scene";

async function made(
  has: "champion" | "nothing",
  args: (platform: Platform) => Partial<QualityMonitorArgs> = () => ({}),
  jobs: Partial<JobDefaults> = {},
) {
  const { registry, program } = await scene(has);
  const platform = () => platformDouble(jobs);
  const run = () => {
    const own = platform();
    return monitorOf(own, args(own));
  };
  const monitor = await program.run(run, registry.config);
  return { monitor, program };
}

const monitorIn = ({ program }: Awaited<ReturnType<typeof made>>) =>
  program.find("databricks:DataQualityMonitor", "churn-monitor-monitor");

const baselineOf = (columns: typeof COLUMNS) => (platform: Platform) => ({
  baseline: new GovernedTable("holdout", {
    platform,
    table: "ml.validation.holdout_churn",
    comment: "Rows to validate on",
    columns,
  }),
});

test("without a champion it waits with the predictions", async () => {
  const { monitor, program } = await made("nothing");
  expect(monitor.monitor).toBeUndefined();
  expect(monitor.driftMetricsTable).toBeUndefined();
  expect(monitor.profileMetricsTable).toBeUndefined();
  expect(monitor.predictions.fullName).toBe("ml.inference_logs.churn_model_predictions");
  expect(program.ofType("databricks:DataQualityMonitor")).toEqual([]);
});

test("the monitor profiles the predictions by day and version, hourly", async () => {
  const { inputs, dependsOn } = monitorIn(await made("champion"));
  expect(inputs).toMatchObject({
    objectType: "table",
    objectId: expect.stringMatching(/^table-id-/) as unknown,
    dataProfilingConfig: {
      assetsDir: "/Workspace/Shared/mlops/ml/monitoring/churn_model",
      outputSchemaId: "schema-id-of-monitoring",
      warehouseId: "warehouse-1",
      inferenceLog: {
        granularities: ["AGGREGATION_GRANULARITY_1_DAY"],
        modelIdColumn: "model_version",
        predictionColumn: "prediction",
        timestampColumn: "timestamp",
        labelColumn: "actual_label",
        problemType: "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
      },
      schedule: { quartzCronExpression: "0 0 * * * ?", timezoneId: "UTC" },
    },
  });
  expect(inputs["dataProfilingConfig"]).not.toHaveProperty("baselineTableName");
  expect(dependsOn).toContain("churn-monitor-predictions-table");
});

test("the metric tables are those that the monitor itself names", async () => {
  const { monitor } = await made("champion");
  const { driftMetricsTable: drift, profileMetricsTable: profile } = monitor;
  expect(drift && (await valueOf(drift))).toBe(DRIFT_TABLE);
  expect(profile && (await valueOf(profile))).toBe(PROFILE_TABLE);
});

test.each([
  [undefined, "its status is unknown."],
  [{ status: "PENDING", driftMetricsTableName: "" }, "its status is PENDING."],
  [
    { status: "FAILED", latestMonitorFailureMessage: "no access" },
    "its status is FAILED: no access.",
  ],
])("a monitor that names no metric table is an error: %j", (config, reason) => {
  expect(() => metricTable("ml.s.predictions", "drift", config)).toThrow(
    `The monitor of ml.s.predictions names no table of drift metrics; ${reason}`,
  );
});

test("windows are compared with a baseline, which exists before the monitor", async () => {
  const { inputs, dependsOn } = monitorIn(await made("champion", baselineOf(COLUMNS)));
  expect(inputs).toMatchObject({
    dataProfilingConfig: { baselineTableName: "ml.validation.holdout_churn" },
  });
  expect(dependsOn).toContain("holdout-table");
});

test("a paused environment has no schedule: it could not be paused", async () => {
  const { inputs } = monitorIn(await made("champion", undefined, { pauseStatus: "PAUSED" }));
  expect(inputs["dataProfilingConfig"]).not.toHaveProperty("schedule");
});

test("a regression is profiled as one", async () => {
  const { inputs } = monitorIn(await made("champion", () => ({ problem: "regression" })));
  expect(inputs).toMatchObject({
    dataProfilingConfig: { inferenceLog: { problemType: "INFERENCE_PROBLEM_TYPE_REGRESSION" } },
  });
});

const noSchema = (platform: Platform): Platform => ({
  ...platform,
  schemaOf: (name) => {
    if (name.startsWith("ml.monitoring.")) throw new pulumi.RunError(`no schema for ${name}`);
    return platform.schemaOf(name);
  },
});

test.each<[string, (platform: Platform) => Partial<QualityMonitorArgs>, string]>([
  ["an invalid cron", () => ({ cron: "hourly" }), "The schedule of churn-monitor is 'hourly'"],
  [
    "an unknown output schema",
    (platform) => ({ platform: noSchema(platform) }),
    "no schema for ml.monitoring.metrics",
  ],
  [
    "a baseline without an input",
    baselineOf(COLUMNS.slice(0, 1)),
    "The baseline ml.validation.holdout_churn has no column total_spend",
  ],
])("%s is refused, champion or not", async (_what, args, message) => {
  for (const has of ["nothing", "champion"] as const) {
    const { registry, program } = await scene(has);
    const run = program.run(() => {
      const platform = platformDouble();
      return monitorOf(platform, args(platform));
    }, registry.config);
    await expect(run).rejects.toThrow(message);
    expect(program.ofType("databricks:DataQualityMonitor")).toEqual([]);
  }
});
