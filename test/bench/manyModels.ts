import * as mlops from "../../components";
import { parseConfig } from "../../stacks/config";
import { EnvironmentPlatform } from "../../stacks/platform";

/** How many models {@link manyModels} has. */
export const MANY = 100;

/** Where the training of a model logs to. */
export const experimentOf = (model: string): string => `/Shared/${model}`;

/**
 * A program of a hundred models, each with the tables, the training job and the registered model that ours have at
 * least, and with a gate if `MLOPS_BENCH_GATES` is `yes`.
 */
export async function manyModels(): Promise<void> {
  await mlops.signIn();
  const { environment } = parseConfig({
    "mlops:environment": JSON.stringify({
      catalog: "bench",
      tags: { owner: "bench", cost_center: "bench" },
      access: { users: "users", engineers: "engineers" },
      emails: ["bench@example.com"],
    }),
  });
  const platform = new EnvironmentPlatform("platform", environment);
  const gated = process.env["MLOPS_BENCH_GATES"] === "yes";
  const names = Array.from({ length: MANY }, (_, index) => `model-${String(index)}`);
  await Promise.all(names.map((name) => oneModel(name, platform, gated)));
}

async function oneModel(name: string, environment: mlops.Platform, gated: boolean): Promise<void> {
  const platform = new mlops.ModelStack(name, { environment });
  const snake = name.replaceAll("-", "_");
  const table = (purpose: string) =>
    new mlops.GovernedTable(`${name}-${purpose}`, {
      platform,
      table: platform.table(`features.${snake}_${purpose}`),
      comment: purpose,
      columns: [{ name: "id", type: "string", comment: "Number", nullable: false }],
      primaryKeys: ["id"],
    });
  const [features, labels, holdout] = [table("features"), table("labels"), table("holdout")];
  const model = new mlops.RegisteredModel(`${name}-model`, {
    platform,
    model: platform.table(`models.${snake}`),
    comment: name,
  });
  const experiment = experimentOf(model.fullName);
  new mlops.TrainingJob(`${name}-training`, {
    ...{ platform, model, features, experiment },
    train: { file: "churn/train.py", labels: labels.fullName },
    validate: { file: "churn/validate.py", holdout: holdout.fullName },
    parameters: { max_depth: 3 },
  });
  if (!gated) return;
  await mlops.PromotionGate.decide(`${name}-gate`, {
    ...{ model, experiment },
    rules: [
      mlops.above("val_auc_roc", 0.8),
      mlops.maxRegression("val_auc_roc", 0.01),
      mlops.minRows(1000),
    ],
  });
}
