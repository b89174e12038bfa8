import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decide, type Verdict } from "../../../components/gate/decision/decide";
import type { Policy } from "../../../components/gate/decision/rule";
import { anotherRule, frozen, scenes, withKeysReversed, type Scene } from "./arbitraries";
import { mayBePromoted } from "./oracle";
import { runs } from "./runs";

// Ten times as many cases take ten times as long.
const timeout = 60_000 + 10 * runs;

test(
  "promoted exactly where an oracle of its own would promote",
  () => {
    const seen = { promoted: 0, not: 0 };
    fc.assert(
      fc.property(scenes, (scene) => {
        const expected = mayBePromoted(scene.policy, scene.facts);
        seen[expected ? "promoted" : "not"]++;
        const verdict = decide(scene.policy, scene.facts);
        expect(verdict.outcome === "promoted", verdict.reason).toBe(expected);
        restsOnItsChecks(verdict, scene);
        promotesNothingInADryRun(scene);
      }),
      { numRuns: runs },
    );
    // Both sides must have been tried often, or the property above says little.
    expect(seen.promoted).toBeGreaterThan(0.05 * runs);
    expect(seen.not).toBeGreaterThan(0.05 * runs);
  },
  timeout,
);

/** Only breakglass promotes over a check that did not pass, and it says who broke it and why. */
function restsOnItsChecks({ outcome, checks, ground, reason, canary }: Verdict, scene: Scene) {
  const { policy, facts } = scene;
  const results = new Set(checks.map(({ result }) => result));
  expect(reason.trim()).not.toBe("");
  expect(canary !== null).toBe(outcome === "canary");
  if (outcome !== "promoted") {
    expect(ground).toBeNull();
  } else if (ground === "breakglass") {
    expect(reason).toContain(policy.breakglass?.reason);
    expect(reason).toContain(policy.breakglass?.by);
  } else {
    expect(ground).toBe("rules");
    expect([...results]).toEqual(["passed"]);
  }
  if (outcome === "refused" && !results.has("failed")) {
    expect(policy.dryRun || facts.candidate?.rejection !== null).toBe(true);
  }
}

function promotesNothingInADryRun({ policy, facts }: Scene) {
  const wet = decide({ ...policy, dryRun: false }, facts).outcome;
  const dry = decide({ ...policy, dryRun: true }, facts);
  expect(dry.outcome).toBe(wet === "promoted" || wet === "canary" ? "refused" : wet);
  expect([dry.ground, dry.canary]).toEqual([null, null]);
}

test(
  "the same facts give the same verdict, whatever the order of their keys, and stay as they are",
  () => {
    fc.assert(
      fc.property(scenes, ({ policy, facts }) => {
        const first = JSON.stringify(decide(policy, facts));
        expect(JSON.stringify(decide(frozen(policy), frozen(facts)))).toBe(first);
        const { outcome } = decide(withKeysReversed(policy), withKeysReversed(facts));
        expect(first).toContain(`{"outcome":"${outcome}"`);
        const backwards = { ...policy, rules: [...policy.rules].reverse() };
        expect(decide(backwards, facts).outcome).toBe(outcome);
      }),
      { numRuns: runs },
    );
  },
  timeout,
);

test(
  "each rule has its check, in their order, and the others do not change it",
  () => {
    fc.assert(
      fc.property(scenes, ({ policy, facts }) => {
        const run = facts.candidate?.run;
        if (facts.contradictions.length > 0 || !Number.isFinite(facts.at)) return;
        if (!run || run.deleted) return;
        const checks = decide(policy, facts).checks;
        policy.rules.forEach((rule, index) => {
          const [alone] = decide(justThis(policy, index), facts).checks;
          // How old the evidence is depends on which metrics the rules name.
          if (rule.kind === "age") expect(checks[index]?.name).toBe(alone?.name);
          else expect(checks[index]).toEqual(alone);
        });
        const asksForSignature = checks[policy.rules.length]?.name === "signature";
        expect(asksForSignature).toBe(policy.signature !== "any");
      }),
      { numRuns: runs },
    );
  },
  timeout,
);

const justThis = (policy: Policy, index: number): Policy => ({
  ...policy,
  rules: policy.rules.slice(index, index + 1),
  canary: [],
});

test(
  "adding a rule never turns what was not promoted into a promotion",
  () => {
    const measures = ["metric", "range", "slices"];
    fc.assert(
      fc.property(scenes, anotherRule, fc.nat(4), ({ policy, facts }, rule, at) => {
        // Without a rule that measures the model nothing is decided: adding one is what is asked for.
        if (!policy.rules.some(({ kind }) => measures.includes(kind))) return;
        if (decide(policy, facts).outcome === "promoted") return;
        const rules = [...policy.rules.slice(0, at), rule, ...policy.rules.slice(at)];
        expect(decide({ ...policy, rules }, facts).outcome).not.toBe("promoted");
      }),
      { numRuns: runs },
    );
  },
  timeout,
);
