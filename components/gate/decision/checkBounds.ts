import type { Check, Subject } from "./check";
import type { Run } from "./facts";
import { holds, isFiniteNumber, measuredOf } from "./measured";
import type { Comparison, RangeRule, SlicesRule } from "./rule";

/** Holds a metric against a bound. @param label - What people read; the metric's name by default. */
export function checkBound(
  metric: string,
  metrics: Run["metrics"],
  comparison: Comparison,
  bound: number,
  label = metric,
): Check {
  const measured = measuredOf(metrics, metric)?.value ?? null;
  const known = isFiniteNumber(measured) && isFiniteNumber(bound);
  const result = known ? (holds(measured, comparison, bound) ? "passed" : "failed") : "unknown";
  return { name: label, measured, required: `${comparison} ${String(bound)}`, bound, result };
}

/** Holds a metric against both ends of a range. */
export function checkRange({ metric, from, to }: RangeRule, { run }: Subject): Check {
  const measured = measuredOf(run.metrics, metric)?.value ?? null;
  const known = isFiniteNumber(measured) && isFiniteNumber(from) && isFiniteNumber(to);
  const result = known ? (measured >= from && measured <= to ? "passed" : "failed") : "unknown";
  const required = `from ${String(from)} to ${String(to)}`;
  const bound = known && measured < from ? from : to;
  return { name: metric, measured, required, bound, result };
}

/** Holds the worst of several metrics against a bound; all must be there. */
export function checkSlices({ metrics, comparison, bound }: SlicesRule, { run }: Subject): Check {
  const upwards = comparison === ">" || comparison === ">=";
  const name = `${upwards ? "lowest" : "highest"} of ${metrics.join(", ")}`;
  const required = `${comparison} ${String(bound)}`;
  const values = metrics.map((metric) => ({ metric, ...measuredOf(run.metrics, metric) }));
  const numbers = values.map(({ value }) => value).filter(isFiniteNumber);
  const odd = values.find(({ value }) => !isFiniteNumber(value));
  if (odd !== undefined || metrics.length < 2 || !isFiniteNumber(bound)) {
    const measured = odd === undefined ? null : `${odd.metric} ${String(odd.value ?? "missing")}`;
    return { name, measured, required, bound, result: "unknown" };
  }
  const worst = upwards ? Math.min(...numbers) : Math.max(...numbers);
  const result = holds(worst, comparison, bound) ? "passed" : "failed";
  return { name, measured: worst, required, bound, result };
}
