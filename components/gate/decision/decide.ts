/*
 * The decision, and nothing else: no clock, no network, and no imports but of its own pure parts. The
 * provider runs this very function at update that the program ran at preview, so the two can only differ
 * when the facts do.
 */
import { canaryState } from "./canary";
import { describeCheck, type Check, type Subject } from "./check";
import { checkRule, isAbsolute } from "./checkRule";
import type { Facts, Run, Version } from "./facts";
import { isFiniteNumber, isPast, shownTime, timeOf } from "./measured";
import type { Policy } from "./rule";
import { SIGNATURE, checkSignature } from "./signature";

export type { Check } from "./check";

/**
 * - `waiting`: no version is nominated yet.
 * - `canary`: what can be measured beforehand holds; the candidate answers a share of the traffic first.
 * - `promoted`: every rule holds; the only outcome that moves the alias.
 * - `refused`: measured, and at least one rule does not hold.
 * - `inconclusive`: something needed for the decision is missing or is not a finite number.
 * - `error`: what was answered contradicts itself, or is evidence of something else.
 * - `superseded`: another version was nominated or promoted since the preview; only an update says so.
 */
export type Outcome =
  "waiting" | "canary" | "promoted" | "refused" | "inconclusive" | "error" | "superseded";

/** The outcome with its reasons, in words and in numbers. */
export interface Verdict {
  readonly outcome: Outcome;
  /** One line for people, e.g. `val_auc_roc 0.84, must be > 0.85`. */
  readonly reason: string;
  readonly checks: readonly Check[];
  /** What a promotion rests on; null if there is none. */
  readonly ground: "rules" | "breakglass" | "rollback" | null;
  /** The share of the traffic that the candidate answers from now on; null if it is on no canary. */
  readonly canary: { readonly step: number; readonly percent: number } | null;
}

/** Decides whether the candidate may become champion. Fails closed: what is not proven is not promoted. */
export function decide(policy: Policy, facts: Facts): Verdict {
  const verdict = judge(policy, facts);
  if (!policy.dryRun || (verdict.outcome !== "promoted" && verdict.outcome !== "canary")) {
    return verdict;
  }
  return says("refused", `dry run, would be ${verdict.outcome}: ${verdict.reason}`, verdict.checks);
}

/** A verdict that promotes nothing. */
export function says(
  outcome: Exclude<Outcome, "promoted" | "canary">,
  reason: string,
  checks: readonly Check[] = [],
): Verdict {
  return { outcome, reason, checks, ground: null, canary: null };
}

function judge(policy: Policy, facts: Facts): Verdict {
  const { candidate, contradictions } = facts;
  if (contradictions.length > 0) return says("error", contradictions.join("; "));
  if (candidate === null) return says("waiting", "no version is nominated");
  if (!isFiniteNumber(facts.at)) return says("error", "nobody knows what time it is");
  const { run } = candidate;
  if (run === null || run.deleted) return withoutRun(policy, candidate);
  const subject = { policy, facts, candidate, run };
  const checks = checksOf(subject);
  const lacking = incomplete(policy, candidate);
  if (lacking !== undefined) return says("inconclusive", lacking, checks);
  const wrong = notEvidence(policy, run, facts.at);
  if (wrong !== undefined) return says("error", wrong, checks);
  const verdict = judgeChecks(subject, checks);
  return verdict.outcome === "promoted" ? verdict : throughBreakglass(subject, verdict);
}

function checksOf(subject: Subject): Check[] {
  const { policy, facts, run } = subject;
  const signature = checkSignature(run.signature, facts.baseline);
  return [
    ...policy.rules.map((rule) => checkRule(rule, subject)),
    ...(policy.signature === "any" ? [] : [signature]),
  ];
}

function withoutRun(policy: Policy, candidate: Version): Verdict {
  const lacking = incomplete(policy, candidate);
  if (lacking !== undefined) return says("inconclusive", lacking);
  const what = candidate.run === null ? "is not there" : "was deleted";
  return says("inconclusive", `run ${String(candidate.runId)} ${what}, so there are no metrics`);
}

