import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts } from "../../../components/gate/decision/facts";
import { above, maxRegression, minImprovement } from "../../../components/gate/rules";
import type {
  CanaryStep,
  ChampionRule,
  Policy,
  Rule,
} from "../../../components/gate/decision/rule";
import { refusal, type Reply } from "../httpDouble";
import {
  HOUR,
  NOW,
  championWith,
  factsOf,
  logged,
  measured,
  policyOf,
  runOf,
  timeFromNow,
  versionOf,
} from "./decisionScene";
import { GateRun } from "./gateRun";
import { ABOVE, policyOf as realPolicyOf } from "./standing";

/*
 * Where other gates have let something through. Each test is named after the gate, and gives this one what that
 * one was given: it must not be promoted, and must not crash.
 */

const AUC: Rule = above("auc", 0.85);
const GAIN: ChampionRule = {
  ...{ kind: "champion", metric: "auc", better: "higher" },
  ...{ change: 0.01, relative: true },
};
const STRANGE = [NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE];

const outcome = (policy: Policy, facts: Facts): string => decide(policy, facts).outcome;

/** Against a champion that measured 0.86 on the same rows. */
const against = (values: Record<string, number | string>): Facts =>
  measured(values, { baseline: championWith({ auc: 0.86 }) });

describe("MLflow's validate_evaluation_results", () => {
  test.each(STRANGE)("passed a candidate of %d with min_relative_change", (auc) => {
    expect(outcome(policyOf([GAIN]), against({ auc: 0.9 }))).toBe("promoted");
    expect(outcome(policyOf([GAIN]), against({ auc }))).toBe("inconclusive");
    expect(outcome(policyOf([GAIN]), against({ auc: String(auc) }))).toBe("inconclusive");
  });

  test.each(STRANGE)("passed a baseline of %d with min_relative_change", (auc) => {
    const baseline = championWith({ auc });
    expect(outcome(policyOf([GAIN]), measured({ auc: 0.9 }, { baseline }))).toBe("inconclusive");
  });

  test.each(STRANGE)("passed a threshold of %d, and took it", (bound) => {
    const rules: Rule[] = [
      { kind: "metric", metric: "auc", comparison: ">", bound },
      { kind: "metric", metric: "auc", comparison: "<", bound },
      { kind: "range", metric: "auc", from: bound, to: bound },
      { kind: "slices", metrics: ["auc", "f1"], comparison: ">", bound },
      { ...GAIN, change: bound },
      { kind: "rows", metric: "rows", atLeast: bound },
      { kind: "age", maxHours: bound },
    ];
    for (const rule of rules) {
      const facts = against({ auc: 0.9, f1: 0.9, rows: 1000 });
      expect(outcome(policyOf([AUC, rule]), facts), JSON.stringify(rule)).not.toBe("promoted");
    }
    if (Math.abs(bound) === Number.MAX_VALUE) return;
    expect(() => above("loss", bound)).toThrow("finite");
    expect(() => maxRegression("loss", bound)).toThrow();
    expect(() => minImprovement("loss", bound, { relative: true })).toThrow();
  });

  test("passed what no threshold was set for", () => {
    expect(decide(policyOf([]), against({ auc: 1 }))).toMatchObject({
      outcome: "inconclusive",
      reason: "no rules are set",
    });
  });

  test.each([Infinity, Number.MAX_VALUE, "Infinity", "inf"])("passed a candidate of %s", (auc) => {
    expect(outcome(policyOf([AUC]), measured({ auc }))).toBe("inconclusive");
  });

  test("crashed on a metric that the baseline has not", () => {
    const baseline = championWith({ f1: 0.9 });
    const verdict = decide(policyOf([AUC, GAIN]), measured({ auc: 0.9 }, { baseline }));
    expect(verdict.outcome).toBe("inconclusive");
    expect(verdict.reason).toContain("v3");
  });

  test("let -20 beat -10 by a relative change", () => {
    const baseline = championWith({ score: -10 });
    const policy = policyOf([{ ...GAIN, metric: "score", change: 0.1 }]);
    expect(outcome(policy, measured({ score: -20 }, { baseline }))).toBe("refused");
    expect(outcome(policy, measured({ score: -9.5 }, { baseline }))).toBe("refused");
    expect(outcome(policy, measured({ score: -8 }, { baseline }))).toBe("promoted");
  });
});

