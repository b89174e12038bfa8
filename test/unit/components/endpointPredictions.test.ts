import { expect, test } from "vitest";
import {
  ServingEndpoint,
  TaskSources,
  type EndpointPredictionsArgs,
  type Platform,
} from "../../../components";
import { folderOf, platformDouble } from "./platformDouble";
import { gateOf, predictionsOf, scene } from "./scene";

async function made(has: "champion" | "nothing", args: Partial<EndpointPredictionsArgs> = {}) {
  const { registry, program } = await scene(has);
  const predictions = await program.run(
    () => predictionsOf(platformDouble(), args),
    registry.config,
  );
  return { predictions, program };
}

test("without a champion it waits with the endpoint", async () => {
  const { predictions, program } = await made("nothing");
  expect([predictions.table, predictions.unpack]).toEqual([undefined, undefined]);
  expect(predictions.fullName).toBe("ml.inference_logs.churn_model_predictions");
  expect(predictions.model.shortName).toBe("churn_model");
  expect(program.resources.filter((one) => one.parent === "churn-monitor")).toEqual([]);
});

test("predictions have a table with the model's inputs, the answer and the late label", async () => {
  const { predictions, program } = await made("champion");
  const table = program.find("databricks:SqlTable", "churn-monitor-predictions-table");
  expect(table.inputs).toMatchObject({
    catalogName: "ml",
    schemaName: "inference_logs",
    name: "churn_model_predictions",
    columns: [
      { name: "request_id", type: "string", nullable: false },
      { name: "row_number", type: "int", nullable: false },
      { name: "record_key", type: "string" },
      { name: "timestamp", type: "timestamp", nullable: false },
      { name: "model_version", type: "string" },
      { name: "total_spend", type: "double" },
      { name: "prediction", type: "int" },
      { name: "actual_label", type: "int", nullable: true },
    ],
  });
  expect(predictions).toMatchObject({
    timestampColumn: "timestamp",
    versionColumn: "model_version",
    predictionColumn: "prediction",
    labelColumn: "actual_label",
  });
  expect(
    program.find("pulumi-nodejs:PrimaryKey", "churn-monitor-predictions-key").inputs["columns"],
  ).toEqual(["request_id", "row_number"]);
});

test("the table comes after the endpoint, and so after a gate that may block", async () => {
  const { program } = await made("champion");
  expect(program.find("mlops:GovernedTable", "churn-monitor-predictions").dependsOn).toContain(
    "churn-serving",
  );
});

test("a job unpacks captured requests into the table and joins labels", async () => {
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
});

test("an endpoint that captures nothing has no predictions", async () => {
  const { registry, program } = await scene("champion");
  const run = program.run(async () => {
    const platform = platformDouble();
    const endpoint = new ServingEndpoint("churn", {
      platform,
      champion: await gateOf(platform),
      staging: false,
      scaleToZero: false,
    });
    return predictionsOf(platform, { endpoint });
  }, registry.config);
  await expect(run).rejects.toThrow(
    "churn-model-endpoint captures no requests; a monitor needs them.",
  );
});

const withoutFiles = (platform: Platform): Platform => ({
  ...platform,
  tasks: new TaskSources("none", { directory: folderOf([]), folder: "/Shared/none" }),
});

test.each<[string, (platform: Platform) => Platform, Partial<EndpointPredictionsArgs>, string]>([
  ["a missing task file", withoutFiles, {}, "'monitoring/unpack_predictions.py' is not one of"],
  ["a label named like an input", (same) => same, { label: "total_spend" }, "'total_spend'"],
  ["a label named like a key", (same) => same, { label: "row_number" }, "'row_number'"],
  ["a cron that is none", (same) => same, { cron: "hourly" }, "churn-monitor-unpack is 'hourly'"],
])("%s is refused, champion or not", async (_what, platformOf, args, message) => {
  for (const has of ["nothing", "champion"] as const) {
    const { registry, program } = await scene(has);
    const run = program.run(
      () => predictionsOf(platformOf(platformDouble()), args),
      registry.config,
    );
    await expect(run).rejects.toThrow(message);
    expect(program.resources.filter((one) => one.parent === "churn-monitor")).toEqual([]);
  }
});
