import { Cron } from "croner";

const MINUTE = 60_000;
/** Two days of every quarter of an hour, so that every distance between two runs of a day comes up. */
const RUNS = 200;
/** Where counting starts; any day does. */
const START = new Date("2029-01-01T00:00:00Z");

const known = new Map<string, number | undefined>();

/**
 * The shortest time between two runs of a Quartz cron expression, in minutes; Infinity if it runs once
 * at most. Time zones are left out: where clocks are put forward, a day is an hour shorter.
 * @returns undefined for what is no Quartz cron expression.
 */
export function minutesBetweenRuns(expression: string): number | undefined {
  if (!known.has(expression)) known.set(expression, shortest(expression));
  return known.get(expression);
}

function shortest(expression: string): number | undefined {
  const fields = expression.trim().split(/\s+/).length;
  if (fields < 6 || fields > 7) return undefined;
  let cron: Cron;
  try {
    // Quartz numbers weekdays from Sunday as 1, and writes steps as 0/15.
    cron = new Cron(expression, {
      alternativeWeekdays: true,
      sloppyRanges: true,
      paused: true,
      utcOffset: 0,
    });
  } catch {
    return undefined;
  }
  let least = Infinity;
  let previous = cron.nextRun(START);
  for (let run = 1; run < RUNS && previous !== null && least > 1; run++) {
    const next = cron.nextRun(previous);
    if (next === null) break;
    least = Math.min(least, (next.getTime() - previous.getTime()) / MINUTE);
    previous = next;
  }
  return least;
}
