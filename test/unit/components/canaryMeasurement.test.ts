import { expect, test } from "vitest";
import {
  CanaryMeasurement,
  MonitoredEndpoint,
  ServingEndpoint,
  type CanaryMeasurementArgs,
  type CanaryStep,
} from "../../../components";
import { platformDouble } from "./platformDouble";
import { COLUMNS, endpointOf, gateOf, predictionsOf, scene, trainingOf } from "./scene";

const STEP: CanaryStep = {
  percent: 10,
  minRequests: 100,
  rules: [{ kind: "metric", metric: "error_rate", comparison: "<=", bound: 0.01 }],
};

const JOB = "churn-canary-job";

async function made(has: "champion" | "nothing", args: Partial<CanaryMeasurementArgs> = {}) {
  const { registry, program } = await scene(has);
  const measurement = await program.run(async () => {
    const platform = platformDouble();
    const endpoint = await endpointOf(platform);
    return new CanaryMeasurement("churn-canary", { platform, endpoint, ...args });
  }, registry.config);
  return { measurement, program };
}

const PLACES = [
  ...["--model", "ml.models.churn_model"],
  ...["--payload", "ml.inference_logs.churn_model_payload"],
];

const taskOf = (parameters: readonly string[]) => ({
  tasks: [{ taskKey: "measure_canary", sparkPythonTask: { parameters } }],
});

test("a job measures what the endpoint captured, after it was unpacked", async () => {
  const { program } = await made("champion");
  const job = program.find("databricks:Job", JOB);
  expect(job.inputs).toMatchObject({
    name: "churn-canary",
    schedule: { quartzCronExpression: "0 10 * * * ?", timezoneId: "UTC" },
    ...taskOf(PLACES),
  });
  expect(program.find("mlops:PythonJob", "churn-canary").dependsOn).toContain("churn-serving");
});

test("quality is measured where predictions get their labels", async () => {
  const { registry, program } = await scene("champion");
  await program.run(async () => {
    const platform = platformDouble();
    const predictions = await predictionsOf(platform);
    const endpoint = await endpointOf(platformDouble());
    const problem = "regression";
    return new CanaryMeasurement("churn-canary", { platform, endpoint, predictions, problem });
  }, registry.config);
  expect(program.find("databricks:Job", JOB).inputs).toMatchObject(
    taskOf([
      ...PLACES,
      ...["--predictions", "ml.inference_logs.churn_model_predictions"],
      ...["--label", "actual_label", "--problem", "regression"],
    ]),
  );
});

test("without a champion it waits with the endpoint", async () => {
  const { measurement, program } = await made("nothing");
  expect(measurement.job).toBeUndefined();
  expect(program.ofType("databricks:Job")).toEqual([]);
});

test("an endpoint that captures nothing cannot be measured", async () => {
  const { registry, program } = await scene("champion");
  const run = program.run(async () => {
    const platform = platformDouble();
    const champion = await gateOf(platform);
    const served = { platform, champion, staging: false, scaleToZero: false };
    const endpoint = new ServingEndpoint("churn", served);
    return new CanaryMeasurement("churn-canary", { platform, endpoint });
  }, registry.config);
  await expect(run).rejects.toThrow(
    "churn-model-endpoint captures no requests; a canary cannot be measured without them.",
  );
});

test("a cron that is none is refused, champion or not", async () => {
  for (const has of ["nothing", "champion"] as const)
    await expect(made(has, { cron: "hourly" })).rejects.toThrow("churn-canary is 'hourly'");
});

test.each<[string, readonly CanaryStep[], number]>([
  ["steps of traffic", [STEP], 1],
  ["no steps", [], 0],
])("a gate with %s", async (_what, canary, jobs) => {
  const { registry, program } = await scene("champion");
  await program.run(async () => {
    const platform = platformDouble();
    const champion = await gateOf(platform, { canary });
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
      monitor: {},
      alert: { threshold: 0.2, retrain: trainingOf(platform, champion.model) },
    });
  }, registry.config);
  const found = program.ofType("databricks:Job").filter((name) => name === JOB);
  expect(found).toHaveLength(jobs);
});
