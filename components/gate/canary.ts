import type { Check, Subject } from "./check";
import { checkBound } from "./checkBounds";
import type { Run } from "./facts";
import { isFiniteNumber, measuredOf, timeOf } from "./measured";
import { canaryMetric } from "./metricNames";
import type { CanaryStep } from "./rule";

/** What the measurements of a candidate's traffic say. */
export interface CanaryState {
  /** `going`: the candidate answers the share of `step`; `invalid`: there is no such step. */
  readonly state: "passed" | "failed" | "going" | "invalid";
  /** Index of the step that the candidate is at after this decision. */
  readonly step: number;
  /** Of the step that was measured; empty before the first. */
  readonly checks: readonly Check[];
}

/** How the candidate stands on its way through the policy's steps; undefined if it has none to take. */
export function canaryState({ policy, facts, candidate, run }: Subject): CanaryState | undefined {
  const { canary } = policy;
  if (canary.length === 0 || facts.baseline === null || facts.promotedAt !== null) return undefined;
  const progress = facts.canary?.version === candidate.version ? facts.canary : null;
  if (progress === null) return { state: "going", step: 0, checks: [] };
  const { step } = progress;
  const at = Object.hasOwn(canary, step) ? canary[step] : undefined;
  const since = timeOf(progress.since);
  if (at === undefined || !isStep(at) || Number.isNaN(since)) {
    return { state: "invalid", step, checks: [] };
  }
  const [requests, ...rules] = checkStep(at, since, run);
  const checks = [requests, ...rules];
  if (requests.result !== "passed") return { state: "going", step, checks };
  if (rules.some(({ result }) => result === "failed")) return { state: "failed", step, checks };
  if (rules.some(({ result }) => result === "unknown")) return { state: "going", step, checks };
  return step + 1 < canary.length
    ? { state: "going", step: step + 1, checks }
    : { state: "passed", step, checks };
}

/** Without rules, or without requests to ask them of, anything would pass. */
const isStep = ({ rules, minRequests }: CanaryStep): boolean =>
  rules.length > 0 && isFiniteNumber(minRequests) && minRequests >= 1;

/** First whether there were enough requests; then the rules on them. */
function checkStep(
  { percent, minRequests, rules }: CanaryStep,
  since: number,
  run: Run,
): [Check, ...Check[]] {
  const fresh = (name: string): Run["metrics"] => {
    const metric = measuredOf(run.metrics, canaryMetric(percent, name));
    return metric?.at != null && metric.at >= since ? { [name]: metric } : {};
  };
  const label = (name: string): string => `canary ${String(percent)} % ${name}`;
  return [
    checkBound("requests", fresh("requests"), ">=", minRequests, label("requests")),
    ...rules.map(({ metric, comparison, bound }) =>
      checkBound(metric, fresh(metric), comparison, bound, label(metric)),
    ),
  ];
}
