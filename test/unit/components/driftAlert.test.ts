import { DRIFT_TABLE, PROFILE_TABLE, type Program } from "../program";
import { expect, test } from "vitest";
import {
  DriftAlert,
  TaskSources,
  type DriftAlertArgs,
  type JobDefaults,
} from "../../../components";
import { folderOf, platformDouble } from "./platformDouble";
import { monitorOf, scene, trainingOf } from "./scene";

async function prepared(
  has: "champion" | "nothing",
  args: Partial<DriftAlertArgs> = {},
  jobs: Partial<JobDefaults> = {},
  other: Parameters<typeof platformDouble>[1] = {},
) {
  const { registry, program } = await scene(has);
  const run = () =>
    program.run(async () => {
      const platform = platformDouble(jobs, other);
      const monitor = await monitorOf(platform);
      return new DriftAlert("churn-drift", {
        platform,
        monitor,
        threshold: 0.1,
        retrain: trainingOf(platform, monitor.predictions.model),
        emails: ["b@example.com", "a@example.com"],
        ...args,
      });
    }, registry.config);
  return { program, run };
}

async function made(...args: Parameters<typeof prepared>) {
  const { program, run } = await prepared(...args);
  return { alert: await run(), program };
}

test("without a champion it waits with the monitor", async () => {
  const { alert, program } = await made("nothing");
  expect([alert.alert, alert.retrainJob]).toEqual([undefined, undefined]);
  expect(program.resources.filter((one) => one.parent === "churn-drift")).toEqual([]);
});

test("the alert fires above the threshold and tells everyone, in the order given", async () => {
  const { program } = await made("champion");
  const destination = program.find("databricks:NotificationDestination", "churn-drift-destination");
  expect(destination.inputs).toMatchObject({
    config: { email: { addresses: ["b@example.com", "a@example.com"] } },
  });
  const { inputs, parent } = program.find("databricks:AlertV2", "churn-drift-alert");
  expect(parent).toBe("churn-drift");
  expect(inputs).toMatchObject({
    displayName: "churn_model drift",
    parentPath: "/Workspace/Shared/mlops/ml",
    warehouseId: "warehouse-1",
    customSummary: "Model drift detected for churn_model",
    evaluation: {
      source: { name: "drift_score", aggregation: "MAX" },
      comparisonOperator: "GREATER_THAN",
      threshold: { value: { doubleValue: 0.1 } },
      emptyResultState: "OK",
      notification: { subscriptions: [{ destinationId: expect.any(String) as unknown }] },
    },
    schedule: {
      quartzCronSchedule: "0 15 * * * ?",
      timezoneId: "UTC",
      pauseStatus: "UNPAUSED",
    },
  });
  expect(inputs["customDescription"]).toContain("above 0.1");
  expect(inputs["customDescription"]).toContain("ml.inference_logs.churn_model_predictions");
});

const queryIn = (program: Program): string =>
  String(program.find("databricks:AlertV2", "churn-drift-alert").inputs["queryText"]);

test("its query reads the metric tables that the monitor names", async () => {
  const query = queryIn((await made("champion")).program);
  expect(query).toContain(`FROM ${DRIFT_TABLE} AS d\n`);
  expect(query).toContain(`FROM ${PROFILE_TABLE}\n`);
});

test("the score is about the model's inputs and its answers, not how it was asked", async () => {
  const query = queryIn((await made("champion")).program);
  expect(query).toContain("column_name IN ('total_spend', 'prediction')");
});

test.each([
  [undefined, 500],
  [20, 20],
])("with %s as minimum, windows of fewer than %s rows do not count", async (given, rows) => {
  const query = queryIn((await made("champion", { minimumRows: given })).program);
  expect(query).toContain(`count >= ${rows})`);
});

test("who is told comes from the platform, unless the model says otherwise", async () => {
  const { program } = await made("champion", { emails: undefined });
  const destination = program.find("databricks:NotificationDestination", "churn-drift-destination");
  expect(destination.inputs).toMatchObject({
    config: { email: { addresses: ["oncall@example.com"] } },
  });
});

