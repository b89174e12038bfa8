import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChampion } from "../../components/gate/reading/readFacts";
import { MODEL, register } from "./candidates";
import { Deployment, MINUTES, only, said } from "./deployment";
import { GOOD, gateOf, nominate, servedBy } from "./engineGate";
import { Interceptor } from "./interceptor";

/** Where the state of the gate says who it is. */
const HOLDER = /("holder":\s*")([^"]+)(")/;

/** A machine with an engine of its own, and what stands between it and the workspace. */
class Machine {
  private constructor(
    readonly deployment: Deployment,
    readonly interceptor: Interceptor,
  ) {}

  static async start(deployment: Deployment): Promise<Machine> {
    const interceptor = await Interceptor.start(deployment.workspace.url);
    deployment.through = interceptor.url;
    return new Machine(deployment, interceptor);
  }

  /** An update that waits, when it has decided twice and asks for the lease, until `go` is there. */
  begin(go: Promise<void>): { ready: Promise<void>; ended: ReturnType<Deployment["up"]> } {
    let arrive = (): void => undefined;
    const ready = new Promise<void>((resolve) => (arrive = resolve));
    void this.interceptor.at(
      { method: "GET", path: /\/workspace\/list$/, at: "request" },
      async () => {
        arrive();
        await go;
        return "goOn";
      },
    );
    return { ready, ended: this.deployment.up() };
  }

  async close(): Promise<void> {
    await this.interceptor.close();
    await this.deployment.close();
  }
}

/** Makes the gate of a copied state another one, as that of a stack that was made on its own. */
function rename(copy: Deployment): Deployment {
  const folder = join(copy.folder, ".pulumi", "stacks");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".json")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    expect(text).toMatch(HOLDER);
    writeFileSync(join(folder, name), text.replace(HOLDER, "$1another machine$3"));
  }
  return copy;
}

/**
 * Two engines that update one stack from two machines whose states are not shared: what the engine's own lock
 * would not let happen. Both have decided to promote when they are let go. `gateRaces.test.ts` has 30 more races,
 * of the provider alone.
 */
describe("two engines at once", () => {
  let machines: Machine[];
  let versions: Record<"first" | "second" | "third" | "fourth" | "fifth", string>;

  beforeAll(async () => {
    const deployment = await Deployment.create(only("customerChurn"));
    machines = [await Machine.start(deployment)];
    const made = await deployment.up();
    expect(made.exitCode, said(made)).toBe(0);
    versions = await register(deployment.connection, {
      ...{ first: GOOD, second: GOOD, third: GOOD, fourth: GOOD, fifth: GOOD },
    });
    await nominate(deployment, versions.first);
    const promoted = await deployment.up();
    expect(promoted.exitCode, said(promoted)).toBe(0);
  }, 110 * MINUTES);

  afterAll(async () => {
    for (const machine of [...machines].reverse()) await machine.close();
  });

  /**
   * @param between - What happens when the first one has decided, before the second one begins.
   * @returns Of each: whether it won, and all that it said.
   */
  async function race(one: Machine, two: Machine, between?: () => Promise<void>) {
    let start = (): void => undefined;
    const go = new Promise<void>((resolve) => (start = resolve));
    const first = one.begin(go);
    if (between !== undefined) {
      await first.ready;
      await between();
    }
    const second = two.begin(go);
    await Promise.race([
      Promise.all([first.ready, second.ready]),
      Promise.race([first.ended, second.ended]).then((up) => {
        throw new Error(`An update ended before both had decided: ${said(up)}`);
      }),
    ]);
    start();
    const ends = await Promise.all([first.ended, second.ended]);
    return ends.map((up) => ({ won: up.exitCode === 0, all: said(up) }));
  }

  /** The next update of both, after which nothing tells them apart. */
  async function expectAgreement(one: Machine, two: Machine, champion: string): Promise<void> {
    const ups = await Promise.all([one.deployment.up(), two.deployment.up()]);
    for (const up of ups) expect(up.exitCode, said(up)).toBe(0);
    const { connection } = one.deployment;
    const registry = await readChampion(connection, MODEL);
    expect(registry.champion).toEqual({ version: champion, evidence: "intact", gated: true });
    const gates = await Promise.all([gateOf(one.deployment), gateOf(two.deployment)]);
    for (const gate of gates) {
      expect(gate["champion"]).toBe(champion);
      expect(gate["evidence"]).toEqual(
        registry.evidence.state === "intact" ? registry.evidence.statement : undefined,
      );
    }
    expect(await servedBy(one.deployment)).toEqual([champion]);
  }

  const machine = async (deployment: Deployment): Promise<Machine> => {
    const made = await Machine.start(deployment);
    machines.push(made);
    return made;
  };

  const main = (): Machine => {
    const [found] = machines;
    if (found === undefined) throw new Error("There is no machine.");
    return found;
  };

  it(
    "promote one candidate once, and the other one says that it was superseded",
    async () => {
      const other = await machine(rename(main().deployment.copy()));
      await nominate(main().deployment, versions.second);
      const ends = await race(main(), other);
      const all = ends.map((end) => end.all).join("\n");
      expect(ends.filter(({ won }) => won).length, all).toBe(1);
      expect(ends.find(({ won }) => !won)?.all).toContain(
        `SUPERSEDED (the champion was ${versions.first} and is ${versions.second}); nothing was moved`,
      );
      await expectAgreement(main(), other, versions.second);
    },
    110 * MINUTES,
  );

  it(
    "promote the one of two candidates that is still nominated",
    async () => {
      const other = await machine(rename(main().deployment.copy()));
      await nominate(main().deployment, versions.third);
      const [first, second] = await race(main(), other, () =>
        nominate(main().deployment, versions.fourth),
      );
      expect(first?.won, first?.all).toBe(false);
      expect(first?.all).toMatch(/SUPERSEDED .*nothing was moved/);
      expect(second?.won, second?.all).toBe(true);
      await expectAgreement(main(), other, versions.fourth);
    },
    110 * MINUTES,
  );

  it(
    "promote once even where the state was copied, so that both take themselves for the same gate",
    async () => {
      const other = await machine(main().deployment.copy());
      await nominate(main().deployment, versions.fifth);
      const ends = await race(main(), other);
      const all = ends.map((end) => end.all).join("\n");
      expect(ends.filter(({ won }) => won).length, all).toBe(1);
      expect(ends.find(({ won }) => !won)?.all).toMatch(
        /SUPERSEDED|Another update has taken the lease/,
      );
      await expectAgreement(main(), other, versions.fifth);
    },
    110 * MINUTES,
  );
});
