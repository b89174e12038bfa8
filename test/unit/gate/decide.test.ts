import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import { factsOf, measured, policyOf, runOf, versionOf } from "./decisionScene";

const AUC: Rule = { kind: "metric", metric: "auc", comparison: ">", bound: 0.85 };
const LOSS: Rule = { kind: "metric", metric: "loss", comparison: "<=", bound: 0.2 };
const GAIN: Rule = {
  kind: "champion",
  metric: "auc",
  better: "higher",
  change: 0,
  relative: false,
};

/** What people see of a decision: its outcome and why. */
const said = (policy: Policy, facts: Facts): string => {
  const { outcome, reason } = decide(policy, facts);
  return `${outcome}: ${reason}`;
};

describe("the whole verdict", () => {
  test("a promotion names every rule with what was measured", () => {
    expect(decide(policyOf([AUC, LOSS]), measured({ auc: 0.9, loss: 0.2 }))).toEqual({
      outcome: "promoted",
      reason: "auc 0.9 > 0.85; loss 0.2 <= 0.2",
      checks: [
        { name: "auc", measured: 0.9, required: "> 0.85", bound: 0.85, result: "passed" },
        { name: "loss", measured: 0.2, required: "<= 0.2", bound: 0.2, result: "passed" },
      ],
      ground: "rules",
      canary: null,
    });
  });

  test("a refusal names what does not hold, and leaves out what does", () => {
    expect(decide(policyOf([AUC, LOSS]), measured({ auc: 0.85, loss: 0.1 }))).toEqual({
      outcome: "refused",
      reason: "auc 0.85, must be > 0.85",
      checks: [
        { name: "auc", measured: 0.85, required: "> 0.85", bound: 0.85, result: "failed" },
        { name: "loss", measured: 0.1, required: "<= 0.2", bound: 0.2, result: "passed" },
      ],
      ground: null,
      canary: null,
    });
  });

  test("one thing unknown makes it inconclusive, whatever else fails", () => {
    expect(said(policyOf([AUC, LOSS]), measured({ auc: 0.8 }))).toBe(
      "inconclusive: auc 0.8, must be > 0.85; loss missing, must be <= 0.2",
    );
  });

  test.each([
    [0.8380123456789, "refused: auc 0.838012, must be > 0.85"],
    [0.8499999999, "refused: auc 0.8499999999, must be > 0.85"],
    [0.8500000001, "promoted: auc 0.8500000001 > 0.85"],
  ])("%d is shown with six digits, unless they hide how it compares", (value, shown) => {
    expect(said(policyOf([AUC]), measured({ auc: value }))).toBe(shown);
  });
});

const MORNING = "2026-11-20T08:00:00Z";

describe("what was rejected", () => {
  const rejected = (fingerprint: string): Facts =>
    factsOf(
      versionOf("5", runOf({ auc: 0.9 }), {
        rejection: {
          fingerprint,
          metrics: ["auc"],
          by: "ann",
          at: MORNING,
          reason: "nonsense in NL",
        },
      }),
    );

  test("is not promoted by the same measurements again", () => {
    expect(said(policyOf([AUC]), rejected("as measured"))).toBe(
      "refused: rejected by ann at 2026-11-20T08:00:00Z: nonsense in NL",
    );
  });

  test("has its chance with other measurements", () => {
    expect(said(policyOf([AUC]), rejected("as measured before"))).toBe("promoted: auc 0.9 > 0.85");
  });
});

describe("a first model", () => {
  test("is judged by bounds, and says that it had nothing to beat", () => {
    expect(said(policyOf([AUC, GAIN]), measured({ auc: 0.9 }))).toBe(
      "promoted: auc 0.9 > 0.85; auc gain on the champion: no champion yet",
    );
  });

  test("is not promoted by having nothing to beat", () => {
    expect(said(policyOf([GAIN]), measured({ auc: 0.9 }))).toBe(
      "inconclusive: a first model needs a bound: there is no champion yet",
    );
  });

  test.each<Rule>([
    { kind: "range", metric: "auc", from: 0, to: 1 },
    { kind: "slices", metrics: ["auc", "loss"], comparison: ">", bound: 0 },
  ])("a bound is also a $kind", (rule) => {
    expect(decide(policyOf([GAIN, rule]), measured({ auc: 0.9, loss: 0.1 })).outcome).toBe(
      "promoted",
    );
  });
});

describe("a dry run", () => {
  test.each([
    [0.9, "refused: dry run, would be promoted: auc 0.9 > 0.85"],
    [0.8, "refused: auc 0.8, must be > 0.85"],
  ])("with auc %d", (auc, expected) => {
    const verdict = decide(policyOf([AUC], { dryRun: true }), measured({ auc }));
    expect(`${verdict.outcome}: ${verdict.reason}`).toBe(expected);
    expect(verdict).toMatchObject({ ground: null, canary: null, checks: [{ name: "auc" }] });
  });

  test("puts nothing on a canary", () => {
    const step = { percent: 10, minRequests: 1, rules: [{ ...AUC, kind: "metric" as const }] };
    const facts = measured({ auc: 0.9 }, { baseline: versionOf("3", runOf({ auc: 0.8 })) });
    expect(said(policyOf([AUC], { dryRun: true, canary: [step] }), facts)).toBe(
      "refused: dry run, would be canary: auc 0.9 > 0.85",
    );
  });
});
