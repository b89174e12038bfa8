import * as pulumi from "@pulumi/pulumi";
import type { Comparison } from "./decision/rule";

/*
 * What the constructors of rules accept. Each function gives back what it was given, or ends the program
 * with one sentence that names the thing, its value and what is allowed (`pulumi.RunError`: no stack trace).
 */

/** Metrics that lie between 0 and 1 by definition; a bound outside could never or always hold. */
const UNIT_INTERVAL = /(^|_)(accuracy|f1|auc|auc_roc|roc_auc|precision|recall)$/;

const COMPARISONS: readonly Comparison[] = [">", ">=", "<", "<="];

/** A metric's name: not empty, and no blanks around it, which are never seen in a file. */
export function metricName(metric: string): string {
  if (metric.trim() === "") {
    throw new pulumi.RunError("A gate's rule needs the name of a metric; got an empty one.");
  }
  return unpadded(metric, "metric");
}

/** A bound that the metric can lie on either side of. `what` is "bound for", "lower end for" or the like. */
export function boundFor(metric: string, bound: number, what = "bound for"): number {
  finite(bound, `${what} ${metric}`);
  if (UNIT_INTERVAL.test(metric) && (bound < 0 || bound > 1)) {
    throw refused(`${what} ${metric}`, String(bound), "lie between 0 and 1");
  }
  return bound;
}

/** One of the four comparisons, also when the caller's compiler did not see to it. */
export function comparisonFor(metrics: string, comparison: Comparison): Comparison {
  if (COMPARISONS.includes(comparison)) return comparison;
  throw refused(`comparison for ${metrics}`, comparison, `be one of ${COMPARISONS.join(" ")}`);
}

/**
 * How far candidate and champion may or must lie apart: 0 or more, in the metric's unit (at most 1 if it lies
 * between 0 and 1), or as a share of the champion's value below 1, so that nobody writes 5 for 5 %.
 */
export function distanceFor(metric: string, by: number, relative: boolean): number {
  const what = `change allowed or asked for in ${metric}`;
  finite(by, what);
  if (by < 0) throw refused(what, String(by), "be 0 or more");
  if (relative && by >= 1) {
    throw refused(what, String(by), "be a share below 1, such as 0.05 for 5 %");
  }
  if (UNIT_INTERVAL.test(metric) && by > 1) throw refused(what, String(by), "be 1 or less");
  return by;
}

/**
 * A tag's name as Unity Catalog takes it: up to 255 characters, none of `. , - = / :`, no blanks around it.
 * https://docs.databricks.com/aws/en/database-objects/tags#constraints
 */
export function tagName(tag: string): string {
  if (tag.trim() === "") {
    throw new pulumi.RunError("A gate's rule needs the name of a tag; got an empty one.");
  }
  if (/[.,\-=/:]/.test(tag)) {
    throw refused(
      "tag",
      tag,
      "have none of the characters . , - = / : (Unity Catalog refuses them)",
    );
  }
  if (tag.length > 255) throw refused("tag", tag, "have at most 255 characters");
  return unpadded(tag, "tag");
}

/** Texts to choose from, such as a tag's values or people's names: each there, once, as a tag can hold it. */
export function choices(what: string, texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    if (text.trim() === "") throw refused(what, `'${text}'`, "not be empty");
    if (text.length > 1000) throw refused(what, text, "have at most 1000 characters");
    unpadded(text, what);
  }
  return distinct(what, texts);
}

/** Each text once. */
export function distinct(what: string, texts: readonly string[]): readonly string[] {
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw refused(what, twice, "be named once, and is named twice");
  return texts;
}

/** A length of time or a count: finite and more than 0. */
export function positive(what: string, value: number): number {
  finite(value, what);
  if (value <= 0) throw refused(what, String(value), "be more than 0");
  return value;
}

/** The refusal of an argument: "The bound for auc is 1.5; it must lie between 0 and 1." */
export function refused(what: string, value: string, must: string): pulumi.RunError {
  return new pulumi.RunError(`The ${what} is ${value}; it must ${must}.`);
}

function finite(value: number, what: string): void {
  if (!Number.isFinite(value)) throw refused(what, String(value), "be a finite number");
}

function unpadded(text: string, what: string): string {
  if (text !== text.trim()) throw refused(what, `'${text}'`, "have no blanks around it");
  return text;
}