const STEP: CanaryStep = {
  percent: 10,
  minRequests: 100,
  rules: [{ kind: "metric", metric: "error_rate", comparison: "<", bound: 0.01 }],
};

/** On the first step of a canary for an hour, with what was measured of it half an hour ago. */
function onCanary(values: Record<string, number | string>): Facts {
  const metrics = { ...logged({ auc: 0.9 }), ...logged(values, NOW - HOUR / 2) };
  const candidate = versionOf("5", runOf({}, { metrics }));
  return factsOf(candidate, {
    baseline: championWith({ auc: 0.86 }),
    canary: { version: "5", step: 0, since: timeFromNow(-HOUR) },
  });
}

const canary = (...steps: CanaryStep[]): Policy => policyOf([AUC], { canary: steps });

describe("Argo Rollouts", () => {
  test("called a metric without conditions successful", () => {
    const served = { canary_10_requests: 5000, canary_10_error_rate: 0 };
    expect(outcome(canary(STEP), onCanary(served))).toBe("promoted");
    expect(outcome(canary({ ...STEP, rules: [] }), onCanary(served))).not.toBe("promoted");
    const unconditional: Rule = { kind: "slices", metrics: [], comparison: ">", bound: 0 };
    expect(outcome(policyOf([unconditional]), measured({ auc: 0.9 }))).toBe("inconclusive");
  });

  test("called a run successful whose measurements all ended in errors", () => {
    for (const error of ["Error", "NaN", "", "timed out"]) {
      expect(outcome(policyOf([AUC]), measured({ auc: error }))).toBe("inconclusive");
      const served = { canary_10_requests: 5000, canary_10_error_rate: error };
      expect(outcome(canary(STEP), onCanary(served))).toBe("canary");
    }
  });

  test("promoted on an inconclusive analysis", () => {
    expect(outcome(canary(STEP), onCanary({}))).toBe("canary");
    expect(outcome(canary(STEP), onCanary({ canary_10_requests: 5000 }))).toBe("canary");
    const few = { canary_10_requests: 99, canary_10_error_rate: 0 };
    expect(outcome(canary(STEP), onCanary(few))).toBe("canary");
    const f1: Rule = above("f1", 0.5);
    expect(outcome(policyOf([AUC, f1]), measured({ auc: 0.9 }))).toBe("inconclusive");
  });
});

describe("Flagger", () => {
  test.each(["auc_roc", "AUC", "auc ", "constructor", "__proto__", "toString"])(
    "passed a metric that it did not recognise: %s",
    (metric) => {
      const rule: Rule = { kind: "metric", metric, comparison: ">", bound: 0.5 };
      expect(outcome(policyOf([rule]), measured({ auc: 0.9 }))).toBe("inconclusive");
    },
  );

  test("passed a rule or a comparison that it did not recognise", () => {
    const [kind, comparison] = JSON.parse(
      '[{"kind": "vibes"}, {"kind": "metric", "metric": "auc", "comparison": "=", "bound": 0.9}]',
    ) as [Rule, Rule];
    expect(outcome(policyOf([kind]), measured({ auc: 0.9 }))).not.toBe("promoted");
    expect(outcome(policyOf([AUC, kind]), measured({ auc: 0.9 }))).not.toBe("promoted");
    expect(outcome(policyOf([comparison]), measured({ auc: 0.9 }))).not.toBe("promoted");
  });
});

describe("TFX's evaluator", () => {
  test("waved a first model through, which had no baseline", () => {
    const first = measured({ auc: 0.01 });
    expect(decide(policyOf([GAIN]), first)).toMatchObject({
      outcome: "inconclusive",
      reason: "a first model needs a bound: there is no champion yet",
    });
    expect(outcome(policyOf([GAIN, AUC]), first)).toBe("refused");
    const verdict = decide(policyOf([GAIN, AUC]), measured({ auc: 0.9 }));
    expect(verdict).toMatchObject({
      outcome: "promoted",
      reason: expect.stringContaining("no champion yet") as unknown,
    });
  });
});

