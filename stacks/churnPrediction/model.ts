import * as mlops from "../../components";
import { churnData } from "../customers/churnData";
import { defineModel } from "../defineModel";
import { gatePolicy } from "../gate/policy";
import { jobCommand } from "../jobCommand";
import { purchasesOf } from "../customers/purchases";
import { churnPredictionSettings } from "./settings";

/** Churn of the same customers, with fewer demands: an endpoint that sleeps when nobody asks. */
export const churnPrediction = defineModel(
  "churn-prediction",
  churnPredictionSettings,
  async (platform, settings) => {
    const purchases = purchasesOf(platform);
    const { features, inputs, labels, holdout, label } = churnData(platform, "churn-prediction", {
      purchases,
      features: "features.customer_features",
      labels: "labels.customer_labels",
      holdout: "validation.holdout_set",
      day: { run_date: settings.runDate },
      cron: settings.features.cron,
      tags: {},
    });
    const experiment = `${platform.folder}/churn-prediction`;
    const model = new mlops.RegisteredModel("churn-prediction-model", {
      platform,
      model: platform.table("models.churn_prediction_model"),
      comment: "Whether a customer churns",
    });
    const training = new mlops.TrainingJob("churn-prediction-training", {
      platform,
      model,
      features,
      experiment,
      train: { file: "churn/train.py", labels: labels.fullName },
      validate: { file: "churn/validate.py", holdout: holdout.fullName },
      parameters: settings.training,
    });
    const gate = await mlops.PromotionGate.decide("churn-prediction-gate", {
      ...gatePolicy(platform, { model, experiment }, settings.gate),
      howToTrain: jobCommand(purchases.load, label, features.refresh, training.job),
    });
    const { endpoint } = new mlops.MonitoredEndpoint("churn-prediction", {
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
    return { churnPredictionEndpoint: endpoint.endpointName, churnPredictionGate: gate.summary };
  },
);
