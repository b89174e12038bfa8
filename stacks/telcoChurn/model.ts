import * as mlops from "../../components";
import { defineModel } from "../defineModel";
import { gatePolicy } from "../gate/policy";
import { jobCommand } from "../jobCommand";
import { preparation, telcoData } from "./data";
import { telcoSettings } from "./settings";
import { inputs } from "./tables";

/** Customers who will leave a telephone and internet provider, told from their contracts. */
export const telcoChurn = defineModel("telco-churn", telcoSettings, async (platform, settings) => {
  const data = telcoData(platform);
  const { features, labels, holdout, recent } = data;
  const experiment = `${platform.folder}/telco-churn`;
  const model = new mlops.RegisteredModel("telco-churn-model", {
    platform,
    model: platform.table("models.telco_churn_model"),
    comment: "Whether a customer leaves",
  });
  const training = new mlops.TrainingJob(
    "telco-churn-training",
    {
      platform,
      model,
      features,
      experiment,
      before: preparation(platform, data, model, experiment, settings),
      train: { file: "telco/training.py", labels: labels.fullName },
      validate: {
        file: "telco/transition.py",
        holdout: holdout.fullName,
        arguments: {
          recent: recent.fullName,
          version: "{{tasks.training.values.model_version}}",
        },
      },
      parameters: settings.training,
    },
    { dependsOn: Object.values(data) },
  );
  const gate = await mlops.PromotionGate.decide("telco-churn-gate", {
    ...gatePolicy(platform, { model, experiment }, settings.gate),
    howToTrain: jobCommand(training.job),
  });
  const { endpoint } = new mlops.MonitoredEndpoint("telco-churn", {
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
  return { telcoChurnEndpoint: endpoint.endpointName, telcoChurnGate: gate.summary };
});
