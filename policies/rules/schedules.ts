import { minutesBetweenRuns } from "../cronGap";
import type { Finding, Resource, ResourceRule } from "../rule";
import { TYPES } from "../types";
import { UNKNOWN, at, each, shown, type Value } from "../values";

/** What runs by the clock, or all the time. */
interface Schedule {
  /** Where it stands in the resource, e.g. `schedule.quartzCronExpression`. */
  readonly where: string;
  /** What stands there. */
  readonly says: string;
  /** Minutes between two runs; undefined if what stands there cannot be read. */
  readonly minutes: number | undefined;
}

/** How often things run: each run has a bill. A schedule that is paused does not run. */
export const schedules: ResourceRule = {
  name: "schedules",
  description: "No schedule runs more often than the environment allows.",
  checkResource: (resource, { settings }) =>
    schedulesOf(resource).flatMap((schedule) =>
      findings(resource.name, schedule, settings.minimumMinutesBetweenRuns),
    ),
};

function findings(name: string, { where, says, minutes }: Schedule, minimum: number): Finding[] {
  if (minutes === undefined) {
    return [
      {
        found: `${name} has the schedule '${says}' in ${where}, which is no Quartz cron expression`,
        fix: "Write six fields: second minute hour day month weekday, such as 0 0 6 * * ?",
      },
    ];
  }
  if (minutes >= minimum) return [];
  const often = minutes === 0 ? "runs all the time" : `runs every ${inWords(minutes)}`;
  return [
    {
      found: `${name} ${often}: '${says}' in ${where}; the environment allows every ${minimum}`,
      fix:
        "Run it less often, pause it, or change minimumMinutesBetweenRuns in mlops-policies:rules " +
        "of the stack's configuration",
    },
  ];
}

const inWords = (minutes: number): string =>
  minutes === 1 ? "minute" : `${String(Number(minutes.toPrecision(2)))} minutes`;

function schedulesOf({ type, properties }: Resource): Schedule[] {
  switch (type) {
    case TYPES.alert:
      return cron(at(properties, "schedule"), "schedule", "quartzCronSchedule");
    case TYPES.monitor: {
      const where = "dataProfilingConfig.schedule";
      return cron(at(properties, "dataProfilingConfig", "schedule"), where);
    }
    case TYPES.job:
      return [
        ...cron(at(properties, "schedule"), "schedule"),
        ...continuous(at(properties, "continuous"), "continuous"),
        ...triggered(at(properties, "trigger"), "trigger"),
        ...each(properties, "triggers").flatMap((trigger, index) =>
          triggered(trigger, `triggers[${index}]`),
        ),
      ];
    default:
      return [];
  }
}

function triggered(trigger: Value, where: string): Schedule[] {
  if (isPaused(trigger)) return [];
  return [
    ...cron(at(trigger, "schedule"), `${where}.schedule`),
    ...continuous(at(trigger, "continuous"), `${where}.continuous`),
    ...periodic(at(trigger, "periodic"), `${where}.periodic`),
  ];
}

function continuous(block: Value, where: string): Schedule[] {
  if (block === null || block === UNKNOWN || isPaused(block)) return [];
  return [{ where, says: "continuous", minutes: 0 }];
}

const MINUTES = new Map<Value, number>([
  ["HOURS", 60],
  ["DAYS", 24 * 60],
  ["WEEKS", 7 * 24 * 60],
]);

function periodic(block: Value, where: string): Schedule[] {
  const interval = at(block, "interval");
  const unit = at(block, "unit");
  const minutes = MINUTES.get(unit);
  if (typeof interval !== "number" || minutes === undefined) return [];
  return [{ where, says: `${interval} ${shown(unit)}`, minutes: interval * minutes }];
}

function cron(block: Value, where: string, field = "quartzCronExpression"): Schedule[] {
  const says = at(block, field);
  if (typeof says !== "string" || says === "" || isPaused(block)) return [];
  return [{ where: `${where}.${field}`, says, minutes: minutesBetweenRuns(says) }];
}

/** What is not known to run does not: the update knows. */
function isPaused(block: Value): boolean {
  const status = at(block, "pauseStatus");
  return status === "PAUSED" || status === UNKNOWN;
}
