import * as pulumi from "@pulumi/pulumi";
import { Cron } from "croner";

/**
 * Checks a Quartz cron expression as Databricks takes it: six or seven fields, seconds first,
 * Sunday is 1, and exactly one of day-of-month and day-of-week is `?`.
 * https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html
 * @returns why it is not allowed, or undefined if it is.
 */
export function quartzProblem(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length < 6 || fields.length > 7) {
    return `it has ${fields.length} fields; Quartz has 6 or 7: second minute hour day month weekday [year]`;
  }
  const [day, weekday] = [fields[3], fields[5]];
  if ((day === "?") === (weekday === "?")) {
    return "exactly one of day-of-month (4th) and day-of-week (6th) must be ?";
  }
  try {
    new Cron(expression, { alternativeWeekdays: true, paused: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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
