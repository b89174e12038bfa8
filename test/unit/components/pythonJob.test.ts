import { Program } from "../program";
import { expect, test } from "vitest";
import { PythonJob, type JobDefaults, type PythonJobArgs } from "../../../components";
import { platformDouble } from "./platformDouble";

const make = (args: Partial<PythonJobArgs>, jobs: Partial<JobDefaults>) =>
  new PythonJob("churn", {
    platform: platformDouble(jobs),
    description: "What it does.",
    tasks: [{ file: "churn/train.py" }, { file: "churn/validate.py" }],
    ...args,
  });

async function made(args: Partial<PythonJobArgs> = {}, jobs: Partial<JobDefaults> = {}) {
  const program = new Program();
  await program.run(() => make(args, jobs));
  return { program, ...program.find("databricks:Job", "churn-job") };
}

/** The tasks by key, in the order in which they are sent. */
function tasksOf(inputs: Program["resources"][number]["inputs"]): Record<string, unknown> {
  const tasks = inputs["tasks"] as { taskKey: string }[];
  return Object.fromEntries(tasks.map((task) => [task.taskKey, task]));
}

test("a job runs its files one after the other, each from the uploaded sources", async () => {
  const { inputs, parent } = await made();
  expect(parent).toBe("churn");
  expect(inputs).toMatchObject({
    name: "churn",
    description: "What it does.",
    tags: { owner: "data-science", cost_center: "ml" },
    maxConcurrentRuns: 1,
    queue: { enabled: true },
    parameters: [],
    tasks: [
      {
        taskKey: "train",
        dependsOns: [],
        sparkPythonTask: {
          pythonFile: "/Workspace/Shared/mlops/ml/jobs/churn/train.py",
          parameters: [],
        },
      },
      { taskKey: "validate", dependsOns: [{ taskKey: "train" }], maxRetries: 1 },
    ],
  });
});

test("it runs serverless, with the packages that the platform pins", async () => {
  const { inputs } = await made();
  expect(inputs["environments"]).toMatchObject([
    { environmentKey: "default", spec: { dependencies: ["mlflow==3.17.0"] } },
  ]);
  expect(inputs["tasks"]).toMatchObject([
    { environmentKey: "default" },
    { environmentKey: "default" },
  ]);
});

test("fixed arguments and job parameters become the command line", async () => {
  const { inputs } = await made({
    parameters: { max_depth: "6" },
    tasks: [
      {
        file: "churn/train.py",
        arguments: { model: "ml.models.churn", labels_table: "ml.labels.churn" },
        parameters: ["max_depth"],
        retries: 3,
      },
    ],
  });
  expect(inputs["parameters"]).toEqual([{ name: "max_depth", default: "6" }]);
  expect(inputs["tasks"]).toMatchObject([
    {
      maxRetries: 3,
      sparkPythonTask: {
        parameters: [
          ...["--model", "ml.models.churn", "--labels-table", "ml.labels.churn"],
          ...["--max-depth", "{{job.parameters.max_depth}}"],
        ],
      },
    },
  ]);
});

test("it ends after an hour unless told otherwise, and warns at half of the time", async () => {
  const rule = { metric: "RUN_DURATION_SECONDS", op: "GREATER_THAN" };
  expect((await made()).inputs).toMatchObject({
    timeoutSeconds: 3600,
    health: { rules: [{ ...rule, value: 1800 }] },
  });
  expect((await made({ timeoutSeconds: 601 })).inputs).toMatchObject({
    timeoutSeconds: 601,
    health: { rules: [{ ...rule, value: 301 }] },
    tasks: [{ timeoutSeconds: 601 }, { timeoutSeconds: 601 }],
  });
});

test("a schedule is in UTC and runs as the environment says; without cron there is none", async () => {
  const cron = "0 0 6 * * ?";
  expect((await made({ cron }, { pauseStatus: "PAUSED" })).inputs["schedule"]).toEqual({
    quartzCronExpression: cron,
    timezoneId: "UTC",
    pauseStatus: "PAUSED",
  });
  expect((await made()).inputs).not.toHaveProperty("schedule");
});

test("run-as and notifications are the environment's, absent where it has none", async () => {
  const runAs = "6a3c2f0e-93a1-4a57-9d0e-3f1f4a1f2b3c";
  const { inputs } = await made({}, { runAs, notify: ["b@example.com", "a@example.com"] });
  expect(inputs["runAs"]).toEqual({ servicePrincipalName: runAs });
  expect(inputs["emailNotifications"]).toEqual({ onFailures: ["b@example.com", "a@example.com"] });
  const without = (await made()).inputs;
  expect(without).not.toHaveProperty("runAs");
  expect(without).not.toHaveProperty("emailNotifications");
});

