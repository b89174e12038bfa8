import { says, type Verdict } from "./decide";
import type { Facts } from "./facts";

/** An order to make an earlier champion champion again. */
export interface Rollback {
  /** Full name of the registered model. */
  readonly model: string;
  /** The version that is to serve again. */
  readonly to: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Decides whether an earlier champion may come back: it was promoted once, its evidence is whole, and nobody
 * has rejected it since. Today's rules are not asked: what served well yesterday may serve until there is better.
 * @param facts - With the version that is to come back as candidate.
 * @param evidence - What the registry holds of its promotion.
 */
export function decideRollback(
  { to, by, reason }: Omit<Rollback, "model">,
  { candidate, champion, contradictions }: Facts,
  evidence: "intact" | "broken" | "none",
): Verdict {
  if (contradictions.length > 0) return says("error", contradictions.join("; "));
  if (by.trim() === "" || reason.trim() === "") {
    return says("refused", "a rollback needs a reason and somebody who asks for it");
  }
  if (candidate?.version !== to) {
    return says("inconclusive", `there is no version ${to}`);
  }
  if (candidate.status !== "READY") {
    return says("inconclusive", `the version is ${candidate.status}`);
  }
  if (champion === to) return says("refused", "the version is champion already");
  if (evidence !== "intact") {
    const why = evidence === "none" ? "has never been champion" : "has evidence that was changed";
    return says("refused", `the version ${why}`);
  }
  const { rejection } = candidate;
  if (rejection !== null && rejection.fingerprint === candidate.fingerprint) {
    return says("refused", `rejected by ${rejection.by} at ${rejection.at}: ${rejection.reason}`);
  }
  return {
    outcome: "promoted",
    reason: `rollback from ${champion === null ? "no champion" : `v${champion}`} by ${by}: ${reason}`,
    checks: [],
    ground: "rollback",
    canary: null,
  };
}
