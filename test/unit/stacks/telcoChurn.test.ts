import { describe, expect, test } from "vitest";
import { deployed } from "./deployed";
import { STACKS, type Stack } from "./stackFile";

/** Passes the gate of every model. */
const GOOD = { val_accuracy: 0.96, val_f1: 0.96, val_auc_roc: 0.96 };

const input = async (type: string, name: string, stack: Stack = "prod") =>
  (await deployed(stack, GOOD)).program.find(type, name).inputs;

const JOB = ["databricks:Job", "telco-churn-training-job"] as const;

describe("telco churn", () => {
  test("one job: setup, featurization, training, transition", async () => {
    const job = await input(...JOB);
    expect(job["tasks"]).toMatchObject([
      { taskKey: "featurization", dependsOns: [{ taskKey: "setup" }] },
      { taskKey: "setup", dependsOns: [] },
      { taskKey: "training", dependsOns: [{ taskKey: "featurization" }] },
      { taskKey: "transition", dependsOns: [{ taskKey: "training" }] },
    ]);
  });

  test("transition compares the version that training reports, on base and recent data", async () => {
    const { tasks } = (await input(...JOB)) as { tasks: readonly unknown[] };
    expect(tasks[3]).toMatchObject({
      sparkPythonTask: {
        parameters: [
          ...["--model", "ml.models.telco_churn_model"],
          ...["--holdout", "ml.validation.telco_churn_holdout"],
          ...["--recent", "ml.validation.telco_churn_recent"],
          ...["--version", "{{tasks.training.values.model_version}}"],
        ],
      },
    });
  });

  test("each environment trains with hyper-parameters of its own, which a run can override", async () => {
    const sets = new Set<string>();
    for (const stack of STACKS) {
      const job = await input(...JOB, stack);
      expect(JSON.stringify(job["tasks"])).toContain(
        '"--max-depth","{{job.parameters.max_depth}}"',
      );
      sets.add(JSON.stringify(job["parameters"]));
    }
    expect(sets.size).toBe(STACKS.length);
  });

  test("the feature table is keyed by customer", async () => {
    expect(await input("pulumi-nodejs:PrimaryKey", "telco-churn-features-key")).toMatchObject({
      table: "ml.features.telco_churn_features",
      columns: ["customer_id"],
    });
  });

  test("gate: accuracy and auc, measured on the holdout, and no worse than the champion", async () => {
    expect(await input("pulumi-nodejs:PromotionGate", "telco-churn-gate")).toMatchObject({
      model: "ml.models.telco_churn_model",
      policy: {
        experiment: "/Shared/ml/telco-churn",
        rules: [
          { metric: "val_accuracy", comparison: ">", bound: 0.78 },
          { metric: "val_auc_roc", comparison: ">", bound: 0.84 },
          { metric: "val_auc_roc", better: "higher", change: -0.005, relative: false },
          { metric: "val_rows", atLeast: 1000 },
        ],
      },
    });
  });
});
