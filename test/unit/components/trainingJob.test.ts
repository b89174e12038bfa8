import { Program } from "../program";
import { expect, test } from "vitest";
import type { JobDefaults, TrainingJobArgs } from "../../../components";
import { platformDouble } from "./platformDouble";
import { modelOf, trainingOf } from "./scene";

async function made(args: Partial<TrainingJobArgs> = {}, jobs: Partial<JobDefaults> = {}) {
  const program = new Program();
  await program.run(() => {
    const platform = platformDouble(jobs);
    return trainingOf(platform, modelOf(platform), args);
  });
  return program;
}

test("the experiment is engineers' to manage and users' to read", async () => {
  const program = await made();
  expect(program.find("databricks:MlflowExperiment", "churn-training-experiment")).toMatchObject({
    parent: "churn-training",
    inputs: { name: "/Shared/mlops/ml/churn" },
  });
  expect(
    program.find("databricks:Permissions", "churn-training-experiment-permissions"),
  ).toMatchObject({
    dependsOn: ["churn-training-experiment"],
    inputs: {
      accessControls: [
        { groupName: "ml-engineers", permissionLevel: "CAN_MANAGE" },
        { groupName: "account users", permissionLevel: "CAN_READ" },
      ],
    },
  });
});

test("those whom jobs run as log to the experiment", async () => {
  const program = await made({}, { runAs: "application-1" });
  expect(
    program.find("databricks:Permissions", "churn-training-experiment-permissions").inputs,
  ).toMatchObject({
    accessControls: [
      { groupName: "ml-engineers" },
      { groupName: "account users" },
      { servicePrincipalName: "application-1", permissionLevel: "CAN_EDIT" },
    ],
  });
});

test("the job trains with every parameter, then validates on the holdout", async () => {
  const program = await made();
  const { inputs } = program.find("databricks:Job", "churn-training-job");
  expect(inputs).toMatchObject({
    name: "churn-training",
    parameters: [
      { name: "max_depth", default: "6" },
      { name: "learning_rate", default: "0.1" },
      { name: "commit", default: "" },
    ],
    tasks: [
      {
        taskKey: "train",
        sparkPythonTask: {
          pythonFile: "/Workspace/Shared/mlops/ml/jobs/churn/train.py",
          parameters: [
            ...["--model", "ml.models.churn_model"],
            ...["--experiment", "/Shared/mlops/ml/churn"],
            ...["--features", "ml.features.churn_features"],
            ...["--labels", "ml.labels.churn_labels"],
            ...["--max-depth", "{{job.parameters.max_depth}}"],
            ...["--learning-rate", "{{job.parameters.learning_rate}}"],
            ...["--commit", "{{job.parameters.commit}}"],
          ],
        },
      },
      {
        taskKey: "validate",
        dependsOns: [{ taskKey: "train" }],
        sparkPythonTask: {
          parameters: expect.arrayContaining([
            ...["--holdout", "ml.validation.holdout_churn"],
          ]) as unknown,
        },
      },
    ],
  });
  expect(inputs).not.toHaveProperty("schedule");
});

test("what comes before training runs in its order, and validation is told what it asks for", async () => {
  const program = await made({
    before: [{ file: "monitoring/check_drift.py" }, { file: "churn/build_features.py" }],
    validate: {
      file: "churn/validate.py",
      holdout: "ml.validation.holdout_churn",
      arguments: { version: "{{tasks.train.values.model_version}}" },
    },
  });
  const { inputs } = program.find("databricks:Job", "churn-training-job");
  expect(inputs).toMatchObject({
    tasks: [
      { taskKey: "build_features", dependsOns: [{ taskKey: "check_drift" }] },
      { taskKey: "check_drift", dependsOns: [] },
      { taskKey: "train", dependsOns: [{ taskKey: "build_features" }] },
      {
        taskKey: "validate",
        dependsOns: [{ taskKey: "train" }],
        sparkPythonTask: {
          parameters: [
            ...["--model", "ml.models.churn_model"],
            ...["--holdout", "ml.validation.holdout_churn"],
            ...["--version", "{{tasks.train.values.model_version}}"],
          ],
        },
      },
    ],
  });
});

test("the job waits for the model, the features and the experiment", async () => {
  const { dependsOn } = (await made()).find("mlops:PythonJob", "churn-training");
  expect(dependsOn).toEqual(
    expect.arrayContaining([
      "churn-model-model",
      "churn-features-table",
      "churn-features-refresh-job",
      "churn-training-experiment",
    ]),
  );
});

test("a schedule is passed on", async () => {
  const { inputs } = (await made({ cron: "0 0 3 ? * MON" })).find(
    "databricks:Job",
    "churn-training-job",
  );
  expect(inputs["schedule"]).toMatchObject({ quartzCronExpression: "0 0 3 ? * MON" });
});

test("an invalid schedule is refused before the experiment is made", async () => {
  const program = new Program();
  const run = program.run(() => {
    const platform = platformDouble();
    return trainingOf(platform, modelOf(platform), { cron: "0 0 3 * * MON" });
  });
  await expect(run).rejects.toThrow("The schedule of churn-training is '0 0 3 * * MON'");
  expect(program.ofType("databricks:MlflowExperiment")).toEqual([]);
});
