import { posix } from "node:path";
import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
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

/** Arguments of {@link PythonJob}. */
export interface PythonJobArgs {
  readonly platform: Platform;
  readonly description: string;
  /** Run one after the other; each only if the one before succeeded. */
  readonly tasks: readonly PythonTask[];
  /** Job parameters with their defaults; all can be overridden when the job is run. @default none */
  readonly parameters?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Quartz cron in UTC. @default none: runs when started */
  readonly cron?: string;
  /** @default none */
  readonly followUp?: FollowUp;
  /** A run that takes longer is ended, seconds. @default 3600 */
  readonly timeoutSeconds?: number;
}

const ENVIRONMENT_KEY = "default";
/** https://learn.microsoft.com/azure/databricks/release-notes/serverless/environment-version/ */
const ENVIRONMENT_VERSION = "4";

/** A serverless job of Python files, with who may see, run and change it. */
export class PythonJob extends pulumi.ComponentResource {
  /** The job. */
  readonly job: databricks.Job;
  readonly jobId: pulumi.Output<string>;

  /** @throws pulumi.RunError for an invalid cron expression, a file or a parameter that does not exist. */
  constructor(name: string, args: PythonJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:PythonJob", name, {}, opts);
    const { platform } = args;
    const cron = args.cron === undefined ? undefined : quartz(name, args.cron);

    this.job = new databricks.Job(
      `${name}-job`,
      {
        name,
        description: args.description,
        tags: platform.tags,
        maxConcurrentRuns: 1,
        queue: { enabled: true },
        timeoutSeconds: args.timeoutSeconds ?? 3600,
        health: { rules: [slowRun(args.timeoutSeconds ?? 3600)] },
        parameters: Object.entries(args.parameters ?? {}).map(([key, value]) => ({
          name: key,
          default: value,
        })),
        // The provider sends tasks in the order of their keys, and sees another order as a change:
        // https://github.com/databricks/terraform-provider-databricks/blob/v1.126.0/jobs/resource_job.go
        tasks: [
          ...args.tasks.map((task, index) => taskOf(task, args, args.tasks[index - 1])),
          ...(args.followUp === undefined ? [] : followUpTasks(args.followUp)),
        ].sort((a, b) => (a.taskKey < b.taskKey ? -1 : 1)),
        environments: [
          {
            environmentKey: ENVIRONMENT_KEY,
            spec: {
              environmentVersion: ENVIRONMENT_VERSION,
              dependencies: [...platform.jobs.dependencies],
            },
          },
        ],
        ...(cron === undefined
          ? {}
          : {
              schedule: {
                quartzCronExpression: cron,
                timezoneId: "UTC",
                pauseStatus: platform.jobs.pauseStatus,
              },
            }),
        ...(platform.jobs.runAs === undefined
          ? {}
          : { runAs: { servicePrincipalName: platform.jobs.runAs } }),
        ...(platform.jobs.notify.length === 0
          ? {}
          : { emailNotifications: { onFailures: [...platform.jobs.notify] } }),
      },
      { parent: this, dependsOn: [platform.tasks] },
    );
    this.jobId = this.job.id;

    new databricks.Permissions(
      `${name}-permissions`,
      {
        jobId: this.job.id,
        accessControls: [
          { groupName: platform.access.engineers, permissionLevel: "CAN_MANAGE" },
          { groupName: platform.access.users, permissionLevel: "CAN_MANAGE_RUN" },
        ],
      },
      { parent: this },
    );
    this.registerOutputs({ jobId: this.jobId });
  }
}

type TaskArgs = Extract<databricks.types.input.JobTask, object>;

function taskOf(task: PythonTask, args: PythonJobArgs, previous: PythonTask | undefined): TaskArgs {
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

/** Warns at half of the time that a run may take. */
function slowRun(timeoutSeconds: number): databricks.types.input.JobHealthRule {
  return {
    metric: "RUN_DURATION_SECONDS",
    op: "GREATER_THAN",
    value: Math.ceil(timeoutSeconds / 2),
  };
}
