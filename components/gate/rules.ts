import * as pulumi from "@pulumi/pulumi";
import type { Comparison, MetricRule } from "./decide";

/** The metric must be strictly greater than `bound`. */
export const above = (metric: string, bound: number): MetricRule => rule(metric, ">", bound);

/** The metric must be `bound` or more. */
export const atLeast = (metric: string, bound: number): MetricRule => rule(metric, ">=", bound);

/** The metric must be strictly less than `bound`. */
export const below = (metric: string, bound: number): MetricRule => rule(metric, "<", bound);

/** The metric must be `bound` or less. */
export const atMost = (metric: string, bound: number): MetricRule => rule(metric, "<=", bound);

/** Metrics that lie between 0 and 1 by definition; a bound outside could never or always hold. */
const UNIT_INTERVAL = /(^|_)(accuracy|f1|auc|auc_roc|roc_auc|precision|recall)$/;

function rule(metric: string, comparison: Comparison, bound: number): MetricRule {
  if (metric.trim() === "")
    throw new pulumi.RunError("A gate's rule needs the name of a metric; got an empty one.");
  if (!Number.isFinite(bound)) {
    throw new pulumi.RunError(
      `The bound for ${metric} is ${String(bound)}; it must be a finite number.`,
    );
  }
  if (UNIT_INTERVAL.test(metric) && (bound < 0 || bound > 1)) {
    throw new pulumi.RunError(
      `The bound for ${metric} is ${String(bound)}; it must lie between 0 and 1.`,
    );
  }
  return { metric, comparison, bound };
}
