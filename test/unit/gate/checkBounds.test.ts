import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Run } from "../../../components/gate/decision/facts";
import type { Comparison, Rule } from "../../../components/gate/decision/rule";
import { factsOf, measured, policyOf, runOf, versionOf } from "./decisionScene";

type Values = Parameters<typeof measured>[0];

const said = (rule: Rule, values: Values): string => {
  const { outcome, reason } = decide(policyOf([rule]), measured(values));
  return `${outcome}: ${reason}`;
};

const metric = (comparison: Comparison, bound: number, name = "auc"): Rule => ({
  kind: "metric",
  metric: name,
  comparison,
  bound,
});

describe("a metric against its bound", () => {
  test.each<[number, Comparison, number, string]>([
    [0.8499, ">", 0.85, "refused: auc 0.8499, must be > 0.85"],
    [0.85, ">", 0.85, "refused: auc 0.85, must be > 0.85"],
    [0.8501, ">", 0.85, "promoted: auc 0.8501 > 0.85"],
    [0.8499, ">=", 0.85, "refused: auc 0.8499, must be >= 0.85"],
    [0.85, ">=", 0.85, "promoted: auc 0.85 >= 0.85"],
    [0.8501, "<", 0.85, "refused: auc 0.8501, must be < 0.85"],
    [0.85, "<", 0.85, "refused: auc 0.85, must be < 0.85"],
    [0.8499, "<", 0.85, "promoted: auc 0.8499 < 0.85"],
    [0.8501, "<=", 0.85, "refused: auc 0.8501, must be <= 0.85"],
    [0.85, "<=", 0.85, "promoted: auc 0.85 <= 0.85"],
    [-20, ">", -10, "refused: auc -20, must be > -10"],
    [0, ">=", -0, "promoted: auc 0 >= 0"],
    [0.1 + 0.2, "<=", 0.3, "refused: auc 0.30000000000000004, must be <= 0.3"],
    // What MLflow keeps in the place of infinity, and what lies just below.
    [Number.MAX_VALUE, ">", 1, "inconclusive: auc Infinity, must be > 1"],
    [-Number.MAX_VALUE, "<", 1, "inconclusive: auc -Infinity, must be < 1"],
    [1.79e308, ">", 1, "promoted: auc 1.79e+308 > 1"],
  ])("%d %s %d", (value, comparison, bound, expected) => {
    expect(said(metric(comparison, bound), { auc: value })).toBe(expected);
  });

  const comparisons: readonly Comparison[] = [">", ">=", "<", "<="];
  const each = <T>(values: readonly T[]) =>
    comparisons.flatMap((comparison) => values.map((value) => ({ comparison, value })));

  test.each(
    each<number | string>([
      NaN,
      Infinity,
      -Infinity,
      "NaN",
      "Infinity",
      "0.9",
      "1e3",
      "null",
      "0.84 and 0.86",
    ]),
  )("$value $comparison 0.5 is inconclusive", ({ comparison, value }) => {
    expect(said(metric(comparison, 0.5), { auc: value })).toBe(
      `inconclusive: auc ${String(value)}, must be ${comparison} 0.5`,
    );
  });

  test("so is null, as an answer with a hole would have it", () => {
    const values = JSON.parse('{"auc": null}') as Values;
    expect(said(metric("<", 0.5), values)).toBe("inconclusive: auc missing, must be < 0.5");
  });

  test.each(each([NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE]))(
    "0.9 $comparison $value: a bound that is none never holds",
    ({ comparison, value }) => {
      expect(decide(policyOf([metric(comparison, value)]), measured({ auc: 0.9 })).outcome).toBe(
        "inconclusive",
      );
    },
  );

  test("an unknown comparison never holds", () => {
    const rule = JSON.parse(
      '{"kind": "metric", "metric": "auc", "comparison": "==", "bound": 0.9}',
    ) as Rule;
    expect(said(rule, { auc: 0.9 })).toBe("refused: auc 0.9, must be == 0.9");
  });

  test("an unknown kind of rule never holds, and is no measurement", () => {
    const unknown = JSON.parse('{"kind": "vibes", "metric": "auc"}') as Rule;
    const { outcome, reason, checks } = decide(
      policyOf([unknown, metric(">", 0)]),
      measured({ auc: 0.9 }),
    );
    expect(`${outcome}: ${reason}`).toBe(
      "inconclusive: a rule of an unknown kind missing, must be known",
    );
    expect(checks[0]).toMatchObject({ measured: null, bound: null, result: "unknown" });
    expect(said(unknown, { auc: 0.9 })).toBe("inconclusive: no rule measures the model");
  });

  test.each(["auc", "constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"])(
    "%s was never measured",
    (name) => {
      expect(said(metric(">", 0, name), { other: 1, AUC: 1, "auc ": 1 })).toBe(
        `inconclusive: ${name} missing, must be > 0`,
      );
    },
  );

  test("a metric may bear the name of what every object has", () => {
    const metrics = JSON.parse('{"__proto__": {"value": 0.9, "at": 0}}') as Run["metrics"];
    const candidate = versionOf("5", runOf({}, { metrics }));
    expect(decide(policyOf([metric(">", 0.5, "__proto__")]), factsOf(candidate)).reason).toBe(
      "__proto__ 0.9 > 0.5",
    );
  });
});

describe("a range, ends included", () => {
  test.each<[number | string, number, number, string]>([
    [0.1, 0.1, 0.3, "promoted: rate 0.1 from 0.1 to 0.3"],
    [0.3, 0.1, 0.3, "promoted: rate 0.3 from 0.1 to 0.3"],
    [0.2, 0.2, 0.2, "promoted: rate 0.2 from 0.2 to 0.2"],
    [0.09, 0.1, 0.3, "refused: rate 0.09, must be from 0.1 to 0.3"],
    [0.09999999999, 0.1, 0.3, "refused: rate 0.09999999999, must be from 0.1 to 0.3"],
    [0.30000000001, 0.1, 0.3, "refused: rate 0.30000000001, must be from 0.1 to 0.3"],
    [0.2, 0.3, 0.1, "refused: rate 0.2, must be from 0.3 to 0.1"],
    ["0.2", 0.1, 0.3, "inconclusive: rate 0.2, must be from 0.1 to 0.3"],
    [NaN, 0.1, 0.3, "inconclusive: rate NaN, must be from 0.1 to 0.3"],
    [Infinity, 0.1, 0.3, "inconclusive: rate Infinity, must be from 0.1 to 0.3"],
    [0.2, NaN, 0.3, "inconclusive: rate 0.2, must be from NaN to 0.3"],
    [0.2, 0.1, Infinity, "inconclusive: rate 0.2, must be from 0.1 to Infinity"],
  ])("%s from %d to %d", (rate, from, to, expected) => {
    expect(said({ kind: "range", metric: "rate", from, to }, { rate })).toBe(expected);
  });

  test("what was never measured lies in none", () => {
    expect(said({ kind: "range", metric: "rate", from: 0, to: 1 }, {})).toBe(
      "inconclusive: rate missing, must be from 0 to 1",
    );
  });
});
