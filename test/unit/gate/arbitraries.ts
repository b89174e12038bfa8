import * as fc from "fast-check";
import type { Facts, Run, Version } from "../../../components/gate/decision/facts";
import type { CanaryStep, Policy, Rule } from "../../../components/gate/decision/rule";
import { anyOf, rarely, type Draw } from "./arbitraryDraws";
import { runOf } from "./arbitraryRuns";
import { ruleOf } from "./arbitraryRules";
import { columns } from "./arbitrarySignatures";
import { NOW, pastTimes, texts } from "./arbitraryTimes";

/*
 * Policies and facts for the gate's properties. Most of each is as it should be, so that many candidates
 * may be promoted; every part is odd now and then, and values meet their bounds.
 */

/** What a gate decides on. */
export interface Scene {
  readonly policy: Policy;
  readonly facts: Facts;
}

/** A policy, and what registry and tracking server might say to it. */
export const scenes: fc.Arbitrary<Scene> = fc.gen().map((draw) => {
  const policy = policyOf(draw);
  return { policy, facts: factsOf(draw, policy) };
});

/** A rule by itself, to add to others. */
export const anotherRule: fc.Arbitrary<Rule> = fc.gen().map((draw) => ruleOf(draw));

function policyOf(draw: Draw): Policy {
  const steps = anyOf(draw, 0, 0, 0, 1, 2);
  return {
    rules: Array.from({ length: rarely(draw) ? 0 : anyOf(draw, 1, 2, 3, 4) }, () => ruleOf(draw)),
    experiment: "/ml/churn",
    signature: anyOf(draw, "any", "compatible", "compatible"),
    canary: [10, 50].slice(0, steps).map((percent) => stepOf(draw, percent)),
    breakglass: anyOf(draw, false, false, false, true)
      ? {
          version: anyOf(draw, "5", "5", "5", "4"),
          reason: rarely(draw) ? "" : "the endpoint is down",
          by: rarely(draw) ? "" : "ann",
          expires: anyOf(draw, ...FUTURE, ...FUTURE, ...pastTimes),
        }
      : null,
    approvals: Array.from({ length: anyOf(draw, 1, 1, 2, 0) }, () => ({
      version: rarely(draw) ? anyOf(draw, "4", "05", "") : "5",
      by: rarely(draw) ? anyOf(draw, "", "mallory") : anyOf(draw, "ann", "ann", "bob"),
      at: rarely(draw) ? anyOf(draw, ...texts) : anyOf(draw, ...pastTimes),
    })),
    dryRun: rarely(draw),
  };
}

const FUTURE = [
  "2026-11-21T12:00:00.001Z",
  "2026-11-22T00:00:00+01:00",
  "2027-01-01T00:00:00Z",
] as const;

const stepOf = (draw: Draw, percent: number): CanaryStep => ({
  percent,
  minRequests: rarely(draw) ? anyOf(draw, NaN, Infinity, 0) : anyOf(draw, 100, 1),
  rules: [
    { kind: "metric", metric: "error_rate", comparison: "<=", bound: 0.01 },
    { kind: "metric", metric: "auc", comparison: ">", bound: rarely(draw) ? NaN : 0.5 },
  ].slice(0, rarely(draw) ? 0 : anyOf(draw, 1, 2)) as CanaryStep["rules"],
});

function factsOf(draw: Draw, policy: Policy): Facts {
  const baseline = anyOf(draw, true, true, false)
    ? versionOf(draw, "3", runOf(draw, { policy, role: "baseline", signature: columns(draw) }))
    : null;
  const run = runOf(draw, {
    policy,
    role: "candidate",
    signature: columns(draw, baseline?.run?.signature),
    baseline: baseline?.run ?? null,
  });
  const promoted = anyOf(draw, false, false, false, true);
  return {
    at: rarely(draw) ? anyOf(draw, NaN, Infinity, -Infinity) : NOW,
    candidate: rarely(draw) ? null : versionOf(draw, "5", run),
    champion: promoted ? "5" : (baseline?.version ?? null),
    baseline,
    promotedAt: promoted ? anyOf(draw, ...pastTimes, ...pastTimes, ...texts) : null,
    canary: rarely(draw) ? null : progressOf(draw, policy.canary.length),
    contradictions: rarely(draw) ? ["two versions have the alias candidate"] : [],
  };
}

const progressOf = (draw: Draw, steps: number): Facts["canary"] => ({
  version: anyOf(draw, "5", "5", "5", "4"),
  step: rarely(draw)
    ? anyOf(draw, -1, 0.5, NaN, 2, Infinity)
    : anyOf(draw, steps - 1, steps - 1, 0),
  since: rarely(draw) ? anyOf(draw, ...texts) : "2026-11-21T11:00:00Z",
});

function versionOf(draw: Draw, version: string, run: Run): Version {
  const tags: [string, string][] = [
    ["risk", rarely(draw) ? anyOf(draw, "", "high", "Low") : "low"],
    ["approval", rarely(draw) ? anyOf(draw, "", "mallory") : anyOf(draw, "ann", "bob")],
  ];
  return {
    version,
    status: rarely(draw) ? anyOf(draw, "PENDING_REGISTRATION", "ready", "") : "READY",
    runId: rarely(draw) ? anyOf(draw, null, "") : run.id,
    run: rarely(draw) ? null : run,
    tags: Object.fromEntries(tags.filter(() => !rarely(draw))),
    fingerprint: "measured-1",
    rejection: anyOf(draw, false, false, false, false, true)
      ? {
          fingerprint: anyOf(draw, "measured-0", "measured-1"),
          metrics: [],
          reason: "predicted nonsense",
          by: "bob",
          at: "2026-11-20T00:00:00Z",
        }
      : null,
  };
}

/** The same plain data with the keys of every object the other way round; lists keep their order. */
export function withKeysReversed<T>(value: T): T;
export function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => withKeysReversed(each));
  if (typeof value !== "object" || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.reverse().map(([key, each]) => [key, withKeysReversed(each)]));
}

/** The same data, of which nothing can be changed. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
