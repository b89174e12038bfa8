import {
  boundFor,
  choices,
  comparisonFor,
  distanceFor,
  distinct,
  metricName,
  positive,
  refused,
  tagName,
} from "./ruleArguments";
import type {
  AgeRule,
  ApprovalRule,
  ChampionRule,
  Comparison,
  MetricRule,
  RangeRule,
  RowsRule,
  SlicesRule,
  TagRule,
} from "./decision/rule";

/*
 * The rules of a gate, by name. What could never or always hold ends the program with one sentence, before
 * anything is previewed (`pulumi.RunError`).
 */

/** The metric must be strictly greater than `bound`. */
export const above = (metric: string, bound: number): MetricRule => threshold(metric, ">", bound);

/** The metric must be `bound` or more. */
export const atLeast = (metric: string, bound: number): MetricRule =>
  threshold(metric, ">=", bound);

/** The metric must be strictly less than `bound`. */
export const below = (metric: string, bound: number): MetricRule => threshold(metric, "<", bound);

/** The metric must be `bound` or less. */
export const atMost = (metric: string, bound: number): MetricRule => threshold(metric, "<=", bound);

/** The metric must lie between `from` and `to`, both included. */
export function between(metric: string, from: number, to: number): RangeRule {
  const range: RangeRule = {
    kind: "range",
    metric: metricName(metric),
    from: boundFor(metric, from, "lower end for"),
    to: boundFor(metric, to, "upper end for"),
  };
  if (from > to) {
    throw refused(`lower end for ${metric}`, String(from), `not exceed the upper end, ${to}`);
  }
  return range;
}

/**
 * The worst of two or more metrics, such as one per region, must hold: the lowest for `>` and `>=`, the
 * highest for `<` and `<=`. If one of them was not measured, the rule is not met.
 */
export function worstOf(
  metrics: readonly string[],
  comparison: Comparison,
  bound: number,
): SlicesRule {
  const names = metrics.map(metricName);
  if (names.length < 2) {
    throw refused("number of metrics to take the worst of", String(names.length), "be 2 or more");
  }
  distinct("metric among those to take the worst of", names);
  comparisonFor(`the worst of ${names.join(", ")}`, comparison);
  for (const name of names) boundFor(name, bound);
  return { kind: "slices", metrics: names, comparison, bound };
}

/** How a candidate is held against the champion. */
export interface AgainstChampion {
  /** Which values of the metric are better; higher ones unless said otherwise. */
  readonly better?: "higher" | "lower";
  /** Whether `by` is a share of the champion's absolute value; in the metric's own unit unless said otherwise. */
  readonly relative?: boolean;
}

/** On the same rows, the candidate may be worse than the champion by `by` at most; 0: no worse at all. */
export function maxRegression(
  metric: string,
  by: number,
  against: AgainstChampion = {},
): ChampionRule {
  // Subtracted from 0, because the negative of 0 would be -0, which compares and prints otherwise.
  return compared(metric, 0 - distanceFor(metric, by, against.relative ?? false), against);
}

/** On the same rows, the candidate must be better than the champion by `by` at least. */
export function minImprovement(
  metric: string,
  by: number,
  against: AgainstChampion = {},
): ChampionRule {
  return compared(metric, 0 + distanceFor(metric, by, against.relative ?? false), against);
}

/** The version must carry the tag, with one of the values if any are named. */
export function tagged(tag: string, ...values: string[]): TagRule {
  return { kind: "tag", tag: tagName(tag), values: choices(`value asked of tag ${tag}`, values) };
}

/**
 * Somebody must have approved the version by setting the tag to their name; one of `approvers` if any are
 * named. Who may set tags on the model's versions is for Unity Catalog's grants to say.
 */
export function approvedBy(tag: string, ...approvers: string[]): ApprovalRule {
  return { kind: "approval", tag: tagName(tag), approvers: choices("approver", approvers) };
}

/** The approvals file of the repository must name the version; by one of `approvers` if any are named. */
export function approvedInFile(...approvers: string[]): ApprovalRule {
  return { kind: "approval", tag: null, approvers: choices("approver", approvers) };
}

/** What the rules measure must be no older than this when the version is promoted; days and hours add up. */
export function maxAge(age: { readonly days?: number; readonly hours?: number }): AgeRule {
  return {
    kind: "age",
    maxHours: positive("age allowed, in hours,", (age.days ?? 0) * 24 + (age.hours ?? 0)),
  };
}

/** The candidate must have been measured on `rows` rows or more, as the metric counts them. */
export function minRows(rows: number, metric = "val_rows"): RowsRule {
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw refused(`least ${metric}`, String(rows), "be a whole number, 1 or more");
  }
  return { kind: "rows", metric: metricName(metric), atLeast: rows };
}

function threshold(metric: string, comparison: Comparison, bound: number): MetricRule {
  return { kind: "metric", metric: metricName(metric), comparison, bound: boundFor(metric, bound) };
}

function compared(metric: string, change: number, against: AgainstChampion): ChampionRule {
  return {
    kind: "champion",
    metric: metricName(metric),
    better: against.better ?? "higher",
    change,
    relative: against.relative ?? false,
  };
}
