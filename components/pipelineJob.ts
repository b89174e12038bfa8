import * as pulumi from "@pulumi/pulumi";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import { chained, type Stage } from "./stage";

/** Arguments of {@link PipelineJob}. */
export interface PipelineJobArgs {
  readonly platform: Platform;
  readonly description: string;
  /** What runs one after the other: the stages of the jobs that do each by itself. */
  readonly stages: readonly Stage[];
  /**
   * Arguments that the stages have fixed and the pipeline knows better, by name: what an earlier task
   * reports, e.g. `{ default_version: "{{tasks.training.values.model_version}}" }`. @default none
   */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Quartz cron in UTC. @default none: runs when started, or when drift is found */
  readonly cron?: string | undefined;
}

/** The job that takes a model through all of its stages. Each parameter of each stage is one of it. */
export class PipelineJob extends pulumi.ComponentResource {
  readonly job: PythonJob;
  readonly jobId: pulumi.Output<string>;

  /** @throws pulumi.RunError for what {@link chained} and {@link PythonJob} refuse. */
  constructor(name: string, args: PipelineJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:PipelineJob", name, {}, on(args.platform, opts));
    const { platform, description, stages, cron } = args;
    this.job = new PythonJob(
      name,
      {
        platform,
        description,
        ...chained(name, stages, args.arguments),
        ...(cron === undefined ? {} : { cron }),
      },
      { parent: this },
    );
    this.jobId = this.job.jobId;
    this.registerOutputs({ jobId: this.jobId });
  }
}
