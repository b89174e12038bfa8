import { describe, expect, test } from "vitest";
import { deployed } from "./deployed";
import { STACKS, type Stack } from "./stackFile";

const GOOD = { val_accuracy: 0.96 };
const VOLUME = "/Volumes/ml/hp_iris_ml/hp_ml_vol";

const program = async (stack: Stack = "prod") => (await deployed(stack, GOOD, ["iris"])).program;
const job = async (name: string, stack: Stack = "prod") =>
  (await program(stack)).find("databricks:Job", `iris-${name}-job`).inputs;
const parameters = async (name: string) =>
  Object.fromEntries(
    ((await job(name))["parameters"] as { name: string; default: string }[]).map(
      (parameter) => [parameter.name, parameter.default] as const,
    ),
  );
const order = async (name: string) =>
  Object.fromEntries(
    ((await job(name))["tasks"] as { taskKey: string; dependsOns: { taskKey: string }[] }[]).map(
      (task) => [task.taskKey, task.dependsOns.map(({ taskKey }) => taskKey).join()],
    ),
  );

describe("iris, the jobs of its document", () => {
  test("ingestion: source, volume and checkpoints are parameters", async () => {
    expect(await parameters("ingestion")).toEqual({
      source_path: "abfss://landing@mlopsproddl00000.dfs.core.windows.net/iris",
      volume_path: `${VOLUME}/data`,
      checkpoint_path: `${VOLUME}/checkpoints`,
    });
  });

  test("training: pickle, experiment, model and commit are parameters, the trusted volume is not", async () => {
    expect(await parameters("training")).toEqual({
      pkl_path: "",
      experiment_path: "/Shared/ml/iris",
      model_name: "ml.hp_iris_ml.irisclassifierdemo",
      commit: "",
    });
    const tasks = JSON.stringify((await job("training"))["tasks"]);
    expect(tasks).toContain(`"--trusted-volume","${VOLUME}"`);
  });

  test("deployment: evaluation, approval, deployment of one version, as a model's deployment job", async () => {
    expect(await parameters("deployment")).toEqual({
      model_name: "ml.hp_iris_ml.irisclassifierdemo",
      model_version: "",
    });
    expect(await order("deployment")).toEqual({
      evaluation: "",
      approval: "evaluation",
      deployment: "approval",
    });
    const { tasks } = (await job("deployment")) as { tasks: readonly { taskKey: string }[] };
    for (const task of tasks.filter(({ taskKey }) => taskKey !== "evaluation")) {
      expect(JSON.stringify(task)).toContain(
        '"--model-version","{{tasks.evaluation.values.model_version}}"',
      );
    }
    expect(JSON.stringify(tasks)).toContain('"--above","val_accuracy=0.9"');
  });

  test("whether a person has to approve is configured: on prod one has to", async () => {
    const tasks = async (stack: Stack) => JSON.stringify((await job("deployment", stack))["tasks"]);
    expect(await tasks("local")).toContain('"--approver","figures"');
    expect(await tasks("prod")).toContain('"--approver","person"');
  });

  test("batch inference: catalog and schema are parameters, and lead to all else", async () => {
    expect(await parameters("batch-inference")).toEqual({
      catalog_name: "ml",
      schema_name: "hp_iris_ml",
    });
    const place = "{{job.parameters.catalog_name}}.{{job.parameters.schema_name}}";
    const tasks = JSON.stringify((await job("batch-inference"))["tasks"]);
    expect(tasks).toContain(`"--model-name","${place}.irisclassifierdemo"`);
    expect(tasks).toContain(`"--predictions","${place}.predictions"`);
  });

  test("end to end: every stage in order, scoring only where there is a champion", async () => {
    expect(await order("pipeline")).toEqual({
      ingestion: "",
      training: "ingestion",
      evaluation: "training",
      approval: "evaluation",
      deployment: "approval",
      champion_exists: "deployment",
      batch_inference: "champion_exists",
    });
    const { tasks } = (await job("pipeline")) as { tasks: readonly { taskKey: string }[] };
    expect(tasks.find(({ taskKey }) => taskKey === "champion_exists")).toMatchObject({
      conditionTask: {
        left: "{{tasks.deployment.values.champion_exists}}",
        op: "EQUAL_TO",
        right: "true",
      },
    });
    expect(tasks.find(({ taskKey }) => taskKey === "batch_inference")).toMatchObject({
      dependsOns: [{ taskKey: "champion_exists", outcome: "true" }],
    });
    expect(JSON.stringify(tasks)).toContain(
      '"--default-version","{{tasks.training.values.model_version}}"',
    );
  });

  test("end to end: each parameter of each stage is one, with the same default", async () => {
    const stages = ["ingestion", "training", "deployment", "batch-inference"];
    const all = await Promise.all(stages.map(parameters));
    expect(await parameters("pipeline")).toEqual(Object.assign({}, ...all));
    const tasks = JSON.stringify((await job("pipeline"))["tasks"]);
    const folders = tasks.match(/"--volume-path","[^"]*"/g);
    expect(new Set(folders)).toEqual(new Set(['"--volume-path","{{job.parameters.volume_path}}"']));
    expect(folders).toHaveLength(5);
    expect(tasks).toContain(`"--trusted-volume","${VOLUME}"`);
  });

  test("permissions are set on every job, and on the experiment", async () => {
    const made = await program();
    const owners = made
      .ofType("databricks:Permissions")
      .map((name) => name.replace(/-permissions$/, ""));
    const jobs = made.ofType("databricks:Job").map((name) => name.replace(/-job$/, ""));
    expect(owners).toEqual(expect.arrayContaining([...jobs, "iris-training-experiment"]));
    expect(jobs).toContain("iris-pipeline");
  });
});

