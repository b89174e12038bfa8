import * as mlops from "../../components";
import type { IrisData } from "./data";
import type { IrisSettings } from "./settings";

/** The jobs before the gate, each a stage of the pipeline too: ingestion, training, deployment. */
export function irisJobs(
  platform: mlops.Platform,
  model: mlops.RegisteredModel,
  { volume, folders, reference }: IrisData,
  settings: IrisSettings,
) {
  const experiment = `${platform.folder}/iris`;
  const samples = { volume_path: folders.volumePath };
  const ingestion = new mlops.IngestionJob("iris-ingestion", {
    platform,
    file: "iris/ingestion.py",
    ...folders,
    ...settings.ingestion,
  });
  const training = new mlops.VolumeTrainingJob("iris-training", {
    platform,
    model,
    file: "iris/training.py",
    experiment,
    volumePath: folders.volumePath,
    trustedVolume: volume,
  });
  const deployment = new mlops.DeploymentJob(
    "iris-deployment",
    {
      platform,
      model,
      evaluate: { file: "iris/evaluation.py", arguments: samples },
      approve: { file: "iris/approval.py" },
      deploy: {
        file: "iris/deployment.py",
        arguments: { ...samples, reference: reference.fullName },
      },
      above: settings.gate.above,
      approver: settings.approver,
    },
    { dependsOn: [reference] },
  );
  return { experiment, ingestion, training, deployment };
}

/** What the gate asks for, so that no version passes the task `approval` by: the note that it leaves. */
export const approvalBy = (approver: IrisSettings["approver"]): mlops.Rule[] =>
  approver === "person" ? [mlops.approvedBy("approved_by", "a person")] : [];
