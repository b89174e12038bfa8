import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { npmRun } from "./command";
import { Deployment, MINUTES, said } from "./deployment";

const MODEL = "ml_local.models.customer_churn_model";
const ENDPOINT = "customer-churn-model-endpoint";

const version = z.looseObject({ version: z.coerce.string(), run_id: z.string() });

/** What each system's documents, and `Pulumi.local.yaml` for the data at hand, ask for: strictly more. */
const BOUNDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "models.churn_prediction_model": { val_accuracy: 0.85, val_f1: 0.8 },
  "models.customer_churn_model": { val_accuracy: 0.8, val_f1: 0.75, val_auc_roc: 0.842 },
  "models.telco_churn_model": { val_accuracy: 0.78, val_auc_roc: 0.84 },
  "hp_iris_ml.irisclassifierdemo": { val_accuracy: 0.9 },
};

/** All models from nothing to champions that serve, in the order that a team lives through. */
describe("the life of models", () => {
  let deployment: Deployment;
  /** Jobs that train a model, by its name, as the first update names them. */
  const training = new Map<string, string[]>();

  beforeAll(async () => {
    deployment = await Deployment.create();
  }, 2 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const alias = (model: string, name: string) =>
    deployment.call("GET", `/api/2.1/unity-catalog/models/${model}/aliases/${name}`);
  const champion = () => alias(MODEL, "champion");

  /** The gate's verdict, worked out from MLflow's figures without the gate's code. */
  async function deserves(model: string, bounds: Readonly<Record<string, number>>) {
    const { run_id } = version.parse(await alias(model, "challenger"));
    const metrics = await deployment.metricsOf(run_id);
    return Object.entries(bounds).every(([name, bound]) => (metrics.get(name) ?? -1) > bound);
  }

  it(
    "deploy to an empty workspace, and each says which command trains it",
    async () => {
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      const hints = [...said(up).matchAll(/(\w+) → champion: WAITING .*npm run job -- (.+)/g)];
      for (const [, model, jobs] of hints) training.set(model ?? "", (jobs ?? "").split(" "));
      expect([...training.keys()].sort()).toEqual(
        Object.keys(BOUNDS)
          .map((model) => model.split(".")[1])
          .sort(),
      );
      expect(
        await deployment.call("GET", `/api/2.0/serving-endpoints/${ENDPOINT}`),
      ).toBeUndefined();
    },
    4 * MINUTES,
  );

  it(
    "train on real data with the jobs that they named",
    async () => {
      for (const job of new Set([...training.values()].flat())) {
        const run = await deployment.run(job);
        expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
      }
    },
    5 * MINUTES,
  );

  it(
    "are gated each by its own bounds, on what MLflow holds",
    async () => {
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      const verdicts = await Promise.all(
        Object.entries(BOUNDS).map(async ([name, bounds]) => {
          const model = `ml_local.${name}`;
          const promoted = await deserves(model, bounds);
          expect((await alias(model, "champion")) !== undefined, name).toBe(promoted);
          const word = promoted ? "PROMOTED" : "REFUSED";
          expect(said(up)).toContain(`${name.split(".")[1] ?? ""} v1 → champion: ${word} (`);
          return promoted;
        }),
      );
      // Both answers occur: the parameters of dev and prod miss the bound of one model.
      expect(new Set(verdicts)).toEqual(new Set([true, false]));
      expect(said(up)).toMatch(/v1 → champion: REFUSED \(val_auc_roc 0\.83\d*, must be > 0\.842\)/);
      expect(await champion()).toBeUndefined();
    },
    4 * MINUTES,
  );

  it(
    "promote and serve the better candidate",
    async () => {
      const run = await deployment.run("customer-churn-training", {
        max_depth: "3",
        learning_rate: "0.03",
      });
      expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toMatch(/v2 → champion: PROMOTED/);
      expect(version.parse(await champion()).version).toBe("2");
      const answer = await deployment.call("POST", `/serving-endpoints/${ENDPOINT}/invocations`, {
        dataframe_records: [
          {
            ...{ total_transactions: 1, total_spend: 12.99, avg_transaction_amount: 12.99 },
            ...{ unique_categories: 1, spend_volatility: null },
            ...{ days_since_signup: 440, days_since_last_transaction: 440 },
          },
        ],
      });
      expect(answer).toMatchObject({ predictions: [1] });
    },
    5 * MINUTES,
  );

  it(
    "are listed with what holds for each, and what does not apply",
    async () => {
      const listed = await npmRun(["models", "--", "--stack", "local", "--json"], deployment.env);
      expect(listed.exitCode, said(listed)).toBe(0);
      // What npm says comes before.
      const text = listed.stdout.slice(listed.stdout.indexOf("{"));
      const [local] = z
        .object({ environments: z.array(z.object({ models: z.array(z.looseObject({})) })) })
        .parse(JSON.parse(text)).environments;
      const row = (name: string) => local?.models.find((model) => model["name"] === name);
      expect(row("customer-churn")).toMatchObject({
        owner: "data-science",
        champion: { status: "known", version: "2" },
        challenger: { status: "none" },
        gate: { status: "known", version: "2", verdict: "promoted" },
        endpoints: {
          status: "known",
          list: [{ name: ENDPOINT, health: "ready", versions: ["2"] }],
        },
        // The alert is paused on this machine, and no window has been filled.
        drift: { status: "known", state: "not evaluated", threshold: 0.1 },
      });
      expect(row("iris")).toMatchObject({
        champion: { status: "known", version: "1" },
        // It reaches people by a batch job.
        endpoints: { status: "not configured" },
      });
      const shown = await npmRun(["models"], deployment.env);
      expect(shown.exitCode, said(shown)).toBe(0);
      expect(shown.stdout).toMatch(/^customer-churn +v2, \d+ min +none +v2 /m);
      expect(shown.stdout).toContain("dev  nothing is deployed");
    },
    MINUTES,
  );

  it(
    "have nothing to do after that, by the program and by the workspace",
    async () => {
      for (const args of [["preview"], ["refresh", "--yes", "--skip-preview"]]) {
        const result = await deployment.pulumi(...args, "--expect-no-changes");
        expect(result.exitCode, said(result)).toBe(0);
      }
    },
    3 * MINUTES,
  );

  it(
    "leave nothing behind when they are destroyed",
    async () => {
      const destroy = await deployment.pulumi("destroy", "--yes", "--skip-preview");
      expect(destroy.exitCode, said(destroy)).toBe(0);
      const left = {
        catalogs: await deployment.call("GET", "/api/2.1/unity-catalog/catalogs"),
        jobs: await deployment.call("GET", "/api/2.2/jobs/list"),
        endpoints: await deployment.call("GET", "/api/2.0/serving-endpoints"),
        alerts: await deployment.call("GET", "/api/2.0/alerts"),
        warehouses: await deployment.call("GET", "/api/2.0/sql/warehouses"),
        destinations: await deployment.call("GET", "/api/2.0/notification-destinations"),
        folder: await deployment.call("GET", "/api/2.0/workspace/get-status?path=/Shared/ml_local"),
      };
      expect(JSON.stringify(left)).not.toMatch(/ml_local|customer|iris|telco|mlops/);
    },
    3 * MINUTES,
  );
});
