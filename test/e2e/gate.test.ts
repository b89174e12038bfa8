import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PulumiResult } from "../../engine";
import { MODEL, register } from "./candidates";
import { Deployment, MINUTES, only, said } from "./deployment";
import { championOf, nominate, servedBy } from "./engineGate";
import { Interceptor } from "./interceptor";
import { startLoad } from "./load";

const ENDPOINT = "customer-churn-model-endpoint";
const ALIASES = `/api/2.1/unity-catalog/models/${MODEL}/aliases`;
const BOUND = 0.842;

const measured = (value: number | "NaN") => ({
  val_accuracy: 0.9,
  val_f1: 0.9,
  val_auc_roc: value,
});

const candidates = {
  below: measured(BOUND - 0.0001),
  notANumber: measured("NaN"),
  above: measured(BOUND + 0.0001),
  better: measured(0.9),
  best: measured(0.95),
} as const;

type Name = keyof typeof candidates;

/**
 * What the real engine does with a whole deployment when its candidate is good enough, and when it is not.
 * `gateFailures.test.ts` has every other reason to refuse.
 */
describe("the gate", () => {
  let deployment: Deployment;
  let interceptor: Interceptor;
  let versions: Record<Name, string>;

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"));
    interceptor = await Interceptor.start(deployment.workspace.url);
    deployment.through = interceptor.url;
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    versions = await register(deployment.connection, candidates);
  }, 4 * MINUTES);

  afterAll(async () => {
    await interceptor.close();
    await deployment.close();
  });

  /** What must not change behind a gate that blocks, as the workspace answers it. */
  const behind = async () => ({
    alias: await deployment.call("GET", `${ALIASES}/champion`),
    endpoint: await deployment.call("GET", `/api/2.0/serving-endpoints/${ENDPOINT}`),
    alerts: await deployment.call("GET", "/api/2.0/alerts"),
  });

  const block = (yaml: string): string =>
    only("customerChurn")(yaml).replace(
      "mlops:customerChurn:\n    gate:\n",
      "mlops:customerChurn:\n    gate:\n      onFailure: block\n",
    );

  describe("that holds", () => {
    it(
      "does not promote what is below by little",
      async () => {
        await nominate(deployment, versions.below);
        const up = await deployment.up();
        expect(up.exitCode, said(up)).toBe(0);
        expect(said(up)).toContain(
          `v${versions.below} → champion: REFUSED (val_auc_roc 0.8419, must be > 0.842); ` +
            "there is no champion yet",
        );
        expect(await behind()).toMatchObject({ alias: undefined, endpoint: undefined });
      },
      2 * MINUTES,
    );

    it(
      "promotes what is above by as little",
      async () => {
        await nominate(deployment, versions.above);
        const up = await deployment.pulumi("up", "--yes");
        expect(up.exitCode, said(up)).toBe(0);
        const line = `v${versions.above} → champion: PROMOTED (`;
        expect(previewAndUpdate(up)).toEqual([
          expect.stringContaining(line),
          expect.stringContaining(line),
        ]);
        expect(await championOf(deployment)).toBe(versions.above);
        expect(await servedBy(deployment)).toEqual([versions.above]);
      },
      3 * MINUTES,
    );
  });

  describe("that blocks", () => {
    beforeAll(() => {
      deployment.configure(block);
    });

    it(
      "fails the update and leaves everything behind it",
      async () => {
        await nominate(deployment, versions.notANumber);
        const before = await behind();
        const line = `v${versions.notANumber} → champion: BLOCKED (val_auc_roc NaN, must be > 0.842)`;
        const up = await deployment.pulumi("up", "--yes");
        expect(up.exitCode).not.toBe(0);
        expect(previewAndUpdate(up)).toEqual([
          expect.stringContaining(line),
          expect.stringContaining(line),
        ]);
        expect(await behind()).toEqual(before);
      },
      2 * MINUTES,
    );

    it(
      "promotes and serves what passes, without a failed request in between",
      async () => {
        await nominate(deployment, versions.better);
        const load = startLoad(deployment.connection, ENDPOINT, {
          concurrency: 2,
          body: () => ({ dataframe_records: [{ ...row, total_spend: 12.99 }] }),
        });
        const up = await deployment.up();
        const during = load.answers.length;
        expect(up.exitCode, said(up)).toBe(0);
        expect(await championOf(deployment)).toBe(versions.better);
        expect(await servedBy(deployment)).toEqual([versions.better]);
        await vi.waitFor(() => {
          expect(load.answers.length).toBeGreaterThan(during + 10);
        }, 10_000);
        await load.stop();
        expect(during).toBeGreaterThan(10);
        expect(load.failed).toBe(0);
        expect(
          load.answers.filter(({ status, predictions }) => status !== 200 || predictions[0] !== 1),
        ).toEqual([]);
        const entity = (name: "above" | "better") => `customer_churn_model-${versions[name]}`;
        expect(load.answers[0]?.served).toBe(entity("above"));
        // The two callers may have been waiting for the old version when the update ended.
        const after = load.answers.slice(during + 2).map((answer) => answer.served);
        expect(new Set(after)).toEqual(new Set([entity("better")]));
      },
      3 * MINUTES,
    );

    it(
      "moves nothing when another candidate is nominated after the program has decided",
      async () => {
        await nominate(deployment, versions.best);
        const before = await behind();
        // The program reads first, the update reads again: by then it is another one.
        const changed = interceptor.at(
          { method: "GET", path: /\/registered-models\/get$/, nth: 2, at: "request" },
          async () => {
            await nominate(deployment, versions.below);
            return "goOn";
          },
        );
        const up = await deployment.up();
        await changed;
        expect(up.exitCode).not.toBe(0);
        expect(said(up)).toContain(
          `v${versions.best} → champion: SUPERSEDED (the nominated version was ${versions.best} ` +
            `and is ${versions.below}); nothing was moved`,
        );
        expect(await behind()).toEqual(before);
      },
      2 * MINUTES,
    );
  });
});

/** What an update with its preview says, in two parts. */
function previewAndUpdate(up: PulumiResult): string[] {
  return said(up).split(/^Updating \(/m);
}

const row = {
  ...{ total_transactions: 1, avg_transaction_amount: 12.99, unique_categories: 1 },
  ...{ spend_volatility: 0.5, days_since_signup: 440, days_since_last_transaction: 440 },
};
