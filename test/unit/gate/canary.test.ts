import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import { at, facts, policy, rule, said, SINCE, traffic } from "./canaryScene";
import { HOUR, policyOf, timeFromNow } from "./decisionScene";

describe("a candidate goes through the steps", () => {
  test("to the first one, once the rules hold", () => {
    expect(decide(policy(), facts(null))).toMatchObject({
      outcome: "canary",
      reason: "auc 0.9 > 0.8",
      ground: null,
      canary: { step: 0, percent: 10 },
      checks: [{ name: "auc" }],
    });
  });

  test("to the first one, whatever another version has reached", () => {
    expect(said(policy(), facts(at(1, { version: "4" }), traffic(50, 900, 0)))).toBe(
      "canary 0 with 10 %: auc 0.9 > 0.8",
    );
  });

  test.each<[string, number, ReturnType<typeof traffic>, string]>([
    [
      "nothing measured yet",
      0,
      {},
      "canary 0 with 10 %: canary 10 % requests missing, must be >= 100; canary 10 % error_rate missing, must be <= 0.01; canary 10 % latency_p95_ms missing, must be < 300",
    ],
    [
      "too few requests",
      0,
      traffic(10, 99, 0),
      "canary 0 with 10 %: canary 10 % requests 99, must be >= 100",
    ],
    [
      "too few requests, all of them errors",
      0,
      traffic(10, 99, 1),
      "canary 0 with 10 %: canary 10 % requests 99, must be >= 100; canary 10 % error_rate 1, must be <= 0.01",
    ],
    [
      "requests that are no number",
      0,
      traffic(10, "NaN", 0),
      "canary 0 with 10 %: canary 10 % requests NaN, must be >= 100",
    ],
    [
      "a rule unmeasured",
      0,
      traffic(10, 100),
      "canary 0 with 10 %: canary 10 % error_rate missing, must be <= 0.01",
    ],
    [
      "the first step passed",
      0,
      traffic(10, 100, 0.01),
      "canary 1 with 50 %: auc 0.9 > 0.8; canary 10 % requests 100 >= 100; canary 10 % error_rate 0.01 <= 0.01; canary 10 % latency_p95_ms 200 < 300",
    ],
    [
      "another step's measurements",
      1,
      traffic(10, 100, 0),
      "canary 1 with 50 %: canary 50 % requests missing, must be >= 100; canary 50 % error_rate missing, must be <= 0.01; canary 50 % latency_p95_ms missing, must be < 300",
    ],
    [
      "the last step passed",
      1,
      traffic(50, 100, 0),
      "promoted: auc 0.9 > 0.8; canary 50 % requests 100 >= 100; canary 50 % error_rate 0 <= 0.01; canary 50 % latency_p95_ms 200 < 300",
    ],
    [
      "a rule failed",
      0,
      traffic(10, 100, 0.011),
      "refused: canary 10 % error_rate 0.011, must be <= 0.01",
    ],
    [
      "a rule failed at last",
      1,
      traffic(50, 100, 1),
      "refused: canary 50 % error_rate 1, must be <= 0.01",
    ],
    [
      "a rule failed, another unmeasured",
      0,
      { ...traffic(10, 100), canary_10_latency_p95_ms: 300 },
      "refused: canary 10 % latency_p95_ms 300, must be < 300",
    ],
  ])("%s", (_, index, measured, expected) => {
    expect(said(policy(), facts(at(index), measured))).toBe(expected);
  });

  test("a promotion and a refusal keep all that was measured", () => {
    const names = [
      "auc",
      "canary 50 % requests",
      "canary 50 % error_rate",
      "canary 50 % latency_p95_ms",
    ];
    for (const errors of [0, 1]) {
      const { checks, ground } = decide(policy(), facts(at(1), traffic(50, 100, errors)));
      expect(checks.map(({ name }) => name)).toEqual(names);
      expect(ground).toBe(errors === 0 ? "rules" : null);
    }
  });

  test("what was measured before it came to the step says nothing", () => {
    const late = at(1, { since: new Date(SINCE + 1).toISOString() });
    expect(said(policy(), facts(late, traffic(50, 100, 0)))).toMatch(
      /^canary 1 with 50 %: canary 50 % requests missing/,
    );
    expect(said(policy(), facts(late, traffic(50, 100, 1)))).toMatch(/^canary 1 with 50 %: /);
  });

  test("the rules before the canary must still hold on the way", () => {
    const worse = { ...facts(at(1), { ...traffic(50, 100, 0), auc: 0.7 }) };
    expect(said(policy(), worse)).toBe("refused: auc 0.7, must be > 0.8");
  });
});

describe("no canary", () => {
  test("for a first model", () => {
    expect(said(policy(), { ...facts(null), baseline: null })).toBe("promoted: auc 0.9 > 0.8");
  });

  test("for what is champion", () => {
    const promotedAt = timeFromNow(-HOUR);
    expect(said(policy(), { ...facts(null), promotedAt })).toBe("promoted: auc 0.9 > 0.8");
  });

  test("where no step is asked for", () => {
    expect(said(policyOf([rule("auc", ">", 0.8)]), facts(at(0)))).toBe("promoted: auc 0.9 > 0.8");
  });
});
