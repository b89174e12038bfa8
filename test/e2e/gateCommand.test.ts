import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Explanation } from "../../cli/gate/explanationText";
import type { History } from "../../cli/gate/entries";
import { MODEL, register } from "./candidates";
import { npmRun, start, type CommandResult } from "./command";
import { Deployment, MINUTES, only, said } from "./deployment";
import { championOf, nominate, servedBy } from "./engineGate";

const REASON = "complaints about the new one";

const measured = (auc: number) => ({ val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: auc });

const candidates = {
  first: measured(0.86),
  second: measured(0.9),
  weak: measured(0.7),
  strange: measured(0.95),
} as const;

type Name = keyof typeof candidates;

/** The three commands on a real engine: what they say, and what they leave. */
describe("npm run gate", () => {
  let deployment: Deployment;
  let versions: Record<Name, string>;

  /** What `npm run gate` runs, without npm, which takes a second. */
  const gate = (...args: string[]): Promise<CommandResult> =>
    start(process.execPath, ["cli/run.cjs", "gate", ...args], deployment.env).ended;

  const rollback = (...args: string[]): Promise<CommandResult> => {
    const config = ["--config-file", join(deployment.folder, "Pulumi.local.yaml")];
    return gate("rollback", "customer-churn", ...args, ...config);
  };

  const promote = async (name: Name): Promise<void> => {
    await nominate(deployment, versions[name]);
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    expect(await championOf(deployment)).toBe(versions[name]);
  };

  const historyOf = async (): Promise<History> =>
    JSON.parse((await gate("history", MODEL, "--json")).stdout) as History;

  /** The command fails with this one line, and nothing has moved. */
  const expectRefusal = async (run: Promise<CommandResult>, message: string): Promise<void> => {
    const before = [await championOf(deployment), await servedBy(deployment)];
    const done = await run;
    expect(said(done)).toContain(message);
    expect(said(done)).not.toMatch(/^\s+at /m);
    expect(done.exitCode).toBe(1);
    expect([await championOf(deployment), await servedBy(deployment)]).toEqual(before);
  };

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"));
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    versions = await register(deployment.connection, candidates);
    await promote("first");
    await promote("second");
    // Something else is pending, which a rollback must leave alone.
    deployment.configure(only("customerChurn", "iris"));
  }, 10 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  it("history says who was champion when and why", async () => {
    const [first, second] = [versions.first, versions.second];
    expect(await historyOf()).toMatchObject({
      name: "customer-churn",
      model: MODEL,
      champion: second,
      problems: [],
      entries: [
        { version: second, what: "promoted", before: first, evidence: "intact" },
        { version: first, what: "promoted", evidence: "intact" },
      ],
    });
    const shown = await npmRun(
      ["--silent", "gate", "--", "history", "customer-churn"],
      deployment.env,
    );
    expect(shown.exitCode, said(shown)).toBe(0);
    expect(shown.stdout).toMatch(
      new RegExp(`v${second} +promoted +val_accuracy 0\\.9 > 0\\.8; .* v${first} .* intact`),
    );
  });

  it("explain decides and touches nothing", async () => {
    const weak = await gate("explain", "customer-churn", versions.weak);
    expect(weak.stdout).toContain(`v${versions.weak} → champion: REFUSED`);
    expect(weak.stdout).toMatch(/val_auc_roc +0\.7 +> 0\.842 +failed/);
    expect(weak.exitCode).toBe(2);
    const strange = await gate("explain", "customer_churn_model", versions.strange, "--json");
    expect(strange.exitCode, said(strange)).toBe(0);
    const { verdict } = JSON.parse(strange.stdout) as Explanation;
    expect(verdict).toMatchObject({ outcome: "promoted", ground: "rules" });
    expect(await championOf(deployment)).toBe(versions.second);
    expect((await historyOf()).entries).toHaveLength(2);
  });

  it.each([
    [
      "explain a version that is not there",
      ["explain", "customer-churn", "99"],
      "has no version 99; there are",
    ],
    [
      "explain a model that is not there",
      ["explain", "churn", "1"],
      "There is no model 'churn' with a gate in local; there are customer-churn.",
    ],
    ["show the history of one", ["history", "churn"], "There is no model 'churn'"],
  ])("does not %s", async (_what, args, message) => {
    await expectRefusal(gate(...args), message);
  });

  it.each([
    ["without a reason", ["--yes"], 'A rollback needs --reason "…"'],
    ["without anybody to ask", ["--reason", REASON], "Nobody can be asked here: add --yes"],
    [
      "to a version that is not there",
      ["--yes", "--reason", REASON, "--to", "99"],
      "there is no version 99",
    ],
  ])("does not roll back %s", async (_what, args, message) => {
    await expectRefusal(rollback(...args), message);
  });

  it("does not roll back to one that never was champion, or is", async () => {
    const order = (to: string) => rollback("--yes", "--reason", REASON, "--to", to);
    await expectRefusal(
      order(versions.weak),
      "the version has never been champion. Nothing was changed. Earlier champions that can come back: v",
    );
    await expectRefusal(order(versions.second), "the version is champion already");
  });

  it(
    "rollback moves alias and endpoint in one update, and nothing else",
    async () => {
      const { first, second } = versions;
      const done = await rollback("--yes", "--reason", REASON, "--by", "ann");
      expect(done.exitCode, said(done)).toBe(0);
      expect(done.stdout).toContain(`customer-churn in local: v${second} → v${first}`);
      expect(done.stdout).toContain(`by ann: ${REASON}`);
      expect(done.stdout).toContain(`customer-churn in local: v${first} is champion again.`);
      expect(await championOf(deployment)).toBe(first);
      expect(await servedBy(deployment)).toEqual([first]);
      const iris = await deployment.call(
        "GET",
        "/api/2.1/unity-catalog/models/ml_local.models.iris_model",
      );
      expect(iris).toBeUndefined();
      expect((await historyOf()).entries).toMatchObject([
        {
          version: first,
          what: "rolled back to",
          by: "ann",
          why: REASON,
          before: second,
          evidence: "intact",
        },
        { version: second, what: "rejected", by: "ann", why: REASON },
        { version: second, what: "promoted", evidence: "intact" },
        { version: first, what: "promoted", evidence: "replaced" },
      ]);
    },
    5 * MINUTES,
  );

  it(
    "the next update keeps the earlier champion, also if the other is nominated again",
    async () => {
      deployment.configure(only("customerChurn"));
      const { first, second } = versions;
      await nominate(deployment, second);
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toContain(`v${second} → champion: REFUSED (rejected by ann at `);
      expect([await championOf(deployment), await servedBy(deployment)]).toEqual([first, [first]]);
      const explained = await gate("explain", "customer-churn", second);
      expect(explained.stdout).toContain(`rejected by ann at `);
      expect(explained.exitCode).toBe(2);
      await expectRefusal(
        rollback("--yes", "--reason", "and back", "--to", second),
        `customer-churn cannot go back to v${second}: rejected by ann at `,
      );
    },
    5 * MINUTES,
  );

  it(
    "new measurements let the rejected version through",
    async () => {
      const version = z.object({ run_id: z.string() });
      const path = `/api/2.1/unity-catalog/models/${MODEL}/versions/${versions.second}`;
      const { run_id } = version.parse(await deployment.call("GET", path));
      const metric = { run_id, key: "val_auc_roc", value: 0.91, timestamp: Date.now(), step: 1 };
      await deployment.call("POST", "/api/2.0/mlflow/runs/log-metric", metric);
      await promote("second");
      expect(await servedBy(deployment)).toEqual([versions.second]);
      expect((await historyOf()).entries[0]).toMatchObject({
        version: versions.second,
        what: "promoted",
        before: versions.first,
        evidence: "intact",
      });
    },
    5 * MINUTES,
  );
});
