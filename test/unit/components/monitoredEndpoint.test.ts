import { expect, test } from "vitest";
import { MonitoredEndpoint, type MonitoredEndpointArgs } from "../../../components";
import { platformDouble } from "./platformDouble";
import { COLUMNS, gateOf, scene, trainingOf } from "./scene";

async function made(has: "champion" | "nothing", args: Partial<MonitoredEndpointArgs> = {}) {
  const { registry, program } = await scene(has);
  const served = await program.run(async () => {
    const platform = platformDouble();
    const champion = await gateOf(platform);
    return new MonitoredEndpoint("churn", {
      platform,
      champion,
      endpoint: { staging: false, scaleToZero: true },
      predictions: {
        features: COLUMNS.slice(1),
        predictionType: "int",
        label: "actual_label",
        labels: { table: "ml.labels.churn_labels", column: "churned", key: "customer_id" },
      },
      monitor: { cron: "0 0 4 * * ?" },
      alert: { threshold: 0.2, retrain: trainingOf(platform, champion.model) },
      ...args,
    });
  }, registry.config);
  return { served, program };
}

test("what the endpoint captures is what is unpacked, profiled and told of", async () => {
  const { served, program } = await made("champion");
  expect(program.find("databricks:ModelServing", "churn-serving").inputs).toMatchObject({
    aiGateway: { inferenceTableConfig: { catalogName: "ml", schemaName: "inference_logs" } },
  });
  expect(served.predictions.fullName).toBe("ml.inference_logs.churn_model_predictions");
  const monitor = program.find("databricks:DataQualityMonitor", "churn-monitor-monitor");
  expect(monitor.dependsOn).toContain("churn-monitor-predictions-table");
  expect(monitor.inputs).toMatchObject({
    dataProfilingConfig: { outputSchemaId: "schema-id-of-monitoring" },
  });
  expect(program.find("databricks:AlertV2", "churn-drift-alert").inputs).toMatchObject({
    evaluation: { threshold: { value: { doubleValue: 0.2 } } },
  });
});

test("unpacking and profiling have one schedule", async () => {
  const { program } = await made("champion");
  const schedule = { quartzCronExpression: "0 0 4 * * ?" };
  expect(program.find("databricks:Job", "churn-monitor-unpack-job").inputs).toMatchObject({
    schedule,
  });
  expect(
    program.find("databricks:DataQualityMonitor", "churn-monitor-monitor").inputs,
  ).toMatchObject({ dataProfilingConfig: { schedule } });
});

test("its jobs are called as the commands that run them say", async () => {
  const { program } = await made("champion");
  const names = ["churn-monitor-unpack-job", "churn-drift-retrain-job"].map(
    (name) => program.find("databricks:Job", name).inputs["name"],
  );
  expect(names).toEqual(["churn-monitor-unpack", "churn-drift-retrain"]);
});

test("other schemas can be named", async () => {
  const { served, program } = await made("champion", {
    inferenceTableSchema: "ml.captured",
    outputSchema: "ml.quality",
  });
  expect(served.predictions.fullName).toBe("ml.captured.churn_model_predictions");
  expect(
    program.find("databricks:DataQualityMonitor", "churn-monitor-monitor").inputs,
  ).toMatchObject({ dataProfilingConfig: { outputSchemaId: "schema-id-of-quality" } });
});

test("without a champion all of it waits", async () => {
  const { served, program } = await made("nothing");
  expect(served.endpoint.endpointName).toBe("churn-model-endpoint");
  for (const type of ["ModelServing", "DataQualityMonitor", "AlertV2", "NotificationDestination"])
    expect(program.ofType(`databricks:${type}`)).toEqual([]);
});
