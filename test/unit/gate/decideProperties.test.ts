import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../../components/gate/decide";
import type { Policy } from "../../../components/gate/rule";
import { anotherRule, frozen, scenes, withKeysReversed } from "./arbitraries";
import { mayBePromoted } from "./oracle";
import { runs } from "./runs";

test("promoted exactly where an oracle of its own would promote", () => {
  const seen = { promoted: 0, not: 0 };
  fc.assert(
    fc.property(scenes, ({ policy, facts }) => {
      const expected = mayBePromoted(policy, facts);
      seen[expected ? "promoted" : "not"]++;
      const { outcome, reason } = decide(policy, facts);
      expect({ promoted: outcome === "promoted", reason }).toEqual({ promoted: expected, reason });
    }),
    { numRuns: runs },
  );
  // Both sides must have been tried often, or the property above says little.
  expect(seen.promoted).toBeGreaterThan(0.05 * runs);
  expect(seen.not).toBeGreaterThan(0.05 * runs);
  console.info(`${String(seen.promoted)} promoted, ${String(seen.not)} not`);
});

test("only breakglass promotes over a check that did not pass, and it says so", () => {
  fc.assert(
    fc.property(scenes, ({ policy, facts }) => {
      const { outcome, checks, ground, reason } = decide(policy, facts);
      if (outcome !== "promoted") {
        expect(ground).toBeNull();
      } else if (ground === "breakglass") {
        expect(reason).toContain(policy.breakglass?.reason);
        expect(reason).toContain(policy.breakglass?.by);
      } else {
        expect(ground).toBe("rules");
        expect(checks.every(({ result }) => result === "passed")).toBe(true);
      }
    }),
    { numRuns: runs },
  );
});

test("a verdict never contradicts its checks, and always has a reason", () => {
  fc.assert(
    fc.property(scenes, ({ policy, facts }) => {
      const { outcome, checks, reason, canary } = decide(policy, facts);
      expect(reason.trim()).not.toBe("");
      expect(checks.every(({ name, required }) => name !== "" && required !== "")).toBe(true);
      expect(canary !== null).toBe(outcome === "canary");
      const results = new Set(checks.map(({ result }) => result));
      if (outcome === "canary") expect(policy.canary).not.toHaveLength(0);
      if (outcome === "refused" && !results.has("failed")) {
        expect(policy.dryRun || facts.candidate?.rejection !== null).toBe(true);
      }
    }),
    { numRuns: runs },
  );
});

test("each rule has its check, in their order, wherever there is a run to ask", () => {
  fc.assert(
    fc.property(scenes, ({ policy, facts }) => {
      const run = facts.candidate?.run;
      if (facts.contradictions.length > 0 || !run || run.deleted) return;
      const { checks } = decide(policy, facts);
      const asked = policy.rules.length + (policy.signature === "any" ? 0 : 1);
      expect(checks.length).toBeGreaterThanOrEqual(asked);
      policy.rules.forEach((rule, index) => {
        const alone = decide(justThis(policy, index), facts).checks[0];
        // How old the evidence is depends on which other metrics the rules name.
        if (rule.kind !== "age") expect(checks[index]).toEqual(alone);
      });
    }),
    { numRuns: runs },
  );
});

const justThis = (policy: Policy, index: number): Policy => ({
  ...policy,
  rules: policy.rules.slice(index, index + 1),
});

test("the same facts give the same verdict, whatever the order of their keys, and stay as they are", () => {
  fc.assert(
    fc.property(scenes, ({ policy, facts }) => {
      const first = decide(policy, facts);
      expect(decide(frozen(policy), frozen(facts))).toEqual(first);
      expect(decide(withKeysReversed(policy), withKeysReversed(facts)).outcome).toBe(first.outcome);
      const backwards = { ...policy, rules: [...policy.rules].reverse() };
      expect(decide(backwards, facts).outcome).toBe(first.outcome);
    }),
    { numRuns: runs },
  );
});

test("adding a rule never turns what was not promoted into a promotion", () => {
  const measures = ["metric", "range", "slices"];
  fc.assert(
    fc.property(scenes, anotherRule, fc.nat(4), ({ policy, facts }, rule, at) => {
      // Without a rule that measures the model nothing is decided: adding one is what is asked for.
      fc.pre(policy.rules.some(({ kind }) => measures.includes(kind)));
      if (decide(policy, facts).outcome === "promoted") return;
      const rules = [...policy.rules.slice(0, at), rule, ...policy.rules.slice(at)];
      expect(decide({ ...policy, rules }, facts).outcome).not.toBe("promoted");
    }),
    { numRuns: runs },
  );
});

test("a dry run promotes nothing, and puts nothing on the way to it", () => {
  fc.assert(
    fc.property(scenes, ({ policy, facts }) => {
      const wet = decide({ ...policy, dryRun: false }, facts).outcome;
      const dry = decide({ ...policy, dryRun: true }, facts);
      expect(dry.outcome).toBe(wet === "promoted" || wet === "canary" ? "refused" : wet);
      expect([dry.ground, dry.canary]).toEqual([null, null]);
    }),
    { numRuns: runs },
  );
});
