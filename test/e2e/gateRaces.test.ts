import { describe, expect, it } from "vitest";
import { readChampion } from "../../components/gate/reading/readFacts";
import { above } from "../../components/gate/rules";
import { MINUTES } from "./deployment";
import { DrivenGate } from "../drivenGate";
import { QuickModel } from "./quickCandidates";
import { ownWorkspace } from "./ownWorkspace";

const MODELS = 5;
/** The kinds of race that each model goes through, one after the other. */
const RACES = ["equal", "equal", "other", "other", "back", "back"] as const;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two machines that update the gate of one model, each with a state of its own. */
interface Course {
  readonly model: QuickModel;
  readonly machines: readonly [DrivenGate, DrivenGate];
}

/**
 * Two updates that promote at once: 30 races of the provider's own code, called as the engine calls it, against a
 * real local workspace. In `gateRacesEngine.test.ts` two engines do the same.
 */
describe("two updates at once", () => {
  const connection = ownWorkspace("gate-races");

  async function course(name: string): Promise<Course> {
    const model = await QuickModel.create(connection(), name);
    const policy = model.policy(above("val_auc_roc", 0.85));
    const start = () => DrivenGate.start(connection(), { model: model.model, policy });
    return { model, machines: [await start(), await start()] };
  }

  /** Both see a candidate, `other`: each another one; then both promote, while the first one comes `back`. */
  async function race({ model, machines }: Course, kind: (typeof RACES)[number]): Promise<string> {
    const [one, two] = machines;
    const register = () => model.register({ metrics: { val_auc_roc: 0.9 } });
    const before = (await readChampion(connection(), model.model)).champion?.version ?? null;
    const first = await register();
    await model.nominate(first);
    const seenByOne = await one.preview();
    const second = kind === "equal" ? first : await register();
    await model.nominate(second);
    const seenByTwo = await two.preview();
    const late = () => wait(Math.random() * 200);
    const [, ...updates] = await Promise.allSettled([
      kind === "back" ? late().then(() => model.nominate(first)) : undefined,
      late().then(() => one.up(seenByOne)),
      late().then(() => two.up(seenByTwo)),
    ]);

    // One wins, unless the other one's candidate came back before it had; and the loser knows why it lost.
    const said = updates.flatMap((update) =>
      update.status === "rejected" ? [String(update.reason)] : [],
    );
    const winners = machines.filter((_, index) => updates[index]?.status === "fulfilled");
    expect(winners.length, said.join("\n")).toBeLessThanOrEqual(1);
    if (kind !== "back") expect(winners.length, said.join("\n")).toBe(1);
    for (const message of said) expect(message).toMatch(/SUPERSEDED .*nothing was moved/);

    // The champion is the winner's, with its evidence, or still the one before.
    const [winner] = winners;
    const { champion, evidence, left } = await readChampion(connection(), model.model);
    expect(left).toBe(champion?.version ?? null);
    if (winner === undefined) {
      expect(champion?.version ?? null).toBe(before);
    } else {
      expect(champion).toEqual({
        version: winner.state?.champion,
        evidence: "intact",
        gated: true,
      });
      expect(evidence).toMatchObject({
        digest: winner.state?.history.at(-1)?.digest,
        statement: winner.state?.evidence,
        previousChampion: before,
      });
      expect([first, second]).toContain(champion?.version);
    }

    // The next updates bring both states to the same, which then is all there is to do.
    await one.up();
    await two.up();
    const after = await readChampion(connection(), model.model);
    expect(after.champion?.gated).toBe(true);
    for (const { state } of machines) {
      expect(state?.champion).toBe(after.champion?.version);
      expect(state?.evidence).toEqual(
        after.evidence.state === "intact" ? after.evidence.statement : undefined,
      );
    }
    for (const machine of machines) expect(await machine.changes()).toBe(false);
    return winner === undefined ? "nobody" : winner === one ? "one" : "two";
  }

  it(
    "never both win, and never none is left, in 30 races",
    async () => {
      const courses = await Promise.all(
        Array.from({ length: MODELS }, (_, index) => course(`races_${index}`)),
      );
      const won = await Promise.all(
        courses.map(async (each) => {
          const results: string[] = [];
          for (const kind of RACES) results.push(await race(each, kind));
          return results;
        }),
      );
      const results = won.flat();
      expect(results).toHaveLength(30);
      // Neither machine is always the quicker one.
      expect(results).toEqual(expect.arrayContaining(["one", "two"]));
    },
    10 * MINUTES,
  );
});
