import { describe, expect, test } from "vitest";
import {
  decide,
  type Candidate,
  type Comparison,
  type MetricRule,
} from "../../../components/gate/decide";

const candidate = (metrics: Candidate["metrics"], other: Partial<Candidate> = {}): Candidate => ({
  version: "3",
  status: "READY",
  runId: "run-3",
  metrics,
  ...other,
});
const rule = (comparison: Comparison, bound: number, metric = "auc"): MetricRule => ({
  metric,
  comparison,
  bound,
});

describe("a measured value against its bound", () => {
  test.each<[number, Comparison, number, string]>([
    [0.8499, ">", 0.85, "refused"],
    [0.85, ">", 0.85, "refused"],
    [0.8501, ">", 0.85, "promoted"],
    [0.8499, ">=", 0.85, "refused"],
    [0.85, ">=", 0.85, "promoted"],
    [0.8501, "<", 0.85, "refused"],
    [0.85, "<", 0.85, "refused"],
    [0.8499, "<", 0.85, "promoted"],
    [0.8501, "<=", 0.85, "refused"],
    [0.85, "<=", 0.85, "promoted"],
    [-20, ">", -10, "refused"],
    [0, ">=", -0, "promoted"],
    [0.1 + 0.2, "<=", 0.3, "refused"],
    // What MLflow keeps in the place of infinity.
    [Number.MAX_VALUE, ">", 1, "inconclusive"],
    [-Number.MAX_VALUE, "<", 1, "inconclusive"],
  ])("%d %s %d is %s", (measured, comparison, bound, outcome) => {
    expect(decide(candidate({ auc: measured }), [rule(comparison, bound)]).outcome).toBe(outcome);
  });

  test("a refusal names the metric, what was measured, and the bound", () => {
    const { reason, checks } = decide(candidate({ auc: 0.8499 }), [rule(">", 0.85)]);
    expect(reason).toBe("auc 0.8499, must be > 0.85");
    expect(checks).toEqual([
      { metric: "auc", comparison: ">", bound: 0.85, measured: 0.8499, passed: false },
    ]);
  });

  test("a promotion names every metric with its bound", () => {
    const rules = [rule(">", 0.85), rule("<=", 0.2, "loss")];
    const { reason } = decide(candidate({ loss: 0.2, auc: 0.9 }), rules);
    expect(reason).toBe("auc 0.9 > 0.85; loss 0.2 <= 0.2");
  });

  test("a refusal leaves out the rules that hold", () => {
    const rules = [rule(">", 0.85), rule("<", 0.2, "loss")];
    expect(decide(candidate({ auc: 0.9, loss: 0.2 }), rules).reason).toBe(
      "loss 0.2, must be < 0.2",
    );
  });
});

test.each([
  [0.8380123456789, "auc 0.838012, must be > 0.85"],
  [0.8499999999, "auc 0.8499999999, must be > 0.85"],
  [0.8500000001, "auc 0.8500000001 > 0.85"],
])("%d is shown with six digits, unless they hide how it compares", (measured, shown) => {
  expect(decide(candidate({ auc: measured }), [rule(">", 0.85)]).reason).toBe(shown);
});

describe("what is not a finite number proves nothing", () => {
  const comparisons: readonly Comparison[] = [">", ">=", "<", "<="];
  const strange: readonly (number | string)[] = [
    ...[NaN, Infinity, -Infinity],
    ...["NaN", "Infinity", "-Infinity", "0.9", "", "null", "1e3"],
  ];
  test.each(comparisons.flatMap((comparison) => strange.map((value) => ({ comparison, value }))))(
    "$value $comparison 0.5 is inconclusive",
    ({ comparison, value }) => {
      const verdict = decide(candidate({ auc: value }), [rule(comparison, 0.5)]);
      expect(verdict.outcome).toBe("inconclusive");
      expect(verdict.reason).toContain(`auc ${String(value)}, must be ${comparison} 0.5`);
    },
  );

  test("nor does null, as an answer with a hole would have it", () => {
    const metrics = JSON.parse('{"auc": null}') as Candidate["metrics"];
    const { outcome, reason } = decide(candidate(metrics), [rule("<", 0.5)]);
    expect({ outcome, reason }).toEqual({
      outcome: "inconclusive",
      reason: "auc missing, must be < 0.5",
    });
  });

  test.each(
    comparisons.flatMap((comparison) => [NaN, Infinity, -Infinity].map((b) => ({ comparison, b }))),
  )("0.9 $comparison $b never holds, because the bound is none", ({ comparison, b }) => {
    expect(decide(candidate({ auc: 0.9 }), [rule(comparison, b)]).outcome).not.toBe("promoted");
  });

  test("an unknown comparison never holds", () => {
    const rules = JSON.parse(
      '[{"metric": "auc", "comparison": "=", "bound": 0.9}]',
    ) as MetricRule[];
    expect(decide(candidate({ auc: 0.9 }), rules).outcome).toBe("refused");
  });
});

describe("what was never measured", () => {
  test.each(["auc", "constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"])(
    "the metric %s is missing",
    (metric) => {
      const verdict = decide(candidate({ other: 1 }), [rule(">", 0, metric)]);
      expect(verdict.outcome).toBe("inconclusive");
      expect(verdict.reason).toBe(`${metric} missing, must be > 0`);
      expect(verdict.checks[0]?.measured).toBeNull();
    },
  );

  test("one missing metric among good ones is inconclusive", () => {
    const rules = [rule(">", 0.5), rule(">", 0.5, "f1")];
    expect(decide(candidate({ auc: 0.9 }), rules).outcome).toBe("inconclusive");
  });

  test("a metric is not found by another spelling of its name", () => {
    expect(decide(candidate({ AUC: 0.9, "auc ": 0.9 }), [rule(">", 0.5)]).outcome).toBe(
      "inconclusive",
    );
  });
});

describe("what stands in the way before any metric", () => {
  test("no candidate: waiting", () => {
    expect(decide(null, [rule(">", 0.5)])).toEqual({
      outcome: "waiting",
      reason: "no version is nominated",
      checks: [],
    });
  });

  test("no rules: inconclusive, however good the candidate", () => {
    const { outcome, reason } = decide(candidate({ auc: 1 }), []);
    expect({ outcome, reason }).toEqual({ outcome: "inconclusive", reason: "no rules are set" });
  });

  test.each(["PENDING_REGISTRATION", "FAILED_REGISTRATION", "ready", "", "UNKNOWN"])(
    "status '%s': inconclusive",
    (status) => {
      const { outcome, reason } = decide(candidate({ auc: 1 }, { status }), [rule(">", 0.5)]);
      expect({ outcome, reason }).toEqual({
        outcome: "inconclusive",
        reason: `the version is ${status}`,
      });
    },
  );

  test("no run: inconclusive, even with metrics", () => {
    const { outcome, reason } = decide(candidate({ auc: 1 }, { runId: null }), [rule(">", 0.5)]);
    expect(outcome).toBe("inconclusive");
    expect(reason).toContain("no run");
  });
});
