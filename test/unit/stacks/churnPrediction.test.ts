import { describe, expect, test } from "vitest";
import { deployed } from "./deployed";

/** Passes the gate of every model. */
const GOOD = { val_accuracy: 0.96, val_f1: 0.96, val_auc_roc: 0.96 };

const input = async (type: string, name: string) =>
  (await deployed("prod", GOOD)).program.find(type, name).inputs;

describe("on prod, with a champion", () => {
  test("features: their own table, as of the run date", async () => {
    const table = await input("databricks:SqlTable", "churn-prediction-features-table");
    expect([table["schemaName"], table["name"]].join(".")).toBe("features.customer_features");
    const refresh = await input("databricks:Job", "churn-prediction-features-refresh-job");
    expect(refresh["parameters"]).toEqual([{ name: "run_date", default: "1998-03-31" }]);
    const tasks = JSON.stringify(refresh["tasks"]);
    expect(tasks).toContain('"--run-date","{{job.parameters.run_date}}"');
    expect(tasks).toContain('"--transactions","ml.bronze.transactions"');
  });

  test("gate: accuracy above 0.85 and f1 above 0.80 on the holdout, and no worse than the champion", async () => {
    expect(await input("pulumi-nodejs:PromotionGate", "churn-prediction-gate")).toMatchObject({
      model: "ml.models.churn_prediction_model",
      policy: {
        experiment: "/Shared/ml/churn-prediction",
        rules: [
          { metric: "val_accuracy", comparison: ">", bound: 0.85 },
          { metric: "val_f1", comparison: ">", bound: 0.8 },
          { metric: "val_accuracy", better: "higher", change: -0.02, relative: false },
          { metric: "val_rows", atLeast: 1000 },
        ],
      },
    });
    const training = await input("databricks:Job", "churn-prediction-training-job");
    expect(JSON.stringify(training["tasks"])).toContain('"--holdout","ml.validation.holdout_set"');
  });

  test("serving: a small endpoint that scales to zero and captures under the model's name", async () => {
    expect(await input("databricks:ModelServing", "churn-prediction-serving")).toMatchObject({
      name: "churn-prediction-model-endpoint",
      config: { servedEntities: [{ workloadSize: "Small", scaleToZeroEnabled: true }] },
      aiGateway: {
        inferenceTableConfig: {
          catalogName: "ml",
          schemaName: "inference_logs",
          tableNamePrefix: "churn_prediction_model",
        },
      },
    });
  });
});
