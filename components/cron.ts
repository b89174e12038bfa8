import * as pulumi from "@pulumi/pulumi";
import { Cron } from "croner";

/** The fields of a Quartz expression with the numbers that each takes. */
const FIELDS = [
  { name: "second", from: 0, to: 59 },
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day-of-month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12 },
  { name: "day-of-week", from: 1, to: 7 },
  { name: "year", from: 1970, to: 2099 },
] as const;

/**
 * Checks a Quartz cron expression as Databricks takes it: six or seven fields, seconds first,
 * Sunday is 1, and exactly one of day-of-month and day-of-week is `?`. Stricter than Quartz in three
 * forms that are rare: ranges that wrap (`FRI-MON`), `L-3`, and a bare `L` for Saturday.
 * https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html
 * @returns why it is not allowed, or undefined if it is.
 */
export function quartzProblem(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length < 6 || fields.length > 7) {
    return `it has ${fields.length} fields; Quartz has 6 or 7: second minute hour day month weekday [year]`;
  }
  const [day, weekday] = [fields[3], fields[5]];
  const blank = fields.filter((field) => field === "?").length;
  if (blank !== 1 || (day !== "?" && weekday !== "?")) {
    return "exactly one of day-of-month (4th) and day-of-week (6th) must be ?, and no other field";
  }
  const outside = fields.map((field, index) => outOfRange(field, index)).find(Boolean);
  if (outside !== undefined) return outside;
  try {
    // Quartz numbers weekdays from Sunday as 1, and writes steps as 0/15.
    new Cron(expression, { alternativeWeekdays: true, sloppyRanges: true, paused: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
  }
}

/** Steps (`/15`) and ordinals (`#2`) are not values of the field; the parser looks at those. */
function outOfRange(field: string, index: number): string | undefined {
  const range = FIELDS[index];
  if (range === undefined) return undefined;
  const { name, from, to } = range;
  const numbers = field.replace(/[/#]\d+/g, "").match(/\d+/g) ?? [];
  const found = numbers.find((text) => Number(text) < from || Number(text) > to);
  return found === undefined ? undefined : `${name} ${found} is not between ${from} and ${to}`;
}

/**
 * The expression itself, if it is allowed.
 * @throws pulumi.RunError naming the schedule and the expression.
 */
export function quartz(what: string, expression: string): string {
  const problem = quartzProblem(expression);
  if (problem === undefined) return expression;
  throw new pulumi.RunError(
    `The schedule of ${what} is '${expression}'; it must be a Quartz cron: ${problem}.`,
  );
}
