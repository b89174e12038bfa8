import { Program } from "../program";
import { expect, test } from "vitest";
import { IngestionJob, PipelineJob, VolumeTrainingJob } from "../../../components";
import { platformDouble } from "./platformDouble";
import { modelOf } from "./scene";

async function made() {
  const program = new Program();
  await program.run(() => {
    const platform = platformDouble();
    const ingestion = new IngestionJob("iris-ingestion", {
      platform,
      file: "iris/ingestion.py",
      sourcePath: "abfss://raw@account.dfs.core.windows.net/iris",
      volumePath: "/Volumes/ml/s/v/data",
      checkpointPath: "/Volumes/ml/s/v/checkpoints",
      cron: "0 0 5 * * ?",
    });
    const training = new VolumeTrainingJob("iris-training", {
      platform,
      model: modelOf(platform),
      file: "iris/training.py",
      experiment: "/Shared/mlops/ml/iris",
      volumePath: "/Volumes/ml/s/v/data",
      trustedVolume: "/Volumes/ml/s/v",
    });
    return new PipelineJob("iris-pipeline", {
      platform,
      description: "All of it.",
      stages: [ingestion.stage, training.stage],
      cron: "0 0 4 * * ?",
    });
  });
  return program;
}

const tasks = async (job: string) =>
  (await made()).find("databricks:Job", `${job}-job`).inputs["tasks"];

test("ingestion copies between folders that are parameters, on its schedule", async () => {
  const { inputs } = (await made()).find("databricks:Job", "iris-ingestion-job");
  expect(inputs).toMatchObject({
    parameters: [
      { name: "source_path", default: "abfss://raw@account.dfs.core.windows.net/iris" },
      { name: "volume_path", default: "/Volumes/ml/s/v/data" },
      { name: "checkpoint_path", default: "/Volumes/ml/s/v/checkpoints" },
    ],
    schedule: { quartzCronExpression: "0 0 5 * * ?" },
  });
  expect(await tasks("iris-ingestion")).toMatchObject([
    {
      sparkPythonTask: {
        parameters: [
          ...["--source-path", "{{job.parameters.source_path}}"],
          ...["--volume-path", "{{job.parameters.volume_path}}"],
          ...["--checkpoint-path", "{{job.parameters.checkpoint_path}}"],
        ],
      },
    },
  ]);
});

test("training trusts one volume with pickles, whatever the parameters of a run", async () => {
  expect(await tasks("iris-training")).toMatchObject([
    {
      sparkPythonTask: {
        parameters: [
          ...["--volume-path", "/Volumes/ml/s/v/data"],
          ...["--trusted-volume", "/Volumes/ml/s/v"],
          ...["--pkl-path", "{{job.parameters.pkl_path}}"],
          ...["--experiment-path", "{{job.parameters.experiment_path}}"],
          ...["--model-name", "{{job.parameters.model_name}}"],
          ...["--commit", "{{job.parameters.commit}}"],
        ],
      },
    },
  ]);
});

test("the pipeline runs the same tasks, and trusts the same volume", async () => {
  const program = await made();
  const pipeline = program.find("databricks:Job", "iris-pipeline-job").inputs;
  expect(pipeline).toMatchObject({
    schedule: { quartzCronExpression: "0 0 4 * * ?" },
    tasks: [
      { taskKey: "ingestion", dependsOns: [] },
      { taskKey: "training", dependsOns: [{ taskKey: "ingestion" }] },
    ],
  });
  expect(JSON.stringify(pipeline["tasks"])).toContain('"--trusted-volume","/Volumes/ml/s/v"');
  expect(program.ofType("databricks:MlflowExperiment")).toEqual(["iris-training-experiment"]);
});
