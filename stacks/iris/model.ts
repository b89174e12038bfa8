import * as mlops from "../../components";
import { defineModel } from "../defineModel";
import { gatePolicy } from "../gate/policy";
import { irisData } from "./data";
import { approvalBy, irisJobs } from "./jobs";
import { irisSettings } from "./settings";
import * as columns from "./tables";
import { jobCommand } from "../jobCommand";

/** The species of flowers from four measurements: from files over approval to batch predictions. */
export const iris = defineModel("iris", irisSettings, async (platform, settings) => {
  const data = irisData(platform, settings);
  const model = new mlops.RegisteredModel("iris-model", {
    platform,
    model: platform.table(`${settings.schema}.irisclassifierdemo`),
    comment: "Species of an iris",
  });
  const { experiment, ingestion, training, deployment } = irisJobs(platform, model, data, settings);
  const { rules, ...policy } = gatePolicy(platform, { model, experiment }, settings.gate);
  const champion = await mlops.PromotionGate.decide("iris-gate", {
    ...policy,
    rules: [...rules, ...approvalBy(settings.approver)],
    howToTrain: jobCommand(...data.demoSource, ingestion.job, training.job, deployment.job),
  });
  const predictions = new mlops.BatchInference("iris-batch-inference", {
    platform,
    champion,
    file: "iris/batch_inference.py",
    source: data.samples,
    table: "predictions",
    keys: columns.predictionKeys,
    features: columns.inputs,
    predictionType: "int",
    label: columns.species.name,
    ...settings.inference,
  });
  const pipeline = new mlops.PipelineJob("iris-pipeline", {
    platform,
    description: "Iris end to end: every stage in order.",
    stages: [
      ingestion.stage,
      training.stage,
      deployment.stage,
      { ...predictions.stage, onlyIf: deployment.championExists },
    ],
    arguments: { default_version: training.version },
  });
  const monitor = new mlops.QualityMonitor("iris-monitor", {
    platform,
    predictions,
    baseline: data.reference,
    outputSchema: platform.table("monitoring"),
    ...settings.monitor,
  });
  new mlops.DriftAlert("iris-drift", { platform, monitor, retrain: pipeline, ...settings.alert });
  return { irisPredictions: predictions.fullName, irisGate: champion.summary };
});
