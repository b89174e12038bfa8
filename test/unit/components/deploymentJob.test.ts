import { Program } from "../program";
import { expect, test } from "vitest";
import { DeploymentJob, type DeploymentJobArgs } from "../../../components";
import { platformDouble } from "./platformDouble";
import { modelOf } from "./scene";

async function made(args: Partial<DeploymentJobArgs> = {}) {
  const program = new Program();
  const component = await program.run(() => {
    const platform = platformDouble();
    return new DeploymentJob("iris-deployment", {
      platform,
      model: modelOf(platform),
      evaluate: { file: "iris/evaluation.py", arguments: { volume_path: "/Volumes/a" } },
      approve: { file: "iris/approval.py" },
      deploy: { file: "iris/deployment.py", arguments: { reference: "ml.s.reference" } },
      above: { val_accuracy: 0.9, val_f1_macro: 0.85 },
      approver: "person",
      ...args,
    });
  });
  return { component, job: program.find("databricks:Job", "iris-deployment-job") };
}

test("it evaluates, approves and deploys, with the model and its version as parameters", async () => {
  const { inputs } = (await made()).job;
  expect(inputs["parameters"]).toEqual([
    { name: "model_name", default: "ml.models.churn_model" },
    { name: "model_version", default: "" },
  ]);
  const measured = ["--model-version", "{{tasks.evaluation.values.model_version}}"];
  const model = ["--model-name", "{{job.parameters.model_name}}"];
  expect(inputs["tasks"]).toMatchObject([
    {
      taskKey: "approval",
      dependsOns: [{ taskKey: "evaluation" }],
      sparkPythonTask: {
        parameters: [
          ...measured,
          ...["--above", "val_accuracy=0.9,val_f1_macro=0.85"],
          ...["--approver", "person"],
          ...model,
        ],
      },
    },
    {
      taskKey: "deployment",
      dependsOns: [{ taskKey: "approval" }],
      sparkPythonTask: { parameters: [...measured, "--reference", "ml.s.reference", ...model] },
    },
    {
      taskKey: "evaluation",
      dependsOns: [],
      sparkPythonTask: {
        parameters: [
          ...["--default-version", "newest", "--volume-path", "/Volumes/a"],
          ...model,
          ...["--model-version", "{{job.parameters.model_version}}"],
        ],
      },
    },
  ]);
});

test("a refusal is not asked for twice", async () => {
  const { inputs } = (await made()).job;
  const tasks = inputs["tasks"] as { taskKey: string; maxRetries: number }[];
  expect(Object.fromEntries(tasks.map((task) => [task.taskKey, task.maxRetries]))).toEqual({
    evaluation: 1,
    approval: 0,
    deployment: 1,
  });
});

test("it says what holds once there is a champion", async () => {
  expect((await made()).component.championExists).toEqual({
    task: "deployment",
    value: "champion_exists",
    is: "true",
  });
});

test("without a bound, everything would be approved: that is refused", async () => {
  await expect(made({ above: {} })).rejects.toThrow(
    "The deployment job iris-deployment has no bounds; it needs at least one.",
  );
});
