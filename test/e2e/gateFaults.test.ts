import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { above, minRows } from "../../components/gate/rules";
import { callWorkspace, type TokenConnection } from "../../components/workspace/rest";
import { MINUTES } from "./deployment";
import { DrivenGate } from "../drivenGate";
import { everyFault, together, type Fault } from "./gateFaultRules";
import { signedInAs } from "./oauthClient";
import { QuickModel, type QuickCandidate } from "./quickCandidates";
import { ownWorkspace } from "./ownWorkspace";

const GOOD = { val_auc_roc: 0.9, val_rows: 2000 } as const;

/** Candidates by what the gate has to do with them. */
const good: readonly QuickCandidate[] = [{ metrics: GOOD }];
const bad: readonly QuickCandidate[] = [
  { metrics: { ...GOOD, val_auc_roc: 0.84 } },
  { metrics: { ...GOOD, val_auc_roc: "NaN" } },
  { metrics: { ...GOOD, val_auc_roc: "Infinity" } },
  { metrics: { val_rows: 2000 } },
  { metrics: { ...GOOD, val_rows: 3 } },
  { metrics: GOOD, foreign: true },
  { metrics: GOOD, inputs: ["x", "age"] },
];

/** Numbers in [0, 1) that follow from a seed: the linear congruential generator of Numerical Recipes. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

const GATES = 5;

/** What one gate lived through. */
interface Lived {
  readonly seen: number;
  readonly struck: number;
  /** Updates that ended with an error that only the faults can have caused. */
  readonly broken: number;
  readonly promoted: number;
}

/**
 * The gate on a workspace that fails, without an engine: the provider's own code over real HTTP, many updates
 * in a minute. `gateFaultsEngine.test.ts` has the engine do the same a few times.
 */
describe("with faults in the workspace", () => {
  const admin = ownWorkspace("gate-faults");

  const struckBy = async (gate: TokenConnection): Promise<{ seen: number; struck: number }> => {
    const rule = z.looseObject({ seen: z.number(), struck: z.number() });
    const { caller } = z
      .object({ caller: z.looseObject({ rules: z.array(rule) }) })
      .parse(await callWorkspace(gate, { method: "GET", path: "/local/faults" }));
    const struck = caller.rules.reduce((sum, one) => sum + one.struck, 0);
    return { seen: caller.rules[0]?.seen ?? 0, struck };
  };

  /** A gate of its own, some updates with faults, and one without. */
  async function live(name: string, updates: number, rules: readonly Fault[]): Promise<Lived> {
    const model = await QuickModel.create(admin(), name);
    const caller = await signedInAs(name, { url: admin().host, token: admin().token });
    const policy = model.policy(above("val_auc_roc", 0.85), minRows(1000));
    const gate = await DrivenGate.start(caller, { model: model.model, policy });
    const seed = createHash("sha256").update(name).digest().readUInt32LE();
    const next = seeded(seed);
    const pick = <T>(from: readonly T[]): T => {
      const one = from[Math.floor(next() * from.length)];
      if (one === undefined) throw new Error("Nothing to pick from.");
      return one;
    };
    await callWorkspace(caller, {
      method: "PUT",
      path: "/local/faults",
      body: { scope: "caller", seed, rules },
    });

    let [broken, promoted] = [0, 0];
    const passing = new Set<string>();
    for (let n = 0; n < updates; n++) {
      const passes = n === 0 || next() < 0.5;
      const version = await model.register(pick(passes ? good : bad));
      await model.nominate(version);
      if (passes) passing.add(version);
      const before = await model.versionOf("champion");
      const error = await gate.up().then(
        () => undefined,
        (thrown: unknown) => String(thrown),
      );
      const after = await model.versionOf("champion");

      // Nothing else is promoted but what passes, and never anything but the nominated version.
      expect([before, ...(passes ? [version] : [])]).toContain(after);
      if (error === undefined) {
        expect(gate.state?.champion).toBe(after);
        if (passes) expect(after).toBe(version);
      } else if (!error.includes("champion: ERROR")) {
        expect(error).toMatch(/WorkspaceError|was set to|has no version|changed since/);
        broken += 1;
      }
      if (after !== before) promoted += 1;
      if (gate.state === undefined) continue;
      await refreshed(gate);
      expect(gate.state.observed?.version).toBe(after);
      expect(gate.state.champion).toBe(after);
    }

    const lived = { ...(await struckBy(caller)), broken, promoted };
    await callWorkspace(caller, { method: "DELETE", path: "/local/faults?scope=caller" });
    const last = [...passing].at(-1) ?? "";
    await model.nominate(last);
    await gate.up();
    expect(await model.versionOf("champion")).toBe(last);
    expect(gate.state).toMatchObject({ champion: last, noted: last });
    expect(gate.state?.observed).toMatchObject({ version: last, evidence: "intact" });
    expect(await gate.changes()).toBe(false);
    for (let n = 1; n <= updates; n++) {
      const verdict = (await model.tagsOf(String(n))).get("mlops_gate_verdict");
      if (String(n) === last) expect(verdict).toBe("promoted");
      else
        expect([undefined, ...(passing.has(String(n)) ? ["superseded"] : [])]).toContain(verdict);
    }
    return lived;
  }

  /** Until it is through: what is said of a refresh is said of one that was. */
  const refreshed = (gate: DrivenGate): Promise<unknown> => trying(() => gate.refresh());

  async function trying<T>(action: () => Promise<T>): Promise<T> {
    for (let left = 10; ; left--) {
      try {
        return await action();
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  async function all(prefix: string, updates: number, rules: readonly Fault[]): Promise<Lived> {
    const names = Array.from({ length: GATES }, (_, n) => `${prefix}_${n}`);
    const lived = await Promise.all(names.map((name) => live(name, updates, rules)));
    const sum = (of: (one: Lived) => number): number =>
      lived.reduce((total, one) => total + of(one), 0);
    return {
      seen: sum(({ seen }) => seen),
      struck: sum(({ struck }) => struck),
      broken: sum(({ broken }) => broken),
      promoted: sum(({ promoted }) => promoted),
    };
  }

  it(
    "of a fifth of its requests, 50 updates promote what passes and nothing else",
    async () => {
      const lived = await all("fifth", 50 / GATES, together(0.2, everyFault(2000)));
      expect(lived.struck / lived.seen).toBeGreaterThan(0.15);
      expect(lived.struck / lived.seen).toBeLessThan(0.25);
      expect(lived.promoted).toBeGreaterThan(10);
    },
    5 * MINUTES,
  );

  it(
    "of so many that updates fail in the middle, the next ones make up for it",
    async () => {
      const lived = await all("half", 4, together(0.5, everyFault(100)));
      expect(lived.struck / lived.seen).toBeGreaterThan(0.4);
      expect(lived.broken).toBeGreaterThan(3);
    },
    5 * MINUTES,
  );
});
