import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  decide,
  type Candidate,
  type Comparison,
  type MetricRule,
} from "../../../components/gate/decide";

const names = fc.constantFrom("auc", "loss", "constructor");
// Few distinct numbers, so that values meet their bounds; and what no gate may take for a number.
const numbers = fc.oneof(
  fc.constantFrom(-1, -0, 0, 0.5, 0.8499, 0.85, 0.8501, 1, Number.MIN_VALUE, Number.MAX_VALUE),
  fc.double({ min: -2, max: 2, noNaN: true }),
);
const notNumbers = fc.constantFrom(NaN, Infinity, -Infinity);
const measurements = fc.oneof(
  { weight: 6, arbitrary: numbers },
  { weight: 1, arbitrary: notNumbers },
  { weight: 1, arbitrary: fc.constantFrom("NaN", "Infinity", "0.9", "") },
);
const rules = fc.array(
  fc.record<MetricRule>({
    metric: names,
    comparison: fc.constantFrom<Comparison>(">", ">=", "<", "<="),
    bound: fc.oneof({ weight: 9, arbitrary: numbers }, { weight: 1, arbitrary: notNumbers }),
  }),
  { maxLength: 4 },
);
const candidates = fc.option(
  fc.record<Candidate>({
    version: fc.constantFrom("1", "2"),
    status: fc.oneof(
      { weight: 5, arbitrary: fc.constant("READY") },
      { weight: 1, arbitrary: fc.constantFrom("PENDING_REGISTRATION", "FAILED_REGISTRATION", "") },
    ),
    runId: fc.option(fc.constant("run"), { freq: 6 }),
    metrics: fc.dictionary(names, measurements, { noNullPrototype: false }),
  }),
  { freq: 9 },
);

/**
 * The oracle: the product's promise in other words. A version is promoted only if somebody can point
 * at a finite measurement for each of at least one rule, and none of them lies on the wrong side.
 */
function mayBePromoted(candidate: Candidate | null, given: readonly MetricRule[]): boolean {
  if (!candidate?.runId || candidate.status !== "READY" || given.length < 1) return false;
  const logged = new Map<string, unknown>(Object.entries(candidate.metrics));
  // The signs of (measured − bound) that each comparison allows; a NaN sign is in no list.
  const allowed: Record<Comparison, readonly number[]> = {
    ">": [1],
    ">=": [1, 0],
    "<": [-1],
    "<=": [-1, 0],
  };
  return !given.some(({ metric, comparison, bound }) => {
    const measured = logged.get(metric);
    if (typeof measured !== "number") return true;
    if (![measured, bound].every((x) => x > -Number.MAX_VALUE && x < Number.MAX_VALUE)) return true;
    const sign = measured === bound ? 0 : Math.sign(measured - bound);
    return !allowed[comparison].includes(sign);
  });
}

const runs = { numRuns: 10_000 };

test("promoted exactly where an oracle of its own would promote", () => {
  const seen = { promoted: 0, not: 0 };
  fc.assert(
    fc.property(candidates, rules, (candidate, given) => {
      const expected = mayBePromoted(candidate, given);
      seen[expected ? "promoted" : "not"]++;
      expect(decide(candidate, given).outcome === "promoted").toBe(expected);
    }),
    runs,
  );
  // Both sides must have been tried often, or the property above says little.
  expect(seen.promoted).toBeGreaterThan(200);
  expect(seen.not).toBeGreaterThan(200);
});

test("adding a rule never turns a candidate that was not promoted into one that is", () => {
  fc.assert(
    fc.property(candidates, rules, rules, fc.nat(4), (candidate, given, more, at) => {
      fc.pre(given.length > 0 && more.length > 0);
      const longer = [...given.slice(0, at), ...more, ...given.slice(at)];
      const before = decide(candidate, given).outcome;
      const after = decide(candidate, longer).outcome;
      if (before !== "promoted") expect(after).not.toBe("promoted");
    }),
    { numRuns: 2000 },
  );
});

test("the same facts give the same verdict, whatever their order, and nothing is changed", () => {
  fc.assert(
    fc.property(candidates, rules, (candidate, given) => {
      const before = JSON.stringify([candidate, given]);
      const first = decide(candidate, given);
      expect(decide(candidate, given)).toEqual(first);
      const reversed = candidate && {
        ...candidate,
        metrics: Object.fromEntries(Object.entries(candidate.metrics).reverse()),
      };
      expect(decide(reversed, given)).toEqual(first);
      expect(decide(candidate, [...given].reverse()).outcome).toBe(first.outcome);
      expect(JSON.stringify([candidate, given])).toBe(before);
    }),
    { numRuns: 2000 },
  );
});

test("every rule has its check, and a verdict never contradicts its checks", () => {
  fc.assert(
    fc.property(candidates, rules, (candidate, given) => {
      const { outcome, checks, reason } = decide(candidate, given);
      expect(reason).not.toBe("");
      if (candidate === null) return;
      expect(
        checks.map(({ metric, comparison, bound }) => ({ metric, comparison, bound })),
      ).toEqual(given);
      if (outcome === "promoted") expect(checks.every((check) => check.passed)).toBe(true);
      if (outcome === "refused") expect(checks.some((check) => !check.passed)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
