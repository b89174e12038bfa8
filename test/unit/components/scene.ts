import {
  EndpointPredictions,
  FeatureTable,
  PromotionGate,
  QualityMonitor,
  RegisteredModel,
  ServingEndpoint,
  TrainingJob,
  above,
  type Column,
  type EndpointPredictionsArgs,
  type Platform,
  type PromotionGateArgs,
  type QualityMonitorArgs,
  type ServingEndpointArgs,
  type TrainingJobArgs,
} from "../../../components";
import { RegistryDouble } from "../gate/registryDouble";
import { EXPERIMENT } from "../gate/trackingDouble";
import { Program } from "../program";

export const COLUMNS: readonly Column[] = [
  { name: "customer_id", type: "string", comment: "Who" },
  { name: "total_spend", type: "double", comment: "How much" },
];

/** A program with one model and its registry, which has champion 3 or nothing at all. */
export async function scene(has: "champion" | "nothing") {
  const registry = await RegistryDouble.start("ml.models.churn_model");
  if (has === "champion") registry.nominate("3", { auc: 0.9 });
  return { registry, program: new Program() };
}

export const modelOf = (platform: Platform): RegisteredModel =>
  new RegisteredModel("churn-model", {
    platform,
    model: "ml.models.churn_model",
    comment: "Probability that a customer churns",
  });

export const gateOf = (
  platform: Platform,
  args: Partial<PromotionGateArgs> = {},
): Promise<PromotionGate> =>
  PromotionGate.decide("churn-gate", {
    model: modelOf(platform),
    experiment: EXPERIMENT,
    rules: [above("auc", 0.85)],
    ...args,
  });

export async function endpointOf(
  platform: Platform,
  args: Partial<ServingEndpointArgs> = {},
): Promise<ServingEndpoint> {
  return new ServingEndpoint("churn", {
    platform,
    champion: await gateOf(platform),
    staging: false,
    scaleToZero: false,
    inferenceTableSchema: "ml.inference_logs",
    ...args,
  });
}

export async function predictionsOf(
  platform: Platform,
  args: Partial<EndpointPredictionsArgs> = {},
): Promise<EndpointPredictions> {
  return new EndpointPredictions("churn-monitor", {
    platform,
    endpoint: await endpointOf(platform),
    features: COLUMNS.slice(1),
    predictionType: "int",
    label: "actual_label",
    labels: { table: "ml.labels.churn_labels", column: "churned", key: "customer_id" },
    ...args,
  });
}

export async function monitorOf(
  platform: Platform,
  args: Partial<QualityMonitorArgs> = {},
): Promise<QualityMonitor> {
  return new QualityMonitor("churn-monitor", {
    platform,
    predictions: await predictionsOf(platform),
    outputSchema: "ml.monitoring",
    ...args,
  });
}

export function trainingOf(
  platform: Platform,
  model: RegisteredModel,
  args: Partial<TrainingJobArgs> = {},
): TrainingJob {
  const features = new FeatureTable("churn-features", {
    platform,
    table: "ml.features.churn_features",
    comment: "Features",
    columns: COLUMNS,
    primaryKeys: ["customer_id"],
    refresh: { file: "churn/build_features.py", cron: "0 0 6 * * ?" },
  });
  return new TrainingJob("churn-training", {
    platform,
    model,
    features,
    experiment: "/Shared/mlops/ml/churn",
    train: { file: "churn/train.py", labels: "ml.labels.churn_labels" },
    validate: { file: "churn/validate.py", holdout: "ml.validation.holdout_churn" },
    parameters: { max_depth: 6, learning_rate: 0.1 },
    ...args,
  });
}
