import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChampion } from "../../components/gate/reading/readFacts";
import { MODEL, register } from "./candidates";
import { processesWith } from "./command";
import { MINUTES, said } from "./deployment";
import { gateOf, servedBy } from "./engineGate";
import { GatedModels, GOOD } from "./gatedModels";
import type { Moment } from "./interceptor";

/** The state knows nothing of either: of a lease that is taken, and of an alias that has moved. */
const moments = [
  { name: "has taken the lease", method: "POST", path: /\/workspace\/import$/, at: "answer" },
  { name: "has moved the alias", method: "PUT", path: /\/aliases\/champion$/, at: "answer" },
] as const;

/**
 * The whole engine, killed with SIGKILL while its gate promotes. In `gateKilled.test.ts` the provider alone is
 * killed at every call; `killed.test.ts` kills first updates.
 */
// Processes are found by their environment.
describe.runIf(process.platform === "linux")("an update that is killed", () => {
  let models: GatedModels<"customer_churn">;
  let versions: string[];

  beforeAll(async () => {
    models = await GatedModels.create("customer_churn");
    models.configure({ endpoint: true });
    const { connection } = models.deployment;
    const made = await register(connection, { one: GOOD, two: GOOD, three: GOOD });
    versions = [made.one, made.two, made.three];
    await nominate(made.one);
    await models.up();
  }, 10 * MINUTES);

  afterAll(async () => {
    await models.close();
  });

  const nominate = (version: string) => models.model("customer_churn").nominate(version);

  async function killAt(moment: Moment): Promise<void> {
    const { deployment, interceptor } = models;
    const killed = interceptor.at(moment, () => {
      const folder = `file://${deployment.folder}`;
      const engines = processesWith("PULUMI_BACKEND_URL", folder).filter(({ line }) =>
        /(^|\/)pulumi up/.test(line),
      );
      expect(engines).not.toEqual([]);
      for (const { pid } of engines) process.kill(pid, "SIGKILL");
      return Promise.resolve("withhold");
    });
    const update = deployment.up();
    await Promise.race([
      killed,
      update.then((end) => expect.fail(`It ended before: ${said(end)}`)),
    ]).finally(() => update);
    expect((await update).exitCode).not.toBe(0);
    // Its lock is left, as with every update that is killed.
    const cancel = await deployment.pulumi("cancel", "--yes");
    expect(cancel.exitCode, said(cancel)).toBe(0);
  }

  /** What there is to see after a promotion. */
  async function expectPromoted(version: string, previous: string | null): Promise<void> {
    const { deployment } = models;
    const { champion, evidence, left } = await readChampion(deployment.connection, MODEL);
    expect(champion).toEqual({ version, evidence: "intact", gated: true });
    expect(left).toBe(version);
    expect(evidence).toMatchObject({ ground: "rules", previousChampion: previous });
    const gate = await gateOf(deployment);
    expect(gate).toMatchObject({ champion: version, left: version });
    expect(gate["previousChampion"]).toBe(previous ?? undefined);
    expect(gate["evidence"]).toEqual(
      evidence.state === "intact" ? evidence.statement : "no evidence",
    );
    expect(await servedBy(deployment)).toEqual([version]);
  }

  it("or not, promotes", async () => {
    await expectPromoted(versions[0] ?? "", null);
  });

  it.each(moments.map((moment, index) => [moment.name, moment, index] as const))(
    "when it %s is completed by the next one",
    async (_name, moment, index) => {
      const [previous = "", next = ""] = versions.slice(index);
      await nominate(next);
      await killAt(moment);
      await models.up();
      await expectPromoted(next, previous);
    },
    110 * MINUTES,
  );

  it(
    "leaves nothing to do after that",
    async () => {
      const preview = await models.deployment.pulumi("preview", "--expect-no-changes");
      expect(preview.exitCode, said(preview)).toBe(0);
    },
    2 * MINUTES,
  );
});
