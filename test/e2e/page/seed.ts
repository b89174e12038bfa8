import { seedAlert, seedMonitor } from "./seedMonitoring";
import { seedModel, type SeededModel } from "./seedModels";
import { seedEndpoint } from "./seedServing";
import { seedJob, type SeededRun } from "./seedJobs";
import type { RunningWorkspace } from "../../../local/start";
import { writtenEvidence } from "../../unit/gate/writtenEvidence";

/** A text that would run a script if any page showed it as HTML. */
export const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'&`;

/** What the tests look for. */
export interface Seeded {
  readonly healthy: SeededModel;
  readonly drifted: SeededModel;
  readonly refused: SeededModel;
  readonly failing: SeededModel;
  readonly unserved: SeededModel;
  readonly failedRun: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const champion = ["champion"];
const promoted = (reason: string, more: Record<string, string> = {}) => ({
  mlops_gate_reason: reason,
  mlops_gate_promoted_at: new Date(Date.now() - 26 * HOUR).toISOString(),
  ...more,
  mlops_gate_verdict: "promoted",
});

/**
 * Fills a workspace with five models in as many states: healthy; drifted, and with an endpoint that is
 * behind; refused by the gate; with a failed training; never promoted. Through the workspace's own records,
 * MLflow and the SQL engine, without deploying or training anything.
 */
export async function seed({ workspace }: RunningWorkspace): Promise<Seeded> {
  const now = Date.now();
  const healthy = await seedModel(workspace, {
    name: "churn_prediction_model",
    comment: "Customers who will not buy again within 90 days",
    owner: "growth-analytics@example.com",
    versions: [
      {
        metrics: { val_accuracy: 0.868, val_f1: 0.92, val_auc_roc: 0.8391 },
        tags: {
          mlops_gate_verdict: "superseded",
          mlops_gate_reason: "val_accuracy 0.868 > 0.85",
        },
      },
      {
        metrics: { val_accuracy: 0.87972, val_f1: 0.932652, val_auc_roc: 0.847764 },
        aliases: ["champion", "challenger"],
        description: "Richer purchase windows",
        tags: promoted("val_accuracy 0.87972 > 0.85; val_f1 0.932652 > 0.8", {
          mlops_gate_previous_champion: "1",
        }),
      },
    ],
  });
  const drifted = await seedModel(workspace, {
    name: "customer_churn_model",
    comment: "Probability that a customer churns",
    owner: "crm@example.com",
    versions: [
      {
        metrics: { val_accuracy: 0.861, val_f1: 0.918, val_auc_roc: 0.8447 },
        aliases: champion,
        tags: promoted(
          "val_auc_roc 0.8447 > 0.842; val_accuracy 0.861 > 0.8",
          await writtenEvidence(),
        ),
      },
      {
        metrics: { val_accuracy: 0.864, val_f1: 0.921, val_auc_roc: 0.8462 },
        aliases: ["challenger"],
      },
    ],
  });
  const refused = await seedModel(workspace, {
    name: "telco_churn_model",
    comment: "Subscribers who will cancel",
    owner: "retention@example.com",
    versions: [
      {
        metrics: { val_accuracy: 0.812, val_f1: 0.61, val_auc_roc: 0.8603 },
        aliases: champion,
        tags: promoted("val_auc_roc 0.8603 > 0.85; val_f1 0.61 > 0.55"),
      },
      {
        metrics: { val_accuracy: 0.802, val_f1: 0.584, val_auc_roc: 0.8412, val_recall: "NaN" },
        aliases: ["challenger"],
        description: HOSTILE,
        tags: {
          mlops_gate_refused: "val_auc_roc 0.8412, must be > 0.85",
          note: HOSTILE,
        },
      },
    ],
  });
  const failing = await seedModel(workspace, {
    name: "irisclassifierdemo",
    comment: "Species of an iris by the size of its leaves",
    owner: "botany@example.com",
    versions: [
      {
        metrics: { val_accuracy: 0.9667 },
        aliases: champion,
        tags: promoted("val_accuracy 0.9667 >= 0.9"),
      },
    ],
  });
  const unserved = await seedModel(workspace, {
    name: "customer_lifetime_value",
    comment: HOSTILE,
    owner: "growth-analytics@example.com",
    versions: [{ metrics: { val_rmse: 41.27, val_mae: 28.4 } }],
  });

  seedEndpoint(workspace, healthy, { serves: 2, requests: 12_480, errors: 3 });
  seedEndpoint(workspace, drifted, { serves: 1, failsWith: 2, requests: 3071, errors: 12 });
  seedEndpoint(workspace, refused, { serves: 1, challenger: 2, requests: 640, errors: 0 });

  const calm = await seedMonitor(
    workspace,
    healthy,
    [
      0.012, 0.018, 0.015, 0.022, 0.019, 0.031, 0.024, 0.028, 0.02, 0.026, 0.033, 0.029, 0.035,
      0.03,
    ],
  );
  seedAlert(workspace, healthy, calm, { state: "OK", value: 0.03, at: now - 14 * MINUTE });
  const shifted = await seedMonitor(
    workspace,
    drifted,
    [
      0.014, 0.021, 0.017, 0.026, 0.023, 0.035, 0.041, 0.038, 0.052, 0.061, 0.083, 0.127, 0.164,
      0.212,
    ],
  );
  seedAlert(workspace, drifted, shifted, {
    state: "TRIGGERED",
    value: 0.212,
    at: now - 9 * MINUTE,
  });
  await seedMonitor(workspace, refused, []);

  seedJob(workspace, healthy, "churn-prediction-training", [{ started: now - 27 * HOUR }]);
  seedJob(workspace, drifted, "customer-churn-training", [
    { started: now - 3 * DAY },
    { started: now - 2 * HOUR },
  ]);
  seedJob(workspace, refused, "telco-churn-training", [{ started: now - 5 * HOUR }]);
  const broken: SeededRun = {
    started: now - 40 * MINUTE,
    error: `KeyError: "column 'petal_width' is missing in hp_iris_ml.bronze.measurements"`,
    log: `reading 150 rows\n\u001b[31mERROR\u001b[0m ${HOSTILE}\n`,
  };
  const [, failedRun = 0] = seedJob(workspace, failing, "iris-end-to-end", [
    { started: now - 2 * DAY },
    broken,
  ]);
  return { healthy, drifted, refused, failing, unserved, failedRun };
}
