import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts, Run, Version } from "../../../components/gate/decision/facts";
import type { ChampionRule } from "../../../components/gate/decision/rule";
import { championWith, factsOf, policyOf, runOf, versionOf } from "./decisionScene";

type Values = Parameters<typeof runOf>[0];

const rule = (change: number, other: Partial<ChampionRule> = {}): ChampionRule => ({
  kind: "champion",
  metric: "auc",
  better: "higher",
  change,
  relative: false,
  ...other,
});

const said = (asked: ChampionRule, facts: Facts): string => {
  const { outcome, reason } = decide(policyOf([asked]), facts);
  return `${outcome}: ${reason}`;
};

/** Candidate and champion on the same rows, with these values of the metric. */
const rows = (ours: number | string, theirs: number | string): Facts =>
  factsOf(versionOf("5", runOf({ auc: ours })), { baseline: championWith({ auc: theirs }) });

describe("how much better the candidate is", () => {
  test.each<[number, number, number, string]>([
    [0.87, 0.86, 0.01, "promoted: auc gain on v3 (0.86) 0.01 >= 0.01"],
    [0.86, 0.86, 0.01, "refused: auc gain on v3 (0.86) 0, must be >= 0.01"],
    [0.86, 0.86, 0, "promoted: auc gain on v3 (0.86) 0 >= 0"],
    [0.8599, 0.86, 0, "refused: auc gain on v3 (0.86) -0.0001, must be >= 0"],
    // As binary numbers these differ by a little more than 0.01.
    [0.85, 0.86, -0.01, "promoted: auc gain on v3 (0.86) -0.01 >= -0.01"],
    [0.3, 0.1, 0.2, "promoted: auc gain on v3 (0.1) 0.2 >= 0.2"],
    [0.8499, 0.86, -0.01, "refused: auc gain on v3 (0.86) -0.0101, must be >= -0.01"],
    [-20, -10, 0, "refused: auc gain on v3 (-10) -10, must be >= 0"],
    [1e-300, 5e-324, 0, "promoted: auc gain on v3 (5e-324) 1e-300 >= 0"],
  ])("%d against %d, must gain %d", (ours, theirs, change, expected) => {
    expect(said(rule(change), rows(ours, theirs))).toBe(expected);
  });

  test.each<[number, number, number, string]>([
    [9, 10, 1, "promoted: auc gain on v3 (10) 1 >= 1"],
    [10, 10, 1, "refused: auc gain on v3 (10) 0, must be >= 1"],
    [11, 10, -1, "promoted: auc gain on v3 (10) -1 >= -1"],
    [11.1, 10, -1, "refused: auc gain on v3 (10) -1.1, must be >= -1"],
    [-20, -10, 0, "promoted: auc gain on v3 (-10) 10 >= 0"],
  ])("where lower is better: %d against %d, must gain %d", (ours, theirs, change, expected) => {
    expect(said(rule(change, { better: "lower" }), rows(ours, theirs))).toBe(expected);
  });

  test.each<[number, number, number, string]>([
    [11, 10, 0.1, "promoted: auc relative gain on v3 (10) 0.1 >= 0.1"],
    [10.9, 10, 0.1, "refused: auc relative gain on v3 (10) 0.09, must be >= 0.1"],
    [0.855, 0.9, -0.05, "promoted: auc relative gain on v3 (0.9) -0.05 >= -0.05"],
    // Older versions of MLflow let this pass.
    [-20, -10, 0.1, "refused: auc relative gain on v3 (-10) -1, must be >= 0.1"],
    [-9, -10, 0.1, "promoted: auc relative gain on v3 (-10) 0.1 >= 0.1"],
    [1, 0, 0.1, "inconclusive: auc relative gain on v3 against 0, must be >= 0.1"],
    [1, -0, 0.1, "inconclusive: auc relative gain on v3 against 0, must be >= 0.1"],
    [1, 5e-324, 0.1, "inconclusive: auc relative gain on v3 (5e-324) Infinity, must be >= 0.1"],
  ])("as a share: %d against %d, must gain %d", (ours, theirs, change, expected) => {
    expect(said(rule(change, { relative: true }), rows(ours, theirs))).toBe(expected);
  });

  test("a direction that is none proves nothing", () => {
    const odd = JSON.parse('{"better": "more"}') as Partial<ChampionRule>;
    expect(said(rule(0, odd), rows(0.9, 0.8))).toMatch(/^inconclusive: /);
  });
});

