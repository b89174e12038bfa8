import type * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import type { FeatureTable } from "./featureTable";
import type { GovernedTable } from "./governedTable";
import type { PythonTask } from "./jobTasks";
import { modelExperiment } from "./modelExperiment";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { RegisteredModel } from "./registeredModel";

/** Arguments of {@link TrainingJob}. */
export interface TrainingJobArgs {
  readonly platform: Platform;
  /** What the job registers a version of and nominates as `challenger`. */
  readonly model: RegisteredModel;
  /** Where features are looked up; a plain table if a task of this job computes them. */
  readonly features: FeatureTable | GovernedTable;
  /** Workspace path of the MLflow experiment, e.g. `/Shared/ml/customer-churn`. */
  readonly experiment: string;
  /** What runs before training, e.g. set-up: one after the other. @default nothing */
  readonly before?: readonly PythonTask[];
  /** Fits the model and registers a version; gets all job parameters. */
  readonly train: {
    readonly file: string;
    /** Full name of the table of labels. */
    readonly labels: string;
  };
  /**
   * Scores the new version on rows that training never saw, and logs `val_*` metrics to its run.
   * Training or this task nominates it.
   */
  readonly validate: {
    readonly file: string;
    /** Full name of the table of those rows. */
    readonly holdout: string;
    /**
     * What else the task is told, e.g. what training reports:
     * `{ version: "{{tasks.training.values.model_version}}" }`. @default nothing
     */
    readonly arguments?: PythonTask["arguments"];
  };
  /** Job parameters with their defaults, e.g. hyper-parameters; a run can override each. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Quartz cron in UTC. @default none: runs when started, or when drift is found */
  readonly cron?: string;
}

/** The experiment and the job that trains, validates and nominates a version. */
export class TrainingJob extends pulumi.ComponentResource {
  readonly experiment: databricks.MlflowExperiment;
  readonly job: PythonJob;
  readonly jobId: pulumi.Output<string>;

  /** @throws pulumi.RunError for an invalid cron expression, or for what {@link PythonJob} refuses. */
  constructor(name: string, args: TrainingJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:TrainingJob", name, {}, on(args.platform, opts));
    const { platform, model } = args;
    const schedule = args.cron === undefined ? {} : { cron: quartz(name, args.cron) };

    // Whoever starts a run says of which commit the sources are: a fixed one would change the job with each commit.
    const parameters: TrainingJobArgs["parameters"] = { ...args.parameters, commit: "" };

    this.experiment = modelExperiment(`${name}-experiment`, platform, args.experiment, this);
    this.job = new PythonJob(
      name,
      {
        platform,
        description: `Trains ${model.fullName}, validates it and nominates it as challenger.`,
        tasks: [
          ...(args.before ?? []),
          {
            file: args.train.file,
            arguments: {
              model: model.fullName,
              experiment: args.experiment,
              features: args.features.fullName,
              labels: args.train.labels,
            },
            parameters: Object.keys(parameters),
          },
          {
            file: args.validate.file,
            arguments: {
              model: model.fullName,
              holdout: args.validate.holdout,
              ...args.validate.arguments,
            },
          },
        ],
        parameters: Object.fromEntries(
          Object.entries(parameters).map(([key, value]) => [key, String(value)]),
        ),
        ...schedule,
      },
      { parent: this, dependsOn: [model, args.features, this.experiment] },
    );
    this.jobId = this.job.jobId;
    this.registerOutputs({ jobId: this.jobId, experimentId: this.experiment.id });
  }
}
