import * as mlops from "../../components";
import { churnData } from "../customers/churnData";
import { defineModel } from "../defineModel";
import { gatePolicy } from "../gate/policy";
import { jobCommand } from "../jobCommand";
import { purchasesOf } from "../customers/purchases";
import { customerChurnSettings } from "./settings";

/** Customers who will not buy again within 90 days, told from their purchases so far. */
export const customerChurn = defineModel(
  "customer-churn",
  customerChurnSettings,
  async (platform, settings) => {
    const purchases = purchasesOf(platform);
    const { features, inputs, labels, holdout, label } = churnData(platform, "customer-churn", {
      purchases,
      features: "features.customer_churn_features",
      labels: "labels.churn_labels",
      holdout: "validation.holdout_churn",
      day: { as_of: settings.asOf },
      cron: settings.features.cron,
      tags: { team: "data-science", domain: "customer" },
    });
    const experiment = `${platform.folder}/customer-churn`;
    const model = new mlops.RegisteredModel("customer-churn-model", {
      platform,
      model: settings.model ?? platform.table("models.customer_churn_model"),
      comment: "Probability that a customer churns",
    });
    const training = new mlops.TrainingJob("customer-churn-training", {
      platform,
      model,
      features,
      experiment,
      train: { file: "churn/train.py", labels: labels.fullName },
      validate: { file: "churn/validate.py", holdout: holdout.fullName },
      parameters: settings.training,
    });
    const gate = await mlops.PromotionGate.decide("customer-churn-gate", {
      ...gatePolicy(platform, { model, experiment }, settings.gate),
      howToTrain: jobCommand(purchases.load, label, features.refresh, training.job),
    });
    const { endpoint } = new mlops.MonitoredEndpoint("customer-churn", {
      platform,
      champion: gate,
      endpoint: settings.endpoint,
      predictions: {
        features: inputs,
        predictionType: "int",
        label: "actual_label",
        labels: { table: labels.fullName, column: "churned", key: "customer_id" },
      },
      monitor: { baseline: holdout, ...settings.monitor },
      alert: { retrain: training, ...settings.alert },
    });
    return { customerChurnEndpoint: endpoint.endpointName, customerChurnGate: gate.summary };
  },
);
