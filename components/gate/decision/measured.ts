import type { Metric, Run } from "./facts";
import type { Comparison } from "./rule";

/** An own property only: a metric called "constructor" is not there just because objects have one. */
export function measuredOf(metrics: Run["metrics"], name: string): Metric | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}

/**
 * MLflow's SQL store keeps ±1.7976931348623157e308, the largest number there is, in the place of
 * infinity, which SQL cannot represent; nothing that was measured is as large.
 */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) < Number.MAX_VALUE;
}

/** Whether a comparison holds; one that nobody knows never does. */
export function holds(measured: number, comparison: Comparison, bound: number): boolean {
  switch (comparison) {
    case ">":
      return measured > bound;
    case ">=":
      return measured >= bound;
    case "<":
      return measured < bound;
    case "<=":
      return measured <= bound;
    default:
      return false;
  }
}

/** How far another machine's clock may be ahead, in milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Whether a time is one, and not ahead of `now` by more than clocks may differ. */
export const isPast = (time: number, now: number): boolean => time <= now + CLOCK_SKEW_MS;

/** Six digits, unless that would hide on which side of the bound the value lies. */
export function short(value: number, bound: number | null = null): string {
  if (Math.abs(value) >= Number.MAX_VALUE) return value > 0 ? "Infinity" : "-Infinity";
  const rounded = Number(value.toPrecision(6));
  const hides = bound !== null && Math.sign(rounded - bound) !== Math.sign(value - bound);
  return String(hides ? value : rounded);
}

/** A time for people; what is none stays the number that it is. */
export function shownTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of a time as RFC 3339 writes it, with its zone; NaN for any other text. */
export const timeOf = (text: string): number => (RFC_3339.test(text) ? Date.parse(text) : NaN);
