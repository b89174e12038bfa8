import type { TaskSettings } from "./task";

/** `{{a.b.c}}`, `{{a.`odd name`.c}}`: https://docs.databricks.com/en/jobs/dynamic-value-references.html */
const reference = /\{\{\s*([^{}]*?)\s*\}\}/g;
const part = /`([^`]+)`|([^.`]+)/y;

const clock = [
  "iso_weekday",
  "is_weekday",
  "iso_date",
  "iso_datetime",
  "year",
  "month",
  "day",
  "hour",
  "minute",
  "second",
  "timestamp_ms",
] as const;

type ClockPart = (typeof clock)[number];

/** What references are resolved from. */
export interface Values {
  readonly job: {
    readonly id: number;
    readonly name: string;
    readonly run_id: number;
    readonly repair_count: number;
    /** ms */
    readonly start_time: number;
    readonly trigger: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly task: {
    readonly name: string;
    readonly run_id: number;
    readonly execution_count: number;
  };
  readonly tasks: Readonly<
    Record<
      string,
      {
        readonly run_id: number | undefined;
        readonly result_state: string | undefined;
        readonly alert_state: string | undefined;
        readonly execution_count: number;
        readonly values: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly workspace: { readonly id: string; readonly url: string };
}

/** What a job offers to references, known before it runs. */
export interface Names {
  readonly parameters: readonly string[];
  readonly tasks: readonly string[];
  /** Those of the tasks that evaluate an alert. */
  readonly alertTasks: readonly string[];
}

/** Text with its references replaced. @throws Error naming a reference without a value */
export function resolve(text: string, values: Values): string {
  return text.replace(reference, (whole, inner: string) => {
    const value = lookUp(parts(inner), values);
    if (value === undefined) throw new Error(`The reference ${whole} has no value.`);
    return value;
  });
}

/**
 * The references in a text that nothing can ever resolve. Databricks leaves some of them as they are;
 * here they are refused, so that a misspelt one is seen before it runs.
 */
export function unknownReferences(text: string, names: Names): string[] {
  return [...text.matchAll(reference)]
    .filter(([, inner = ""]) => !isKnown(parts(inner), names))
    .map(([whole]) => whole);
}

/** All texts of a task that may hold references. */
export function textsOf(task: TaskSettings): string[] {
  return [
    ...(task.spark_python_task?.parameters ?? []),
    ...(task.condition_task ? [task.condition_task.left, task.condition_task.right] : []),
    ...Object.values(task.run_job_task?.job_parameters ?? {}),
    ...Object.values(task.alert_task?.parameters ?? {}),
  ];
}

function parts(inner: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < inner.length) {
    part.lastIndex = at;
    const match = part.exec(inner);
    if (match === null) return [];
    found.push(match[1] ?? match[2] ?? "");
    at = part.lastIndex;
    if (at < inner.length && inner[at] !== ".") return [];
    at += 1;
  }
  return found;
}

function isKnown(path: readonly string[], names: Names): boolean {
  const [space = "", first = "", second = "", third = ""] = path;
  const dotted = path.join(".");
  switch (space) {
    case "job":
      if (path.length === 3 && first === "parameters") return names.parameters.includes(second);
      if (path.length === 3 && first === "start_time") return isClockPart(second);
      return ["job.id", "job.name", "job.run_id", "job.repair_count", "job.trigger.type"].includes(
        dotted,
      );
    case "task":
      return ["task.name", "task.run_id", "task.execution_count"].includes(dotted);
    case "tasks":
      if (!names.tasks.includes(first)) return false;
      if (path.length === 4 && second === "values") return third !== "";
      if (path.length === 4 && second === "output")
        return third === "alert_state" && names.alertTasks.includes(first);
      return path.length === 3 && ["run_id", "result_state", "execution_count"].includes(second);
    case "workspace":
      return ["workspace.id", "workspace.url"].includes(dotted);
    default:
      return false;
  }
}

function lookUp(path: readonly string[], values: Values): string | undefined {
  const [space = "", first = "", second = "", third = ""] = path;
  const { job } = values;
  if (space === "job" && first === "parameters") return job.parameters[second];
  if (space === "job" && first === "start_time")
    return isClockPart(second) ? clockPart(job.start_time, second) : undefined;
  if (space === "tasks") {
    const task = values.tasks[first];
    if (second === "values") return task?.values[third];
    if (second === "output") return task?.alert_state;
    if (second === "run_id") return task?.run_id?.toString();
    if (second === "result_state") return task?.result_state?.toLowerCase();
    return second === "execution_count" ? task?.execution_count.toString() : undefined;
  }
  const plain: Record<string, string> = {
    "job.id": String(job.id),
    "job.name": job.name,
    "job.run_id": String(job.run_id),
    "job.repair_count": String(job.repair_count),
    "job.trigger.type": job.trigger.toLowerCase(),
    "task.name": values.task.name,
    "task.run_id": String(values.task.run_id),
    "task.execution_count": String(values.task.execution_count),
    "workspace.id": values.workspace.id,
    "workspace.url": values.workspace.url,
  };
  return plain[path.join(".")];
}

function isClockPart(name: string): name is ClockPart {
  return clock.some((known) => known === name);
}

/** Times are those of UTC. */
function clockPart(ms: number, name: ClockPart): string {
  const time = new Date(ms);
  const weekday = time.getUTCDay() === 0 ? 7 : time.getUTCDay();
  switch (name) {
    case "iso_weekday":
      return String(weekday);
    case "is_weekday":
      return String(weekday <= 5);
    case "iso_date":
      return time.toISOString().slice(0, 10);
    case "iso_datetime":
      return time.toISOString().slice(0, 19);
    case "year":
      return String(time.getUTCFullYear());
    case "month":
      return String(time.getUTCMonth() + 1);
    case "day":
      return String(time.getUTCDate());
    case "hour":
      return String(time.getUTCHours());
    case "minute":
      return String(time.getUTCMinutes());
    case "second":
      return String(time.getUTCSeconds());
    case "timestamp_ms":
      return String(ms);
  }
}