describe("iris, its loop", () => {
  test("the gate asks for more than 0.9, and refuses 0.9", async () => {
    const { outputs } = await deployed("local", { val_accuracy: 0.9 }, ["iris"]);
    expect(outputs["irisGate"]).toBe("v3 refused: val_accuracy 0.9, must be > 0.9");
  });

  test.each<[Stack, readonly object[]]>([
    ["local", []],
    ["prod", [{ kind: "approval", tag: "approved_by", approvers: ["a person"] }]],
  ])("%s: the gate asks for a person's approval where the job does", async (stack, approvals) => {
    const { policy } = (await program(stack)).find("pulumi-nodejs:PromotionGate", "iris-gate")
      .inputs as { policy: { rules: readonly { kind: string }[] } };
    expect(policy.rules.filter(({ kind }) => kind === "approval")).toEqual(approvals);
  });

  test("with a champion, predictions are profiled against the reference, and drift starts the pipeline", async () => {
    const made = await program();
    const monitor = made.find("databricks:DataQualityMonitor", "iris-monitor-monitor").inputs;
    expect(monitor).toMatchObject({
      dataProfilingConfig: {
        baselineTableName: "ml.hp_iris_ml.reference",
        inferenceLog: { timestampColumn: "timestamp", labelColumn: "species" },
      },
    });
    const pipeline = made.find("databricks:Job", "iris-pipeline-job");
    const retrain = made.find("databricks:Job", "iris-drift-retrain-job").inputs;
    expect(JSON.stringify(retrain["tasks"])).toContain(
      `"runJobTask":{"jobId":${1000 + made.resources.indexOf(pipeline)}}`,
    );
    expect(
      made.find("databricks:SqlTable", "iris-batch-inference-predictions-table"),
    ).toMatchObject({ inputs: { schemaName: "hp_iris_ml", name: "predictions" } });
  });

  test.each(STACKS)("%s: without a champion, table, monitor and alert wait", async (stack) => {
    const { program: made } = await deployed(stack, undefined, ["iris"]);
    for (const type of ["DataQualityMonitor", "AlertV2"]) {
      expect(made.ofType(`databricks:${type}`)).toEqual([]);
    }
    expect(made.ofType("databricks:SqlTable")).toEqual(["iris-reference-table"]);
    const scoring = made.find("databricks:Job", "iris-batch-inference-job").inputs;
    expect(scoring, "nothing to score with, every day").not.toHaveProperty("schedule");
    expect(made.messages.join()).toMatch(
      /train it: npm run job -- (iris-demo-source )?(dev-)?iris-ing/,
    );
  });

  test("only where no source is configured there is one for demonstration", async () => {
    const jobs = async (stack: Stack) => (await program(stack)).ofType("databricks:Job");
    expect(await jobs("local")).toContain("iris-demo-source-job");
    expect(await jobs("prod")).not.toContain("iris-demo-source-job");
  });
});
