import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChampion } from "../../components/gate/reading/readFacts";
import { MODEL, register } from "./candidates";
import { processesWith } from "./command";
import { Deployment, MINUTES, only, said } from "./deployment";
import { GOOD, gateOf, nominate, servedBy } from "./engineGate";
import { Interceptor, type Moment } from "./interceptor";

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
  let deployment: Deployment;
  let interceptor: Interceptor;
  let versions: string[];

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"));
    interceptor = await Interceptor.start(deployment.workspace.url);
    deployment.through = interceptor.url;
    await up();
    const made = await register(deployment.connection, {
      ...{ one: GOOD, two: GOOD, three: GOOD, four: GOOD },
    });
    versions = [made.one, made.two, made.three, made.four];
    await nominate(deployment, made.one);
    await up();
  }, 10 * MINUTES);

  afterAll(async () => {
    await interceptor.close();
    await deployment.close();
  });

  async function up(): Promise<void> {
    const done = await deployment.up();
    expect(done.exitCode, said(done)).toBe(0);
  }

  async function killAt(moment: Moment): Promise<void> {
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
  async function expectPromoted(version: string, previous: string): Promise<void> {
    const { champion, evidence, left } = await readChampion(deployment.connection, MODEL);
    expect(champion).toEqual({ version, evidence: "intact", gated: true });
    expect(left).toBe(version);
    expect(evidence).toMatchObject({ ground: "rules", previousChampion: previous });
    const gate = await gateOf(deployment);
    expect(gate).toMatchObject({ champion: version, previousChampion: previous, left: version });
    expect(gate["evidence"]).toEqual(
      evidence.state === "intact" ? evidence.statement : "no evidence",
    );
    expect(await servedBy(deployment)).toEqual([version]);
  }

  it(
    "or not, promotes",
    async () => {
      const [one = "", two = ""] = versions;
      await nominate(deployment, two);
      await up();
      await expectPromoted(two, one);
    },
    110 * MINUTES,
  );

  it.each(moments.map((moment, index) => [moment.name, moment, index] as const))(
    "when it %s is completed by the next one",
    async (_name, moment, index) => {
      const [previous = "", next = ""] = versions.slice(index + 1);
      await nominate(deployment, next);
      await killAt(moment);
      await up();
      await expectPromoted(next, previous);
    },
    110 * MINUTES,
  );

  it(
    "leaves nothing to do after that",
    async () => {
      const preview = await deployment.pulumi("preview", "--expect-no-changes");
      expect(preview.exitCode, said(preview)).toBe(0);
    },
    2 * MINUTES,
  );
});
