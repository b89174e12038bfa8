import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Deployment, MINUTES, said } from "./deployment";

const MODEL = "ml_local.models.customer_churn_model";
const ENDPOINT = "customer-churn-model-endpoint";

const version = z.looseObject({ version: z.coerce.string() });

/** One model from nothing to a served champion, in the order that a team lives through. */
describe("the life of a model", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.create();
  }, 2 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const champion = () =>
    deployment.call("GET", `/api/2.1/unity-catalog/models/${MODEL}/aliases/champion`);

  async function expectNoChanges(): Promise<void> {
    const preview = await deployment.pulumi("preview", "--expect-no-changes");
    expect(preview.exitCode, said(preview)).toBe(0);
    const refresh = await deployment.pulumi(
      "refresh",
      "--yes",
      "--skip-preview",
      "--expect-no-changes",
    );
    expect(refresh.exitCode, said(refresh)).toBe(0);
  }

  it(
    "deploys to an empty workspace and says which command trains",
    async () => {
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toContain("customer_churn_model → champion: WAITING");
      expect(said(up)).toContain("npm run job -- purchases-load customer-churn-labels");
      expect(
        await deployment.call("GET", `/api/2.0/serving-endpoints/${ENDPOINT}`),
      ).toBeUndefined();
    },
    4 * MINUTES,
  );

  it("has nothing to do right after", expectNoChanges, 2 * MINUTES);

  it(
    "trains on real data, and refuses what misses the bound, with the number",
    async () => {
      for (const job of [
        "purchases-load",
        "customer-churn-labels",
        "customer-churn-features-refresh",
        "customer-churn-training",
      ]) {
        const run = await deployment.run(job);
        expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
      }
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toMatch(/v1 → champion: REFUSED \(val_auc_roc 0\.83\d*, must be > 0\.842\)/);
      expect(await champion()).toBeUndefined();
    },
    5 * MINUTES,
  );

  it(
    "promotes and serves the better candidate",
    async () => {
      const run = await deployment.run("customer-churn-training", {
        max_depth: "3",
        learning_rate: "0.03",
      });
      expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
      const preview = await deployment.pulumi("preview");
      expect(said(preview)).toMatch(/v2 → champion: PROMOTED/);
      expect(await champion(), "a preview moves nothing").toBeUndefined();
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
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

  it("has nothing to do after a promotion either", expectNoChanges, 3 * MINUTES);

  it(
    "sees on refresh that somebody moved the alias, and puts it back",
    async () => {
      const path = `/api/2.1/unity-catalog/models/${MODEL}/aliases/champion`;
      await deployment.call("PUT", path, { version_num: 1 });
      const refresh = await deployment.pulumi(
        "refresh",
        "--yes",
        "--skip-preview",
        "--expect-no-changes",
      );
      expect(refresh.exitCode).not.toBe(0);
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(version.parse(await champion()).version).toBe("2");
    },
    3 * MINUTES,
  );

  it(
    "leaves nothing behind when it is destroyed",
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
      expect(JSON.stringify(left)).not.toMatch(/ml_local|customer|mlops/);
    },
    3 * MINUTES,
  );
});
