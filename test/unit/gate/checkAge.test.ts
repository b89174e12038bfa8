import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts } from "../../../components/gate/decision/facts";
import type { Rule } from "../../../components/gate/decision/rule";
import {
  factsOf,
  HOUR,
  logged,
  NOW,
  policyOf,
  runOf,
  timeFromNow,
  versionOf,
} from "./decisionScene";

const AUC: Rule = { kind: "metric", metric: "auc", comparison: ">", bound: 0 };

/** What the rule says beside one on the metric, which holds. */
const said = (rule: Rule, facts: Facts): string => {
  const { outcome, checks } = decide(policyOf([rule, AUC]), facts);
  const { name, measured, required } = checks[0] ?? {};
  return `${outcome}: ${String(name)} ${String(measured)}, must be ${String(required)}`;
};

describe("the age of the evidence", () => {
  const day: Rule = { kind: "age", maxHours: 24 };
  const at = (when: number): Facts =>
    factsOf(versionOf("5", runOf({}, { metrics: logged({ auc: 0.9 }, when) })));

  test.each<[string, Rule, Facts, string]>([
    [
      "a day",
      day,
      at(NOW - 24 * HOUR),
      "promoted: evidence of 2026-11-20T12:00:00.000Z, must be at most 24 h old",
    ],
    [
      "a day and a millisecond",
      day,
      at(NOW - 24 * HOUR - 1),
      "refused: evidence of 2026-11-20T11:59:59.999Z, must be at most 24 h old",
    ],
    [
      "a clock ahead",
      day,
      at(NOW + 1000),
      "promoted: evidence of 2026-11-21T12:00:01.000Z, must be at most 24 h old",
    ],
    [
      "a limit that is none",
      { kind: "age", maxHours: NaN },
      at(NOW),
      "inconclusive: evidence of 2026-11-21T12:00:00.000Z, must be at most NaN h old",
    ],
    [
      "no limit",
      { kind: "age", maxHours: Infinity },
      at(NOW),
      "inconclusive: evidence of 2026-11-21T12:00:00.000Z, must be at most Infinity h old",
    ],
    [
      "a limit of nothing",
      { kind: "age", maxHours: 0 },
      at(NOW),
      "inconclusive: evidence of 2026-11-21T12:00:00.000Z, must be at most 0 h old",
    ],
    [
      "a limit below nothing",
      { kind: "age", maxHours: -1 },
      at(NOW + 300_000),
      "inconclusive: evidence of 2026-11-21T12:05:00.000Z, must be at most -1 h old",
    ],
  ])("%s", (_, rule, facts, expected) => {
    expect(said(rule, facts)).toBe(expected);
  });

  const mixed = (values: Record<string, number>): Facts => {
    const metrics = Object.entries(values).map(
      ([name, hours]) => [name, { value: 0.9, at: NOW - hours * HOUR }] as const,
    );
    const run = runOf({}, { metrics: Object.fromEntries(metrics) });
    return factsOf(versionOf("5", run));
  };
  const asked: readonly Rule[] = [
    { kind: "range", metric: "b", from: 0, to: 1 },
    { kind: "slices", metrics: ["c", "d"], comparison: ">", bound: 0 },
    { kind: "champion", metric: "e", better: "higher", change: 0, relative: false },
    { kind: "rows", metric: "f", atLeast: 0 },
  ];
  const fresh = { auc: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };

  test("all that rules name counts, and nothing else", () => {
    const verdict = decide(policyOf([AUC, ...asked, day]), mixed({ ...fresh, other: 99 }));
    expect(verdict.outcome).toBe("promoted");
  });

  test.each(Object.keys(fresh))("the oldest counts, if it is %s", (name) => {
    const verdict = decide(policyOf([AUC, ...asked, day]), mixed({ ...fresh, [name]: 25 }));
    expect(`${verdict.outcome}: ${verdict.reason}`).toBe(
      "refused: evidence of 2026-11-20T11:00:00.000Z, must be at most 24 h old",
    );
  });

  test("if one is missing nobody knows, and that is what is said", () => {
    const { reason } = decide(policyOf([AUC, ...asked, day]), mixed({ ...fresh, d: NaN }));
    expect(reason).toContain("logged at no known time");
    const others = Object.fromEntries(Object.entries(fresh).filter(([name]) => name !== "b"));
    const { outcome, checks } = decide(policyOf([AUC, ...asked, day]), mixed(others));
    expect(outcome).toBe("inconclusive");
    expect(checks.at(-1)).toMatchObject({ name: "evidence", measured: null, result: "unknown" });
  });

  test("a champion does not age out of its promotion", () => {
    const old = at(NOW - 90 * 24 * HOUR);
    const promotedAt = (when: string): string => said(day, { ...old, promotedAt: when });
    expect(promotedAt(timeFromNow(-89 * 24 * HOUR))).toMatch(/^promoted: /);
    expect(promotedAt(timeFromNow(-89 * 24 * HOUR + 1))).toMatch(/^refused: /);
    expect(promotedAt("some day")).toMatch(/^inconclusive: /);
  });
});
