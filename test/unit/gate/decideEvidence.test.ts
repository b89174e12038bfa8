import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts, Run, Version } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import { HOUR, NOW, factsOf, logged, measured, policyOf, runOf, versionOf } from "./decisionScene";

const AUC: Rule = { kind: "metric", metric: "auc", comparison: ">", bound: 0.85 };
const RISK: Rule = { kind: "tag", tag: "risk", values: [] };

const said = (policy: Policy, facts: Facts): string => {
  const { outcome, reason } = decide(policy, facts);
  return `${outcome}: ${reason}`;
};

describe("before any rule is asked", () => {
  const good = versionOf("5", runOf({ auc: 0.9 }));
  const but = (other: Partial<Version>): Facts => factsOf({ ...good, ...other });

  test.each<[string, readonly Rule[], Facts, string]>([
    [
      "a contradiction",
      [AUC],
      measured({ auc: 1 }, { contradictions: ["two versions have the alias", "so what"] }),
      "error: two versions have the alias; so what",
    ],
    [
      "a contradiction without a candidate",
      [AUC],
      factsOf(null, { contradictions: ["two aliases"] }),
      "error: two aliases",
    ],
    ["no candidate", [AUC], factsOf(null), "waiting: no version is nominated"],
    ["no candidate and no rules", [], factsOf(null), "waiting: no version is nominated"],
    ["no clock", [AUC], measured({ auc: 1 }, { at: NaN }), "error: nobody knows what time it is"],
    [
      "a clock without end",
      [AUC],
      measured({ auc: 1 }, { at: Infinity }),
      "error: nobody knows what time it is",
    ],
    ["no rules", [], measured({ auc: 1 }), "inconclusive: no rules are set"],
    [
      "rules that measure nothing",
      [RISK, { kind: "age", maxHours: 24 }],
      measured({ auc: 1 }),
      "inconclusive: no rule measures the model",
    ],
    [
      "rows alone",
      [{ kind: "rows", metric: "rows", atLeast: 1 }],
      measured({ rows: 9 }),
      "inconclusive: no rule measures the model",
    ],
    [
      "status PENDING_REGISTRATION",
      [AUC],
      but({ status: "PENDING_REGISTRATION" }),
      "inconclusive: the version is PENDING_REGISTRATION",
    ],
    ["status ready", [AUC], but({ status: "ready" }), "inconclusive: the version is ready"],
    [
      "no run id",
      [AUC],
      but({ runId: null }),
      "inconclusive: the version has no run, so no metrics",
    ],
    [
      "an empty run id",
      [AUC],
      but({ runId: "" }),
      "inconclusive: the version has no run, so no metrics",
    ],
    [
      "no run id and no run",
      [AUC],
      but({ runId: null, run: null }),
      "inconclusive: the version has no run, so no metrics",
    ],
    [
      "a run that is gone",
      [AUC],
      but({ run: null }),
      "inconclusive: run run-5 is not there, so there are no metrics",
    ],
    [
      "a deleted run",
      [AUC],
      but({ run: runOf({ auc: 0.9 }, { deleted: true }) }),
      "inconclusive: run run-5 was deleted, so there are no metrics",
    ],
    [
      "no rules and a deleted run",
      [],
      but({ run: runOf({ auc: 0.9 }, { deleted: true }) }),
      "inconclusive: no rules are set",
    ],
  ])("%s", (_, rules, facts, expected) => {
    expect(said(policyOf(rules), facts)).toBe(expected);
  });

  test("the rules are answered all the same where there is a run to ask", () => {
    const { checks } = decide(policyOf([AUC]), but({ status: "FAILED_REGISTRATION" }));
    expect(checks).toMatchObject([{ name: "auc", measured: 0.9, result: "passed" }]);
  });
});

describe("a run that is no evidence for this model is an error", () => {
  const late = NOW + 5 * 60_000;
  const at = (when: number | null): Partial<Run> => ({
    metrics: { auc: { value: 0.9, at: when } },
  });

  test.each<[string, Partial<Run>, string]>([
    [
      "of another experiment",
      { experiment: "/ml/other" },
      "error: run run-5 belongs to /ml/other, not to /ml/churn",
    ],
    [
      "of no experiment that is known",
      { experiment: null },
      "error: run run-5 belongs to an unknown experiment, not to /ml/churn",
    ],
    [
      "with a metric logged twice",
      { ambiguous: ["auc", "loss"] },
      "error: auc was logged more than once with different values",
    ],
    ["with a metric from nowhen", at(null), "error: auc was logged at no known time"],
    ["with a metric logged at NaN", at(NaN), "error: auc was logged at no known time"],
    ["with a metric logged at infinity", at(Infinity), "error: auc was logged at no known time"],
    [
      "from the future",
      at(late + 1),
      "error: auc was logged in the future, 2026-11-21T12:05:00.001Z",
    ],
    ["from far in the future", at(9e15), "error: auc was logged in the future, 9000000000000000"],
    ["from five minutes ahead, as clocks differ", at(late), "promoted: auc 0.9 > 0.85"],
    [
      "with an odd time for what no rule names",
      { metrics: { ...logged({ auc: 0.9 }), other: { value: 1, at: null } } },
      "error: other was logged at no known time",
    ],
  ])("%s", (_, run, expected) => {
    expect(said(policyOf([AUC]), factsOf(versionOf("5", runOf({ auc: 0.9 }, run))))).toBe(expected);
  });

  test("an unknown experiment is not the one asked for, even if none is asked for", () => {
    const run = runOf({ auc: 0.9 }, { experiment: null });
    const unset = JSON.parse('{"experiment": null}') as Partial<Policy>;
    const policy = { ...policyOf([AUC]), ...unset };
    expect(decide(policy, factsOf(versionOf("5", run))).outcome).toBe("error");
  });
});

test("evidence that is older than the promotion it led to stays evidence", () => {
  const old = versionOf(
    "5",
    runOf({ auc: 0.9 }, { metrics: logged({ auc: 0.9 }, NOW - 999 * HOUR) }),
  );
  expect(decide(policyOf([AUC]), factsOf(old)).outcome).toBe("promoted");
});
