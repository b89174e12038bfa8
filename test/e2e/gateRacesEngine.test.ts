import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChampion } from "../../components/gate/reading/readFacts";
import { MINUTES, said, type Deployment } from "./deployment";
import { gateOf } from "./engineGate";
import { GatedModels, GOOD } from "./gatedModels";
import { Interceptor } from "./interceptor";

/** Where the state of the gate says who it is. */
const HOLDER = /("holder":\s*")([^"]+)(")/;

/** A machine with an engine of its own, and what stands between it and the workspace. */
class Machine {
  constructor(
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
  let models: GatedModels<"model">;
  const copies: Machine[] = [];

  beforeAll(async () => {
    models = await GatedModels.create("model");
    for (const version of ["1", "2", "3", "4", "5"]) {
      expect(await models.model("model").register({ metrics: GOOD })).toBe(version);
    }
    await nominate("1");
    await models.up();
  }, 110 * MINUTES);

  afterAll(async () => {
    for (const copy of copies) await copy.close();
    await models.close();
  });

  const nominate = (version: string) => models.model("model").nominate(version);

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
    const registry = await readChampion(connection, models.model("model").model);
    expect(registry.champion).toEqual({ version: champion, evidence: "intact", gated: true });
    const gates = await Promise.all([gateOf(one.deployment), gateOf(two.deployment)]);
    for (const gate of gates) {
      expect(gate["champion"]).toBe(champion);
      expect(gate["evidence"]).toEqual(
        registry.evidence.state === "intact" ? registry.evidence.statement : undefined,
      );
    }
    expect(await models.behind("model")).toEqual({ champion, serves: [champion] });
  }

  const machine = async (deployment: Deployment): Promise<Machine> => {
    const made = await Machine.start(deployment);
    copies.push(made);
    return made;
  };

  const main = (): Machine => new Machine(models.deployment, models.interceptor);

  it(
    "promote one candidate once, and the other one says that it was superseded",
    async () => {
      const other = await machine(rename(main().deployment.copy()));
      await nominate("2");
      const ends = await race(main(), other);
      const all = ends.map((end) => end.all).join("\n");
      expect(ends.filter(({ won }) => won).length, all).toBe(1);
      expect(ends.find(({ won }) => !won)?.all).toContain(
        `SUPERSEDED (the champion was 1 and is 2); nothing was moved`,
      );
      await expectAgreement(main(), other, "2");
    },
    110 * MINUTES,
  );

  it(
    "promote the one of two candidates that is still nominated",
    async () => {
      const other = await machine(rename(main().deployment.copy()));
      await nominate("3");
      const [first, second] = await race(main(), other, () => nominate("4"));
      expect(first?.won, first?.all).toBe(false);
      expect(first?.all).toMatch(/SUPERSEDED .*nothing was moved/);
      expect(second?.won, second?.all).toBe(true);
      await expectAgreement(main(), other, "4");
    },
    110 * MINUTES,
  );

  it(
    "promote once even where the state was copied, so that both take themselves for the same gate",
    async () => {
      const other = await machine(main().deployment.copy());
      await nominate("5");
      const ends = await race(main(), other);
      const all = ends.map((end) => end.all).join("\n");
      expect(ends.filter(({ won }) => won).length, all).toBe(1);
      expect(ends.find(({ won }) => !won)?.all).toMatch(
        /SUPERSEDED|Another update has taken the lease/,
      );
      await expectAgreement(main(), other, "5");
    },
    110 * MINUTES,
  );
});