describe("what is no number proves nothing", () => {
  test.each<[number | string, number | string, number, string]>([
    [NaN, 0.8, 0, "auc gain on v3 NaN, must be >= 0"],
    [Infinity, 0.8, 0, "auc gain on v3 Infinity, must be >= 0"],
    ["0.9", 0.8, 0, "auc gain on v3 0.9, must be >= 0"],
    [0.9, NaN, 0, "auc gain on v3 against NaN, must be >= 0"],
    [0.9, -Infinity, 0, "auc gain on v3 against -Infinity, must be >= 0"],
    [0.9, "0.8", 0, "auc gain on v3 against 0.8, must be >= 0"],
    [0.9, -Number.MAX_VALUE, 0, "auc gain on v3 against -1.7976931348623157e+308, must be >= 0"],
    [0.9, 0.8, NaN, "auc gain on v3 (0.8) 0.1, must be >= NaN"],
    [0.9, 0.8, -Infinity, "auc gain on v3 (0.8) 0.1, must be >= -Infinity"],
    [1.7e308, -1.7e308, 0, "auc gain on v3 (-1.7e+308) Infinity, must be >= 0"],
  ])("%s against %s, must gain %d", (ours, theirs, change, expected) => {
    expect(said(rule(change), rows(ours, theirs))).toBe(`inconclusive: ${expected}`);
  });

  test("nor does a metric that the candidate lacks", () => {
    const facts = factsOf(versionOf("5", runOf({})), { baseline: championWith({ auc: 0.8 }) });
    expect(said(rule(0), facts)).toBe("inconclusive: auc gain on v3 missing, must be >= 0");
  });

  test("an impossible change is none, even if there is no champion to compare with", () => {
    const bound = { kind: "metric", metric: "auc", comparison: ">", bound: 0 } as const;
    const facts = factsOf(versionOf("5", runOf({ auc: 0.9 })));
    expect(decide(policyOf([bound, rule(NaN)]), facts)).toMatchObject({
      outcome: "inconclusive",
      reason: "auc gain on the champion no champion yet, must be >= NaN",
    });
  });
});

describe("the champion's value is one on the same rows", () => {
  const candidate = (values: Values, other: Partial<Run>) => versionOf("5", runOf(values, other));
  const champion = championWith({ auc: 0.7 });
  const nothing =
    "inconclusive: auc gain on v3 against nothing measured on the same rows, must be >= 0";
  const beside = { auc: 0.9, champion_auc: 0.8 };

  test.each<[string, Version, Version, string]>([
    [
      "measured beside the candidate, if that was this champion",
      candidate(beside, { comparedWith: "3" }),
      champion,
      "promoted: auc gain on v3 (0.8) 0.1 >= 0",
    ],
    [
      "its own, if validation compared with another",
      candidate(beside, { comparedWith: "2" }),
      champion,
      "promoted: auc gain on v3 (0.7) 0.2 >= 0",
    ],
    [
      "its own, if validation compared with none",
      candidate(beside, { comparedWith: null }),
      champion,
      "promoted: auc gain on v3 (0.7) 0.2 >= 0",
    ],
    [
      "not its own, if validation says it compared and has no number",
      candidate({ auc: 0.9 }, { comparedWith: "3" }),
      champion,
      nothing,
    ],
    [
      "not on rows of another name",
      candidate(beside, { dataset: { name: "other", digest: "d1" } }),
      champion,
      nothing,
    ],
    [
      "not on rows of another digest",
      candidate(beside, { dataset: { name: "holdout", digest: "d2" } }),
      champion,
      nothing,
    ],
    [
      "not on rows that the candidate does not name",
      candidate(beside, { dataset: null }),
      champion,
      nothing,
    ],
    [
      "not on rows that the champion does not name",
      candidate(beside, {}),
      championWith({ auc: 0.7 }, { dataset: null }),
      nothing,
    ],
    [
      "not if neither names any",
      candidate(beside, { dataset: null }),
      championWith({ auc: 0.7 }, { dataset: null }),
      nothing,
    ],
    [
      "not of a deleted run",
      candidate(beside, {}),
      championWith({ auc: 0.7 }, { deleted: true }),
      nothing,
    ],
    ["not of a run that is gone", candidate(beside, {}), versionOf("3", null), nothing],
    ["not where it was not measured", candidate(beside, {}), championWith({}), nothing],
    [
      "not where it was logged twice",
      candidate(beside, {}),
      championWith({ auc: 0.7 }, { ambiguous: ["auc"] }),
      nothing,
    ],
  ])("%s", (_, version, baseline, expected) => {
    expect(said(rule(0), factsOf(version, { baseline }))).toBe(expected);
  });

  test("measured beside the candidate counts although the champion's own run is gone", () => {
    const facts = factsOf(candidate(beside, { comparedWith: "3" }), {
      baseline: versionOf("3", null),
    });
    expect(said(rule(0), facts)).toBe("promoted: auc gain on v3 (0.8) 0.1 >= 0");
  });
});
