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
  /** The share that it answers there; 0 if there is no such step. */
  readonly percent: number;
  /** Of the step that was measured; empty before the first. */
  readonly checks: readonly Check[];
}

/** How the candidate stands on its way through the policy's steps; undefined if it has none to take. */
export function canaryState({ policy, facts, candidate, run }: Subject): CanaryState | undefined {
  const { canary } = policy;
  const [first] = canary;
  if (first === undefined || facts.baseline === null || facts.promotedAt !== null) return undefined;
  const progress = facts.canary?.version === candidate.version ? facts.canary : null;
  if (progress === null) return { state: "going", step: 0, percent: first.percent, checks: [] };
  const { step } = progress;
  const at = canary[step];
  const since = timeOf(progress.since);
  if (at === undefined || !isStep(at) || Number.isNaN(since)) {
    return { state: "invalid", step, percent: 0, checks: [] };
  }
  const [requests, ...rules] = checkStep(at, since, run);
  const here = { step, percent: at.percent, checks: [requests, ...rules] };
  if (requests.result !== "passed") return { state: "going", ...here };
  if (rules.some(({ result }) => result === "failed")) return { state: "failed", ...here };
  if (rules.some(({ result }) => result === "unknown")) return { state: "going", ...here };
  const next = canary[step + 1];
  return next === undefined
    ? { state: "passed", ...here }
    : { ...here, state: "going", step: step + 1, percent: next.percent };
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
