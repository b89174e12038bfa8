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
    ...args.tasks.map((task, index) => taskOf(task, args, args.tasks[index - 1])),
    ...(args.followUp === undefined ? [] : followUpTasks(args.followUp)),
  ].sort((a, b) => (a.taskKey < b.taskKey ? -1 : 1));
  const twice = tasks.find(({ taskKey }, index) => tasks[index - 1]?.taskKey === taskKey);
  if (twice === undefined) return tasks;
  throw new pulumi.RunError(
    `The job ${job} has two tasks with the key '${twice.taskKey}'; ` +
      `a file's name is its task's key: ${args.tasks.map(({ file }) => file).join(", ")}.`,
  );
}

function taskOf(task: PythonTask, args: JobTasksArgs, previous: PythonTask | undefined): TaskArgs {
  return {
    taskKey: keyOf(task),
    dependsOns: previous === undefined ? [] : [{ taskKey: keyOf(previous) }],
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

function keyOf(task: PythonTask): string {
  return posix.basename(task.file, ".py");
}

/** https://docs.databricks.com/aws/en/jobs/conditional-tasks */
function followUpTasks({ key, when, jobId }: FollowUp): TaskArgs[] {
  const condition = `${when.value}_above_bound`;
  return [
    {
      taskKey: condition,
      dependsOns: [{ taskKey: when.task }],
      conditionTask: {
        left: `{{tasks.${when.task}.values.${when.value}}}`,
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
    if (Object.hasOwn(declared, name)) return [name, `{{job.parameters.${name}}}`];
    throw new pulumi.RunError(
      `Task '${keyOf(task)}' takes the parameter '${name}', ` +
        `which is not one of the job's: ${Object.keys(declared).join(", ")}.`,
    );
  });
  return [...Object.entries(task.arguments ?? {}), ...parameters].flatMap(([name, value]) => [
    `--${name.replaceAll("_", "-")}`,
    value,
  ]);
}