test("engineers may change it, users may run it", async () => {
  const { program } = await made();
  expect(program.find("databricks:Permissions", "churn-permissions")).toMatchObject({
    dependsOn: ["churn-job"],
    inputs: {
      accessControls: [
        { groupName: "ml-engineers", permissionLevel: "CAN_MANAGE" },
        { groupName: "account users", permissionLevel: "CAN_MANAGE_RUN" },
      ],
    },
  });
});

test("a follow-up job starts only if the reported number is above the bound", async () => {
  const when = { task: "validate", value: "score", above: 0.1 };
  const { inputs } = await made({ followUp: { key: "again", when, jobId: "77" } });
  expect(tasksOf(inputs)).toMatchObject({
    score_above_bound: {
      dependsOns: [{ taskKey: "validate" }],
      conditionTask: {
        left: "{{tasks.validate.values.score}}",
        op: "GREATER_THAN",
        right: "0.1",
      },
    },
    again: {
      dependsOns: [{ taskKey: "score_above_bound", outcome: "true" }],
      runJobTask: { jobId: 77 },
    },
  });
});

test("a task with a condition runs only if an earlier one reported it", async () => {
  const onlyIf = { task: "train", value: "better", is: "true" };
  const { inputs } = await made({
    tasks: [{ file: "churn/train.py" }, { file: "churn/validate.py", onlyIf }],
  });
  expect(tasksOf(inputs)).toMatchObject({
    train: { dependsOns: [] },
    better: {
      dependsOns: [{ taskKey: "train" }],
      conditionTask: { left: "{{tasks.train.values.better}}", op: "EQUAL_TO", right: "true" },
    },
    validate: { dependsOns: [{ taskKey: "better", outcome: "true" }] },
  });
});

test("tasks run in the order given, but are sent in that of their keys, as the provider keeps them", async () => {
  const { inputs } = await made({
    tasks: [{ file: "churn/validate.py" }, { file: "churn/train.py" }],
  });
  expect(Object.keys(tasksOf(inputs))).toEqual(["train", "validate"]);
  expect(tasksOf(inputs)).toMatchObject({
    train: { dependsOns: [{ taskKey: "validate" }] },
    validate: { dependsOns: [] },
  });
});

test.each<[string, Partial<PythonJobArgs>, string]>([
  ["an invalid cron", { cron: "0 6 * * ?" }, "The schedule of churn is '0 6 * * ?'"],
  [
    "a file that is not there",
    { tasks: [{ file: "churn/fit.py" }] },
    "The task source 'churn/fit.py' is not one of churn/build_features.py, churn/train.py",
  ],
  ["a job without tasks", { tasks: [] }, "The job churn has no tasks."],
  [
    "two files of one name",
    {
      tasks: [
        { file: "churn/train.py" },
        { file: "churn/validate.py" },
        { file: "churn/train.py" },
      ],
    },
    "The job churn has two tasks with the key 'train'; " +
      "a file's name is its task's key: churn/train.py, churn/validate.py, churn/train.py.",
  ],
  [
    "a follow-up named like a task",
    { followUp: { key: "train", when: { task: "train", value: "x", above: 0 }, jobId: "7" } },
    "The job churn has two tasks with the key 'train'",
  ],
  [
    "a condition on a later task",
    {
      tasks: [
        { file: "churn/train.py", onlyIf: { task: "validate", value: "x", is: "true" } },
        { file: "churn/validate.py" },
      ],
    },
    "Task 'train' of churn waits for what 'validate' reports, which is no task before it.",
  ],
  [
    "a parameter that the job does not have",
    { parameters: { depth: "6" }, tasks: [{ file: "churn/train.py", parameters: ["depht"] }] },
    "Task 'train' takes the parameter 'depht', which is not one of the job's: depth.",
  ],
  [
    "a parameter named like a member of every object",
    { parameters: { depth: "6" }, tasks: [{ file: "churn/train.py", parameters: ["toString"] }] },
    "Task 'train' takes the parameter 'toString'",
  ],
])("%s is refused before the job is made", async (_what, args, message) => {
  const program = new Program();
  await expect(program.run(() => make(args, {}))).rejects.toThrow(message);
  expect(program.ofType("databricks:Job")).toEqual([]);
});
