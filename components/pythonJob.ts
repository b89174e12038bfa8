import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import { ENVIRONMENT_KEY, tasksOf, type JobTasksArgs } from "./jobTasks";
import { on } from "./platform";

/** Arguments of {@link PythonJob}. */
export interface PythonJobArgs extends JobTasksArgs {
  readonly description: string;
  /** Quartz cron in UTC. @default none: runs when started */
  readonly cron?: string;
}

/** https://learn.microsoft.com/azure/databricks/release-notes/serverless/environment-version/ */
const ENVIRONMENT_VERSION = "4";

/** A serverless job of Python files, with who may see, run and change it. */
export class PythonJob extends pulumi.ComponentResource {
  /** The job. */
  readonly job: databricks.Job;
  readonly jobId: pulumi.Output<string>;
  /** What the workspace calls it: the component's name, after the environment's prefix. */
  readonly jobName: string;

  /**
   * @throws pulumi.RunError for no task or two of one key, an invalid cron expression, a file or a
   * parameter that does not exist.
   */
  constructor(name: string, args: PythonJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:PythonJob", name, {}, on(args.platform, opts));
    const { platform } = args;
    const cron = args.cron === undefined ? undefined : quartz(name, args.cron);
    const tasks = tasksOf(name, args);
    this.jobName = platform.resourceName(name);

    this.job = new databricks.Job(
      `${name}-job`,
      {
        name: this.jobName,
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
        tasks,
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

/** Warns at half of the time that a run may take. */
function slowRun(timeoutSeconds: number): databricks.types.input.JobHealthRule {
  return {
    metric: "RUN_DURATION_SECONDS",
    op: "GREATER_THAN",
    value: Math.ceil(timeoutSeconds / 2),
  };
}
