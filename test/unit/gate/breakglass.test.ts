import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts, Version } from "../../../components/gate/decision/facts";
import type { Breakglass, MetricRule, Policy } from "../../../components/gate/decision/rule";
import {
  championWith,
  factsOf,
  HOUR,
  measured,
  policyOf,
  runOf,
  timeFromNow,
  versionOf,
} from "./decisionScene";

const AUC: MetricRule = { kind: "metric", metric: "auc", comparison: ">", bound: 0.85 };
const EXPIRES = timeFromNow(HOUR);
const glass = (other: Partial<Breakglass> = {}): Partial<Policy> => ({
  breakglass: {
    version: "5",
    reason: "the endpoint is down",
    by: "ann",
    expires: EXPIRES,
    ...other,
  },
});

const said = (policy: Policy, facts: Facts): string => {
  const { outcome, ground, reason } = decide(policy, facts);
  return `${outcome} (${String(ground)}): ${reason}`;
};
const broken = `promoted (breakglass): breakglass by ann until ${EXPIRES}: the endpoint is down; `;

describe("breakglass lets one version through", () => {
  const candidate = versionOf("5", runOf({ auc: 0.7 }));
  const rejected: Version = {
    ...versionOf("5", runOf({ auc: 0.9 })),
    rejection: {
      fingerprint: "as measured",
      metrics: [],
      by: "bob",
      at: EXPIRES,
      reason: "nonsense",
    },
  };
  const step = { percent: 10, minRequests: 1, rules: [AUC] };
  const baseline = championWith({ auc: 0.8 });

  test.each<[string, Partial<Policy>, Facts, string]>([
    ["that is refused", {}, factsOf(candidate), "auc 0.7, must be > 0.85"],
    ["that nothing is known of", {}, measured({}), "auc missing, must be > 0.85"],
    ["that somebody rejected", {}, factsOf(rejected), `rejected by bob at ${EXPIRES}: nonsense`],
    [
      "without the signature asked for",
      { signature: "compatible" },
      measured({ auc: 0.9 }),
      "signature missing, must be there",
    ],
    [
      "that waits for a canary",
      { canary: [step] },
      measured({ auc: 0.9 }, { baseline }),
      "auc 0.9 > 0.85",
    ],
    [
      "whose canary is at a step that is none",
      { canary: [step] },
      measured({ auc: 0.9 }, { baseline, canary: { version: "5", step: 7, since: EXPIRES } }),
      "there is no canary step 7",
    ],
  ])("%s", (_, policy, facts, reason) => {
    expect(said(policyOf([AUC], { ...policy, ...glass() }), facts)).toBe(broken + reason);
  });

  test("at once, and with what the rules said", () => {
    const policy = policyOf([AUC], { canary: [step], ...glass() });
    const verdict = decide(policy, factsOf(candidate, { baseline }));
    expect(verdict).toMatchObject({
      outcome: "promoted",
      canary: null,
      checks: [{ name: "auc", result: "failed" }],
    });
  });

  test("is not what a promotion rests on that needs none", () => {
    expect(said(policyOf([AUC], glass()), measured({ auc: 0.9 }))).toBe(
      "promoted (rules): auc 0.9 > 0.85",
    );
  });

  test("promotes nothing in a dry run", () => {
    const { outcome, ground, reason } = decide(
      policyOf([AUC], { ...glass(), dryRun: true }),
      factsOf(candidate),
    );
    expect({ outcome, ground }).toEqual({ outcome: "refused", ground: null });
    expect(reason).toMatch(/^dry run, would be promoted: breakglass by ann /);
  });
});

describe("breakglass does not help", () => {
  const refused = "refused (null): auc 0.7, must be > 0.85";

  test.each<[string, Partial<Breakglass>, string]>([
    ["another version", { version: "6" }, refused],
    ["without a reason", { reason: "" }, refused],
    ["with blanks for a reason", { reason: " " }, refused],
    ["without a name", { by: "" }, refused],
    ["with blanks for a name", { by: "\t" }, refused],
    [
      "once it has expired",
      { expires: timeFromNow(-1) },
      `${refused}; the breakglass of ann expired at 2026-11-21T11:59:59.999Z`,
    ],
    [
      "at the moment it expires",
      { expires: timeFromNow(0) },
      `${refused}; the breakglass of ann expired at 2026-11-21T12:00:00.000Z`,
    ],
    [
      "if it never does",
      { expires: "never" },
      `${refused}; the breakglass of ann expired at never`,
    ],
    [
      "if it expires in a year that is no time",
      { expires: "9999" },
      `${refused}; the breakglass of ann expired at 9999`,
    ],
  ])("%s", (_, other, expected) => {
    expect(said(policyOf([AUC], glass(other)), measured({ auc: 0.7 }))).toBe(expected);
  });

  test("until the last millisecond it does", () => {
    const policy = policyOf([AUC], glass({ expires: timeFromNow(1) }));
    expect(decide(policy, measured({ auc: 0.7 })).outcome).toBe("promoted");
  });

  test("an expiry in another zone is the same moment", () => {
    const policy = policyOf([AUC], glass({ expires: "2026-11-21T12:30:00.5+01:00" }));
    expect(decide(policy, measured({ auc: 0.7 })).outcome).toBe("refused");
  });

  const run = runOf({ auc: 0.9 });
  test.each<[string, Policy, Facts, string]>([
    ["no candidate", policyOf([AUC]), factsOf(null), "waiting"],
    [
      "a contradiction",
      policyOf([AUC]),
      factsOf(versionOf("5", run), { contradictions: ["two"] }),
      "error",
    ],
    ["no rules", policyOf([]), factsOf(versionOf("5", run)), "inconclusive"],
    [
      "a version that cannot be served",
      policyOf([AUC]),
      factsOf(versionOf("5", run, { status: "FAILED_REGISTRATION" })),
      "inconclusive",
    ],
    ["no run", policyOf([AUC]), factsOf(versionOf("5", null)), "inconclusive"],
    [
      "a run of something else",
      policyOf([AUC]),
      factsOf(versionOf("5", { ...run, experiment: "/x" })),
      "error",
    ],
    [
      "a metric logged twice",
      policyOf([AUC]),
      factsOf(versionOf("5", { ...run, ambiguous: ["auc"] })),
      "error",
    ],
    ["no clock", policyOf([AUC]), factsOf(versionOf("5", run), { at: -Infinity }), "error"],
  ])("where nobody knows what would be promoted: %s", (_, policy, facts, outcome) => {
    expect(decide({ ...policy, ...glass() }, facts)).toMatchObject({ outcome, ground: null });
  });
});
