import { posix } from "node:path";
import type * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./platform";

/** One Python file of a job. */
export interface PythonTask {
  /** The file below `jobs/`, e.g. `churn/train.py`; its name without `.py` is the task's key. */
  readonly file: string;
  /** Arguments that are fixed, given as `--name value`. @default none */
  readonly arguments?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Names of job parameters that the file takes; given as `--name value` of the run. @default none */
  readonly parameters?: readonly string[];
  /** How often a failed task is tried again. @default 1 */
  readonly retries?: number;
  /** What must hold for it to run; it and all after it are excluded otherwise. @default nothing */
  readonly onlyIf?: Condition;
}

/** What a task before has reported; see the condition's own task, named after the value. */
export interface Condition {
  /** Key of the task that reports. */
  readonly task: string;
  /** Name of the task value, e.g. `champion_exists`. */
  readonly value: string;
  /** The text that it must be, e.g. `true`. */
  readonly is: string;
}

/** Another job that the last task starts, if a number it reported is above a bound. */
export interface FollowUp {
  /** Key of the task that starts it. */
  readonly key: string;
  /** The task value that is compared, e.g. `{ task: "check_drift", value: "drift_score" }`. */
  readonly when: { readonly task: string; readonly value: string; readonly above: number };
  readonly jobId: pulumi.Input<string>;
}

/** What the tasks of a job are made from. */
export interface JobTasksArgs {
  readonly platform: Platform;
  /** Run one after the other; each only if the one before succeeded. At least one. */
  readonly tasks: readonly PythonTask[];
  /** Job parameters with their defaults; all can be overridden when the job is run. @default none */
  readonly parameters?: Readonly<Record<string, pulumi.Input<string>>>;
  /** @default none */
  readonly followUp?: FollowUp;
  /** A run that takes longer is ended, seconds. @default 3600 */
  readonly timeoutSeconds?: number;
}

/** The job's one environment, which every task runs in. */
export const ENVIRONMENT_KEY = "default";

type TaskArgs = databricks.types.input.JobTask & { readonly taskKey: string };

/**
 * The tasks of a job, each after the one before, in the order of their keys: the provider sends them
 * so, and sees another order as a change:
 * https://github.com/databricks/terraform-provider-databricks/blob/v1.126.0/jobs/resource_job.go
 * @throws pulumi.RunError for no task, two of one key, a file or a parameter that does not exist.
 */
export function tasksOf(job: string, args: JobTasksArgs): TaskArgs[] {
  if (args.tasks.length === 0) throw new pulumi.RunError(`The job ${job} has no tasks.`);
  const tasks = [
    ...args.tasks.flatMap((task, index) => taskOf(job, task, args, args.tasks[index - 1])),
    ...(args.followUp === undefined ? [] : followUpTasks(args.followUp)),
  ].sort((a, b) => (a.taskKey < b.taskKey ? -1 : 1));
  const twice = tasks.find(({ taskKey }, index) => tasks[index - 1]?.taskKey === taskKey);
  if (twice === undefined) return tasks;
  throw new pulumi.RunError(
    `The job ${job} has two tasks with the key '${twice.taskKey}'; ` +
      `a file's name is its task's key: ${args.tasks.map(({ file }) => file).join(", ")}.`,
  );
}

/** The task, after the condition that it has. */
function taskOf(
  job: string,
  task: PythonTask,
  args: JobTasksArgs,
  previous: PythonTask | undefined,
): TaskArgs[] {
  const after = previous === undefined ? [] : [{ taskKey: taskKey(previous) }];
  const { onlyIf } = task;
  if (onlyIf === undefined) return [runOf(task, args, after)];
  if (!args.tasks.slice(0, args.tasks.indexOf(task)).some((one) => taskKey(one) === onlyIf.task)) {
    throw new pulumi.RunError(
      `Task '${taskKey(task)}' of ${job} waits for what '${onlyIf.task}' reports, ` +
        "which is no task before it.",
    );
  }
  const condition: TaskArgs = {
    taskKey: onlyIf.value,
    dependsOns: after,
    conditionTask: { left: taskValue(onlyIf.task, onlyIf.value), op: "EQUAL_TO", right: onlyIf.is },
  };
  return [condition, runOf(task, args, [{ taskKey: onlyIf.value, outcome: "true" }])];
}

function runOf(
  task: PythonTask,
  args: JobTasksArgs,
  dependsOns: NonNullable<TaskArgs["dependsOns"]>,
): TaskArgs {
  return {
    taskKey: taskKey(task),
    dependsOns,
    environmentKey: ENVIRONMENT_KEY,
    maxRetries: task.retries ?? 1,
    minRetryIntervalMillis: 10_000,
    retryOnTimeout: false,
    timeoutSeconds: args.timeoutSeconds ?? 3600,
    sparkPythonTask: {
      pythonFile: args.platform.tasks.path(task.file),
      parameters: commandLine(task, args.parameters ?? {}),
    },
  };
}

/** The key of a task: its file's name, `iris/training.py` → `training`. */
export function taskKey({ file }: Pick<PythonTask, "file">): string {
  return posix.basename(file, ".py");
}

/** What a task of the same run has reported: https://docs.databricks.com/aws/en/jobs/task-values */
export function taskValue(task: string, value: string): string {
  return `{{tasks.${task}.values.${value}}}`;
}

/** A job parameter of the run. */
export function jobParameter(name: string): string {
  return `{{job.parameters.${name}}}`;
}

/** https://docs.databricks.com/aws/en/jobs/conditional-tasks */
function followUpTasks({ key, when, jobId }: FollowUp): TaskArgs[] {
  const condition = `${when.value}_above_bound`;
  return [
    {
      taskKey: condition,
      dependsOns: [{ taskKey: when.task }],
      conditionTask: {
        left: taskValue(when.task, when.value),
        op: "GREATER_THAN",
        right: String(when.above),
      },
    },
    {
      taskKey: key,
      dependsOns: [{ taskKey: condition, outcome: "true" }],
      runJobTask: { jobId: pulumi.output(jobId).apply(Number) },
    },
  ];
}

/** @throws pulumi.RunError for a parameter that the job does not have. */
function commandLine(task: PythonTask, declared: object): pulumi.Input<string>[] {
  const parameters = (task.parameters ?? []).map((name): [string, string] => {
    if (Object.hasOwn(declared, name)) return [name, jobParameter(name)];
    throw new pulumi.RunError(
      `Task '${taskKey(task)}' takes the parameter '${name}', ` +
        `which is not one of the job's: ${Object.keys(declared).join(", ")}.`,
    );
  });
  return [...Object.entries(task.arguments ?? {}), ...parameters].flatMap(([name, value]) => [
    `--${name.replaceAll("_", "-")}`,
    value,
  ]);
}
