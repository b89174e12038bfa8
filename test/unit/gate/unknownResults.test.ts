import { describe, expect, test } from "vitest";
import { canaryState } from "../../../components/gate/decision/canary";
import type { Check } from "../../../components/gate/decision/check";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import { at, facts as onCanary, policy as canaryOf, traffic } from "./canaryScene";
import { championWith, factsOf, measured, policyOf, runOf, versionOf } from "./decisionScene";

/*
 * What nobody knows is told from what does not hold, in every check: evidence and reports of pull requests say
 * which of the two it was.
 */

const AUC: Rule = { kind: "metric", metric: "auc", comparison: ">", bound: 0 };

const resultOf = (rule: Rule, facts: Facts): Check["result"] | undefined =>
  decide(policyOf([rule, AUC]), facts).checks[0]?.result;

const COLUMN = { name: "x", type: "long", required: true };

const gain = (change: number): Rule => ({
  kind: "champion",
  metric: "auc",
  better: "higher",
  change,
  relative: false,
});
const good = measured({ auc: 0.9 });
const against = (values: Parameters<typeof championWith>[0]): Facts =>
  measured({ auc: 0.9 }, { baseline: championWith(values) });

test.each<[string, Rule, Facts]>([
  ["a metric without a value", { ...AUC, metric: "loss" }, good],
  ["a range without an end", { kind: "range", metric: "auc", from: NaN, to: 1 }, good],
  ["slices of one", { kind: "slices", metrics: ["auc"], comparison: ">", bound: 0 }, good],
  ["a gain of NaN on no champion", gain(NaN), good],
  ["a gain on nothing measured", gain(0), against({})],
  ["a gain of NaN", gain(NaN), against({ auc: 0.8 })],
  ["a tag that is not there", { kind: "tag", tag: "risk", values: [] }, good],
  ["an approval that is not there", { kind: "approval", tag: null, approvers: [] }, good],
  ["an age of NaN", { kind: "age", maxHours: NaN }, good],
])("%s is unknown", (_, rule, facts) => {
  expect(resultOf(rule, facts)).toBe("unknown");
});

test.each([
  ["of the candidate", null],
  ["of the champion", { inputs: [COLUMN], outputs: [COLUMN] }],
])("a signature that is not there is unknown: %s", (_, signature) => {
  const candidate = versionOf("5", runOf({ auc: 0.9 }, { signature }));
  const asked: Policy = policyOf([AUC], { signature: "compatible" });
  const { checks } = decide(asked, factsOf(candidate, { baseline: championWith({ auc: 0.8 }) }));
  expect(checks[1]).toMatchObject({ name: "signature", result: "unknown" });
});

test.each([
  [0.05, 0.1],
  [0.1, 0.3],
  [0.2, 0.3],
  [0.4, 0.3],
])("the end of a range that %d is shown beside is %d", (value, bound) => {
  const range: Rule = { kind: "range", metric: "auc", from: 0.1, to: 0.3 };
  expect(decide(policyOf([range]), measured({ auc: value })).checks[0]?.bound).toBe(bound);
});

describe("where a candidate stands on its canary", () => {
  const stateAt = (facts: Facts): ReturnType<typeof canaryState> => {
    const { candidate } = facts;
    if (!candidate?.run) throw new Error("The scene has no candidate.");
    return canaryState({ policy: canaryOf(), facts, candidate, run: candidate.run });
  };

  test.each<[string, Facts, string, number, number]>([
    ["before the first step", onCanary(null), "going", 0, 0],
    ["with too few requests", onCanary(at(0), traffic(10, 1, 0)), "going", 0, 3],
    ["with a rule unmeasured", onCanary(at(0), traffic(10, 100)), "going", 0, 3],
    ["on to the next step", onCanary(at(0), traffic(10, 100, 0)), "going", 1, 3],
    ["at the end", onCanary(at(1), traffic(50, 100, 0)), "passed", 1, 3],
    ["with a rule failed", onCanary(at(1), traffic(50, 100, 1)), "failed", 1, 3],
    ["at a step that is none", onCanary(at(2)), "invalid", 2, 0],
  ])("%s", (_, facts, state, step, checks) => {
    const found = stateAt(facts);
    expect(found).toMatchObject({ state, step });
    expect(found?.checks).toHaveLength(checks);
  });
});
