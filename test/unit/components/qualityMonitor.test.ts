import { DRIFT_TABLE, valueOf } from "../program";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import {
  QualityMonitor,
  ServingEndpoint,
  TaskSources,
  type Platform,
  type QualityMonitorArgs,
} from "../../../components";
import { folderOf, platformDouble } from "./platformDouble";
import { COLUMNS, gateOf, monitorOf, scene } from "./scene";

async function made(has: "champion" | "nothing", args: Partial<QualityMonitorArgs> = {}) {
  const { registry, program } = await scene(has);
  const monitor = await program.run(() => monitorOf(platformDouble(), args), registry.config);
  return { monitor, program };
}

test("without a champion it waits with the endpoint", async () => {
  const { monitor, program } = await made("nothing");
  expect(monitor.monitor).toBeUndefined();
  expect(monitor.unpack).toBeUndefined();
  expect(monitor.driftMetricsTable).toBeUndefined();
  expect(monitor.predictionsTable).toBe("ml.inference_logs.churn_model_predictions");
  expect(program.resources.filter((one) => one.parent === "churn-monitor")).toEqual([]);
});

test("predictions have a table with the model's inputs, the answer and the late label", async () => {
  const { program } = await made("champion");
  const table = program.find("databricks:SqlTable", "churn-monitor-predictions-table");
  expect(table.inputs).toMatchObject({
    catalogName: "ml",
    schemaName: "inference_logs",
    name: "churn_model_predictions",
    columns: [
      { name: "request_id", type: "string", nullable: false },
      { name: "row_number", type: "int", nullable: false },
      { name: "timestamp", type: "timestamp", nullable: false },
      { name: "model_version", type: "string" },
      { name: "record_key", type: "string" },
      { name: "total_spend", type: "double" },
      { name: "prediction", type: "int" },
      { name: "actual_label", type: "int", nullable: true },
    ],
  });
  expect(
    program.find("pulumi-nodejs:PrimaryKey", "churn-monitor-predictions-key").inputs["columns"],
  ).toEqual(["request_id", "row_number"]);
});

test("the monitor profiles that table by day and version, hourly", async () => {
  const { program } = await made("champion");
  const { inputs, dependsOn } = program.find(
    "databricks:DataQualityMonitor",
    "churn-monitor-monitor",
  );
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
  expect(dependsOn).toContain("churn-monitor-predictions-table");
});

test("the drift table is the one that the monitor itself names", async () => {
  const { monitor } = await made("champion");
  expect(monitor.driftMetricsTable && (await valueOf(monitor.driftMetricsTable))).toBe(DRIFT_TABLE);
});

test("a job unpacks captured requests into the table and joins labels, as often", async () => {
  const { program } = await made("champion", { cron: "0 0 4 * * ?" });
  const { inputs } = program.find("databricks:Job", "churn-monitor-unpack-job");
  expect(inputs).toMatchObject({
    schedule: { quartzCronExpression: "0 0 4 * * ?" },
    tasks: [
      {
        taskKey: "unpack_predictions",
        sparkPythonTask: {
          parameters: [
            ...["--payload", "ml.inference_logs.churn_model_payload"],
            ...["--predictions", "ml.inference_logs.churn_model_predictions"],
            ...["--features", "total_spend"],
            ...["--label", "actual_label"],
            ...["--labels-table", "ml.labels.churn_labels"],
            ...["--labels-column", "churned"],
            ...["--labels-key", "customer_id"],
          ],
        },
      },
    ],
  });
  const { inputs: monitor } = program.find(
    "databricks:DataQualityMonitor",
    "churn-monitor-monitor",
  );
  expect(monitor).toMatchObject({
    dataProfilingConfig: { schedule: { quartzCronExpression: "0 0 4 * * ?" } },
  });
});

test("a regression is profiled as one", async () => {
  const { program } = await made("champion", { problem: "regression", predictionType: "double" });
  expect(
    program.find("databricks:DataQualityMonitor", "churn-monitor-monitor").inputs,
  ).toMatchObject({
    dataProfilingConfig: { inferenceLog: { problemType: "INFERENCE_PROBLEM_TYPE_REGRESSION" } },
  });
});

test.each(["champion", "nothing"] as const)("an invalid cron is refused, with %s", async (has) => {
  const { registry, program } = await scene(has);
  const run = program.run(() => monitorOf(platformDouble(), { cron: "hourly" }), registry.config);
  await expect(run).rejects.toThrow("The schedule of churn-monitor is 'hourly'");
  expect(program.resources.filter((one) => one.parent === "churn-monitor")).toEqual([]);
});

test("an endpoint that captures nothing cannot be monitored", async () => {
  const { registry, program } = await scene("champion");
  const run = program.run(async () => {
    const platform = platformDouble();
    const champion = await gateOf(platform);
    const endpoint = new ServingEndpoint("churn", {
      platform,
      champion,
      staging: false,
      scaleToZero: false,
    });
    expect(endpoint.payloadTable).toBeUndefined();
    return new QualityMonitor("churn-monitor", {
      platform,
      endpoint,
      features: COLUMNS,
      predictionType: "int",
      label: "actual_label",
      labels: { table: "ml.labels.churn_labels", column: "churned", key: "customer_id" },
      outputSchema: "ml.monitoring",
    });
  }, registry.config);
  await expect(run).rejects.toThrow(
    "churn-model-endpoint captures no requests; a monitor needs them.",
  );
});

/** A platform without schemas, or without task files, as far as this component asks for them. */
const without = {
  schemas: (platform: Platform): Platform => ({
    ...platform,
    schemaOf: (name) => {
      if (name.startsWith("ml.monitoring.")) throw new pulumi.RunError(`no schema for ${name}`);
      return platform.schemaOf(name);
    },
  }),
  files: (platform: Platform): Platform => ({
    ...platform,
    tasks: new TaskSources("none", { directory: folderOf([]), folder: "/Shared/none" }),
  }),
};

test.each<[string, (platform: Platform) => Platform, Partial<QualityMonitorArgs>, string]>([
  ["an unknown output schema", without.schemas, {}, "no schema for ml.monitoring.metrics"],
  ["a missing task file", without.files, {}, "'monitoring/unpack_predictions.py' is not one of"],
  ["a label named like an input", (same) => same, { label: "total_spend" }, "'total_spend'"],
])("%s is refused, champion or not", async (_what, platformOf, args, message) => {
  for (const has of ["nothing", "champion"] as const) {
    const { registry, program } = await scene(has);
    const run = program.run(() => monitorOf(platformOf(platformDouble()), args), registry.config);
    await expect(run).rejects.toThrow(message);
    expect(program.resources.filter((one) => one.parent === "churn-monitor")).toEqual([]);
  }
});
