import { Cron } from "croner";
import { invalid } from "../errors";

/**
 * The problem with a Quartz expression, if there is one. Quartz wants 6 or 7 fields, and exactly one of
 * day-of-month and day-of-week as `?`: http://www.quartz-scheduler.org/api/2.3.0/org/quartz/CronExpression.html
 */
export function quartzProblem(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6 && fields.length !== 7)
    return `it has ${fields.length} fields instead of 6 or 7 (seconds minutes hours day-of-month month day-of-week [year])`;
  const days = [fields[3], fields[5]].filter((field) => field === "?").length;
  if (days !== 1) return "exactly one of day-of-month and day-of-week must be '?'";
  if (fields.filter((field) => field === "?").length !== 1)
    return "only day-of-month or day-of-week can be '?'";
  try {
    quartz(expression, "UTC").stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
  }
}

/** Whether the IANA time zone is known. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Calls `fire` at the expression's times until stopped; without `fire` it only tells times. */
export function quartz(expression: string, timezone: string, fire?: () => void): Cron {
  const options = {
    timezone,
    alternativeWeekdays: true,
    // Quartz writes steps as `0/15`.
    sloppyRanges: true,
    unref: true,
    catch: (error: unknown) => {
      console.error(error);
    },
    paused: fire === undefined,
  };
  return fire === undefined ? new Cron(expression, options) : new Cron(expression, options, fire);
}

/** @throws ApiError INVALID_PARAMETER_VALUE that names the expression or the time zone */
export function checkSchedule(schedule: {
  quartz_cron_expression: string;
  timezone_id: string;
}): void {
  const problem = quartzProblem(schedule.quartz_cron_expression);
  if (problem !== undefined)
    throw invalid(
      `Invalid quartz_cron_expression: '${schedule.quartz_cron_expression}': ${problem}.`,
    );
  if (!isTimeZone(schedule.timezone_id))
    throw invalid(
      `Invalid timezone_id: '${schedule.timezone_id}' is not a time zone such as UTC or Europe/Berlin.`,
    );
}