describe("Gatekeeper and Binary Authorization", () => {
  const down: [string, Reply][] = [
    ["is down", refusal(503, "TEMPORARILY_UNAVAILABLE", "down")],
    ["lets nobody in", refusal(403, "PERMISSION_DENIED", "no")],
    ["answers nonsense", { body: { ok: true } }],
    ["is somebody else", { body: "<html>sign in</html>" }],
  ];
  test.each(down)("allowed what they could not ask about: the registry %s", async (_how, reply) => {
    const gate = await GateRun.make({ onFailure: "hold" });
    gate.registry.nominate("1", { val_auc_roc: 0.99 });
    const passing = await gate.preview();
    expect(passing.verdict.outcome).toBe("promoted");
    gate.registry.intercept = () =>
      ({ ...Object(reply), headers: { "retry-after": "0.001" } }) as Reply;
    const shown = await gate.preview().then(
      ({ verdict }) => verdict.outcome,
      () => "error",
    );
    expect(shown).toBe("error");
    await expect(gate.up(passing)).rejects.toThrow();
    gate.registry.intercept = () => undefined;
    expect(gate.registry.aliases.has("champion")).toBe(false);
    expect(gate.state).toBeUndefined();
  });
});

describe("databricks/mlops-stacks", () => {
  test.each([0.8, 0.9])("set the alias in a dry run: a candidate of %d", (auc) => {
    const breakglass = { version: "5", reason: "now", by: "ann", expires: timeFromNow(HOUR) };
    for (const other of [{}, { breakglass }]) {
      const verdict = decide(policyOf([AUC], { dryRun: true, ...other }), measured({ auc }));
      expect(verdict).toMatchObject({ outcome: "refused", ground: null });
    }
  });

  test.each([true, false])("and its alias is where people look: dry run %s", async (dryRun) => {
    const gate = await GateRun.make({ policy: realPolicyOf([ABOVE], { dryRun }) });
    gate.registry.nominate("1", { val_auc_roc: 0.9 });
    await gate.up();
    expect(gate.registry.aliases.has("champion")).toBe(!dryRun);
  });
});

describe("what a careful gate has to see besides", () => {
  const old: Rule = { kind: "age", maxHours: 24 };
  const rows: Rule = { kind: "rows", metric: "rows", atLeast: 1 };
  const baseline = championWith({ auc: 0.8 });
  const run = (other: Parameters<typeof runOf>[1]): Facts =>
    factsOf(versionOf("5", runOf({ auc: 0.9, rows: 9 }, other)), { baseline });
  const cases: [string, Policy, Facts][] = [
    ["nothing", policyOf([AUC, GAIN, old, rows]), run({})],
    [
      "evidence that is stale",
      policyOf([AUC, old]),
      run({ metrics: logged({ auc: 0.9 }, NOW - 25 * HOUR) }),
    ],
    [
      "evidence from the future",
      policyOf([AUC]),
      run({ metrics: logged({ auc: 0.9 }, NOW + HOUR) }),
    ],
    ["a metric that was logged twice", policyOf([AUC]), run({ ambiguous: ["auc"] })],
    [
      "other rows than the champion's",
      policyOf([AUC, GAIN]),
      run({ dataset: { name: "holdout", digest: "d2" } }),
    ],
    ["no rows at all", policyOf([AUC, rows]), measured({ auc: 0.9, rows: 0 })],
    ["nobody's word for the rows", policyOf([AUC, rows]), measured({ auc: 0.9 })],
    ["another experiment's run", policyOf([AUC]), run({ experiment: "/ml/other" })],
    ["a run that was deleted", policyOf([AUC]), run({ deleted: true })],
  ];
  test.each(cases)("%s", (what, policy, facts) => {
    expect(outcome(policy, facts) === "promoted").toBe(what === "nothing");
  });
});
