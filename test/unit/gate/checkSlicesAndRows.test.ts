import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Comparison, Rule } from "../../../components/gate/decision/rule";
import { measured, policyOf } from "./decisionScene";

type Values = Parameters<typeof measured>[0];

const said = (rule: Rule, values: Values): string => {
  const { outcome, reason } = decide(policyOf([rule]), measured(values));
  return `${outcome}: ${reason}`;
};

describe("the worst of several", () => {
  const slices = (comparison: Comparison, bound: number, ...metrics: string[]): Rule => ({
    kind: "slices",
    metrics,
    comparison,
    bound,
  });

  test.each<[Comparison, number, Values, string]>([
    [">", 0.8, { north: 0.9, south: 0.81 }, "promoted: lowest of north, south 0.81 > 0.8"],
    [">", 0.8, { north: 0.9, south: 0.8 }, "refused: lowest of north, south 0.8, must be > 0.8"],
    [">=", 0.8, { north: 0.8, south: 0.9 }, "promoted: lowest of north, south 0.8 >= 0.8"],
    ["<", 0.2, { north: 0.1, south: 0.2 }, "refused: highest of north, south 0.2, must be < 0.2"],
    ["<=", 0.2, { north: 0.1, south: 0.2 }, "promoted: highest of north, south 0.2 <= 0.2"],
    [
      "<=",
      0.2,
      { north: 0.1 },
      "inconclusive: highest of north, south south missing, must be <= 0.2",
    ],
    [
      ">",
      0.8,
      { north: "NaN", south: 0.9 },
      "inconclusive: lowest of north, south north NaN, must be > 0.8",
    ],
    [
      ">",
      0.8,
      { north: 0.1, south: Infinity },
      "inconclusive: lowest of north, south south Infinity, must be > 0.8",
    ],
    [
      ">",
      NaN,
      { north: 1, south: 1 },
      "inconclusive: lowest of north, south missing, must be > NaN",
    ],
  ])("%s %d of %j", (comparison, bound, values, expected) => {
    expect(said(slices(comparison, bound, "north", "south"), values)).toBe(expected);
  });

  test("of three, the one in the middle counts as well", () => {
    expect(said(slices(">", 0.8, "a", "b", "c"), { a: 0.9, b: 0.7, c: 0.9 })).toBe(
      "refused: lowest of a, b, c 0.7, must be > 0.8",
    );
  });

  test("is no more than a metric if there is one, and nothing if there is none", () => {
    expect(said(slices(">", 0.8, "north"), { north: 0.9 })).toMatch(/^inconclusive: /);
    expect(said(slices("<", 0.8), {})).toMatch(/^inconclusive: /);
  });
});

describe("rows", () => {
  const rows = (atLeast: number) =>
    policyOf([
      { kind: "rows", metric: "val_rows", atLeast },
      { kind: "metric", metric: "auc", comparison: ">", bound: 0 },
    ]);

  test.each<[number | string, number, string]>([
    [1000, 1000, "promoted: val_rows 1000 >= 1000; auc 0.9 > 0"],
    [999, 1000, "refused: val_rows 999, must be >= 1000"],
    ["many", 1000, "inconclusive: val_rows many, must be >= 1000"],
    [1000, NaN, "inconclusive: val_rows 1000, must be >= NaN"],
  ])("%s of %d", (value, atLeast, expected) => {
    const { outcome, reason } = decide(rows(atLeast), measured({ auc: 0.9, val_rows: value }));
    expect(`${outcome}: ${reason}`).toBe(expected);
  });
});