test.each([
  ["alone", undefined, ["mail"]],
  ["with a webhook, always after the mail,", "webhook-1", ["mail", "webhook-1"]],
])("mail %s is told", async (_what, alertDestinationId, told) => {
  const { program, run } = await prepared("champion", {}, {}, { alertDestinationId });
  await run();
  const mail = 1000 + program.resources.findIndex(({ name }) => name === "churn-drift-destination");
  expect(program.find("databricks:AlertV2", "churn-drift-alert").inputs).toMatchObject({
    evaluation: {
      notification: {
        subscriptions: told.map((one) => ({ destinationId: one === "mail" ? String(mail) : one })),
      },
    },
  });
});

test("drift starts training, if the score is above the same threshold, and not more than daily", async () => {
  const { program } = await made("champion", { threshold: 0.25 });
  const training = program.find("databricks:Job", "churn-training-job");
  const trainingId = 1000 + program.resources.indexOf(training);
  expect(program.find("databricks:Job", "churn-drift-retrain-job").inputs).toMatchObject({
    parameters: [{ name: "cool_down_hours", default: "24" }],
    schedule: { quartzCronExpression: "0 30 * * * ?", pauseStatus: "UNPAUSED" },
    tasks: [
      {
        taskKey: "check_drift",
        sparkPythonTask: {
          parameters: [
            ...["--query", queryIn(program)],
            ...["--training-job-id", String(trainingId)],
            ...["--retrain-job-id", "{{job.id}}"],
            ...["--cool-down-hours", "{{job.parameters.cool_down_hours}}"],
          ],
        },
      },
      {
        dependsOns: [{ taskKey: "check_drift" }],
        conditionTask: {
          left: "{{tasks.check_drift.values.drift_score}}",
          op: "GREATER_THAN",
          right: "0.25",
        },
      },
      {
        taskKey: "retrain",
        dependsOns: [{ taskKey: "drift_score_above_bound", outcome: "true" }],
        runJobTask: { jobId: trainingId },
      },
    ],
  });
});

test("schedules and the cool-down can be set, and pause with the environment", async () => {
  const cron = "0 0 8 * * ?";
  const retrainCron = "0 0 9 * * ?";
  const args = { cron, retrainCron, coolDownHours: 6 };
  const { program } = await made("champion", args, { pauseStatus: "PAUSED" });
  expect(program.find("databricks:AlertV2", "churn-drift-alert").inputs["schedule"]).toMatchObject({
    quartzCronSchedule: cron,
    pauseStatus: "PAUSED",
  });
  expect(program.find("databricks:Job", "churn-drift-retrain-job").inputs).toMatchObject({
    parameters: [{ default: "6" }],
    schedule: { quartzCronExpression: retrainCron, pauseStatus: "PAUSED" },
  });
});

test.each<[Partial<DriftAlertArgs>, string]>([
  [{ threshold: 0 }, "The drift threshold of churn-drift is 0; it must be a number above 0."],
  [{ threshold: -0.1 }, "is -0.1; it must be a number above 0"],
  [{ threshold: NaN }, "is NaN; it must be a number above 0"],
  [{ threshold: Infinity }, "is Infinity; it must be a number above 0"],
  [{ minimumRows: 0 }, "The minimum number of rows of churn-drift is 0; it must be a whole number"],
  [{ minimumRows: 2.5 }, "is 2.5; it must be a whole number above 0"],
  [{ emails: [] }, "The drift alert churn-drift has nobody to tell; give at least one address."],
  [{ cron: "0 0 25 * * ?" }, "The schedule of churn-drift is '0 0 25 * * ?'"],
  [{ retrainCron: "never" }, "The schedule of churn-drift-retrain is 'never'"],
])("%j is refused, champion or not, before any child is made", async (args, message) => {
  for (const has of ["nothing", "champion"] as const) {
    const { program, run } = await prepared(has, args);
    await expect(run()).rejects.toThrow(message);
    expect(program.resources.filter((one) => one.parent === "churn-drift")).toEqual([]);
  }
});

test("a missing task file is refused, champion or not", async () => {
  for (const has of ["nothing", "champion"] as const) {
    const { registry, program } = await scene(has);
    const run = program.run(async () => {
      const platform = platformDouble();
      const monitor = await monitorOf(platform);
      const tasks = new TaskSources("none", { directory: folderOf([]), folder: "/Shared/none" });
      return new DriftAlert("churn-drift", {
        platform: { ...platform, tasks },
        monitor,
        threshold: 0.1,
        retrain: trainingOf(platform, monitor.predictions.model),
        emails: ["a@example.com"],
      });
    }, registry.config);
    await expect(run).rejects.toThrow("'monitoring/check_drift.py' is not one of");
  }
});
