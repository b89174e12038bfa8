import { decide } from "../../../components/gate/decision/decide";
import type { CanaryProgress, Facts, Run } from "../../../components/gate/decision/facts";
import type { CanaryStep, MetricRule, Policy } from "../../../components/gate/decision/rule";
import {
  championWith,
  factsOf,
  HOUR,
  logged,
  NOW,
  policyOf,
  runOf,
  versionOf,
} from "./decisionScene";

/** A rule on a metric. */
export const rule = (
  metric: string,
  comparison: MetricRule["comparison"],
  bound: number,
): MetricRule => ({
  kind: "metric",
  metric,
  comparison,
  bound,
});
/** A step of 100 requests or more, with few errors and fast answers. */
export const step = (percent: number, other: Partial<CanaryStep> = {}): CanaryStep => ({
  percent,
  minRequests: 100,
  rules: [rule("error_rate", "<=", 0.01), rule("latency_p95_ms", "<", 300)],
  ...other,
});

/** A good AUC, then these steps; 10 percent, then 50, unless said otherwise. */
export const policy = (...steps: CanaryStep[]): Policy =>
  policyOf([rule("auc", ">", 0.8)], { canary: steps.length > 0 ? steps : [step(10), step(50)] });

/** An hour ago. */
export const SINCE = NOW - HOUR;
/** Version 5 at a step, since {@link SINCE}. */
export const at = (index: number, other: Partial<CanaryProgress> = {}): CanaryProgress => ({
  version: "5",
  step: index,
  since: new Date(SINCE).toISOString(),
  ...other,
});

/** Version 5 on its way past version 3, with these measurements of its traffic, logged since it came to its step. */
export const facts = (
  canary: CanaryProgress | null,
  traffic: Record<string, number | string> = {},
  other: Partial<Run> = {},
): Facts => {
  const metrics = { ...logged({ auc: 0.9 }, SINCE - HOUR), ...logged(traffic, SINCE) };
  const candidate = versionOf("5", runOf({}, { metrics, ...other }));
  return factsOf(candidate, { baseline: championWith({ auc: 0.8 }), canary });
};
/** What was measured of the requests at a step. */
export const traffic = (percent: number, requests: number | string, errors?: number | string) => ({
  [`canary_${String(percent)}_requests`]: requests,
  [`canary_${String(percent)}_latency_p95_ms`]: 200,
  ...(errors === undefined ? {} : { [`canary_${String(percent)}_error_rate`]: errors }),
});

/** What people see of a decision: outcome, step and why. */
export const said = (given: Policy, about: Facts): string => {
  const { outcome, canary, reason } = decide(given, about);
  const where = canary === null ? "" : ` ${String(canary.step)} with ${String(canary.percent)} %`;
  return `${outcome}${where}: ${reason}`;
};