/** What is missing before any rule can be asked. */
function incomplete({ rules }: Policy, { status, runId }: Version): string | undefined {
  if (rules.length === 0) return "no rules are set";
  if (!rules.some((rule) => isAbsolute(rule) || rule.kind === "champion")) {
    return "no rule measures the model";
  }
  if (status !== "READY") return `the version is ${status}`;
  return runId === null || runId === "" ? "the version has no run, so no metrics" : undefined;
}

/** Why what was logged says nothing about this model. */
function notEvidence({ experiment }: Policy, run: Run, now: number): string | undefined {
  if (run.experiment === null || run.experiment !== experiment) {
    return `run ${run.id} belongs to ${run.experiment ?? "an unknown experiment"}, not to ${experiment}`;
  }
  const [ambiguous] = run.ambiguous;
  if (ambiguous !== undefined) {
    return `${ambiguous} was logged more than once with different values`;
  }
  for (const [name, { at }] of Object.entries(run.metrics)) {
    if (!isFiniteNumber(at)) return `${name} was logged at no known time`;
    if (!isPast(at, now)) {
      return `${name} was logged in the future, ${shownTime(at)}`;
    }
  }
  return undefined;
}

function judgeChecks(subject: Subject, checks: readonly Check[]): Verdict {
  const { candidate, facts, policy } = subject;
  const { rejection } = candidate;
  if (rejection !== null && rejection.fingerprint === candidate.fingerprint) {
    const { by, at, reason } = rejection;
    return says("refused", `rejected by ${by} at ${at}: ${reason}`, checks);
  }
  const failed = checks.filter(({ result }) => result !== "passed");
  if (failed.length > 0) {
    const unknown = failed.some(({ result }) => result !== "failed");
    return says(unknown ? "inconclusive" : "refused", told(failed), checks);
  }
  if (facts.baseline === null && !policy.rules.some(isAbsolute)) {
    return says("inconclusive", "a first model needs a bound: there is no champion yet", checks);
  }
  return judgeCanary(subject, checks);
}

function judgeCanary(subject: Subject, before: readonly Check[]): Verdict {
  const canary = canaryState(subject);
  const promoted: Verdict = {
    outcome: "promoted",
    // That callers can go on as before is no news.
    reason: told(before.filter(({ name }) => name !== SIGNATURE)),
    checks: before,
    ground: "rules",
    canary: null,
  };
  if (canary === undefined) return promoted;
  const { state, step, percent } = canary;
  const checks = [...before, ...canary.checks];
  if (state === "invalid") {
    return says("error", `there is no canary step ${String(step)}`, before);
  }
  if (state === "failed") {
    const failed = canary.checks.filter(({ result }) => result === "failed");
    return says("refused", told(failed), checks);
  }
  if (state === "passed") return { ...promoted, checks, reason: told(checks) };
  const missing = canary.checks.filter(({ result }) => result !== "passed");
  const why = missing.length > 0 ? told(missing) : told(checks);
  return {
    ...promoted,
    outcome: "canary",
    reason: why,
    checks,
    ground: null,
    canary: { step, percent },
  };
}

/** Lets a version through that a person has named, gives a reason for, and for a limited time. */
function throughBreakglass({ policy, facts, candidate }: Subject, verdict: Verdict): Verdict {
  const { breakglass } = policy;
  if (breakglass?.version !== candidate.version) return verdict;
  const { by, reason, expires } = breakglass;
  if (by.trim() === "" || reason.trim() === "") return verdict;
  const end = timeOf(expires);
  if (!(facts.at < end)) {
    return {
      ...verdict,
      reason: `${verdict.reason}; the breakglass of ${by} expired at ${expires}`,
    };
  }
  return {
    ...verdict,
    outcome: "promoted",
    reason: `breakglass by ${by} until ${expires}: ${reason}; ${verdict.reason}`,
    ground: "breakglass",
    canary: null,
  };
}

const told = (checks: readonly Check[]): string => checks.map(describeCheck).join("; ");
