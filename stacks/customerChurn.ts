import * as mlops from "../components";
import { churnData } from "./customerChurnData";
import type { Settings } from "./config";
import { gateRules } from "./gateRules";
import type { EnvironmentPlatform } from "./platform";

/** Customers who will not buy again within 90 days, told from their purchases so far. */
export async function customerChurn(
  platform: EnvironmentPlatform,
  settings: Settings["customerChurn"],
) {
  const { features, inputs, labels, holdout } = churnData(platform, settings);
  const model = new mlops.RegisteredModel("customer-churn-model", {
    platform,
    model: settings.model ?? platform.table("models.customer_churn_model"),
    comment: "Probability that a customer churns",
  });
  const training = new mlops.TrainingJob("customer-churn-training", {
    platform,
    model,
    features,
    experiment: `${platform.folder}/customer-churn`,
    train: { file: "churn/train.py", labels: labels.fullName },
    validate: { file: "churn/validate.py", holdout: holdout.fullName },
    parameters: settings.training,
  });
  const gate = await mlops.PromotionGate.decide("customer-churn-gate", {
    model,
    ...gateRules(platform, settings.gate),
    howToTrain:
      "npm run job -- customer-churn-data customer-churn-features-refresh customer-churn-training",
  });
  const endpoint = new mlops.ServingEndpoint("customer-churn", {
    platform,
    champion: gate,
    staging: platform.stagingEndpoints,
    ...settings.endpoint,
    inferenceTableSchema: platform.table("inference_logs"),
  });
  const monitor = new mlops.QualityMonitor("customer-churn-monitor", {
    platform,
    endpoint,
    features: inputs,
    predictionType: "int",
    label: "actual_label",
    labels: { table: labels.fullName, column: "churned", key: "customer_id" },
    outputSchema: platform.table("monitoring"),
    cron: settings.monitor.cron,
  });
  new mlops.DriftAlert("customer-churn-drift", {
    platform,
    monitor,
    retrain: training,
    threshold: settings.alert.threshold,
    emails: settings.alert.emails ?? platform.emails,
  });
  return { customerChurnEndpoint: endpoint.endpointName, customerChurnGate: gate.summary };
}
