import * as pulumi from "@pulumi/pulumi";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { Stage } from "./stage";

/** Arguments of {@link IngestionJob}. */
export interface IngestionJobArgs {
  readonly platform: Platform;
  /** Copies what is new: takes `--source-path`, `--volume-path` and `--checkpoint-path`. */
  readonly file: string;
  /** Folder to read: `/Volumes/…`, or on Databricks `abfss://…` in an external location. */
  readonly sourcePath: string;
  /** Folder of a volume that the files go to. */
  readonly volumePath: string;
  /** Folder of a volume that remembers what was read. */
  readonly checkpointPath: string;
  /** Quartz cron in UTC. @default none: runs when started */
  readonly cron?: string | undefined;
}

/** The job that brings new and changed files into a volume. Each of the three folders is a parameter. */
export class IngestionJob extends pulumi.ComponentResource {
  readonly stage: Stage;
  readonly job: PythonJob;

  /** @throws pulumi.RunError for what {@link PythonJob} refuses. */
  constructor(name: string, args: IngestionJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:IngestionJob", name, {}, on(args.platform, opts));
    const { platform, file, sourcePath, volumePath, checkpointPath, cron } = args;
    const parameters = {
      source_path: sourcePath,
      volume_path: volumePath,
      checkpoint_path: checkpointPath,
    };
    this.stage = { tasks: [{ file, parameters: Object.keys(parameters) }], parameters };
    this.job = new PythonJob(
      name,
      {
        platform,
        description: `Copies new and changed files from ${sourcePath} to ${volumePath}.`,
        ...this.stage,
        ...(cron === undefined ? {} : { cron }),
      },
      { parent: this },
    );
    this.registerOutputs({ jobId: this.job.jobId });
  }
}
