import type * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { taskKey, taskValue } from "./jobTasks";
import { modelExperiment } from "./modelExperiment";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { RegisteredModel } from "./registeredModel";
import type { Stage } from "./stage";

/** Arguments of {@link VolumeTrainingJob}. */
export interface VolumeTrainingJobArgs {
  readonly platform: Platform;
  /** What the job registers a version of. It nominates none: see DeploymentJob. */
  readonly model: RegisteredModel;
  /**
   * Loads or trains: takes `--pkl-path`, `--experiment-path`, `--model-name`, `--commit`, `--volume-path`
   * and `--trusted-volume`; reports the task values `model_name` and `model_version`.
   */
  readonly file: string;
  /** Workspace path of the MLflow experiment, e.g. `/Shared/ml/iris`. */
  readonly experiment: string;
  /** Folder of the files to learn from. */
  readonly volumePath: string;
  /**
   * The volume whose pickled models may be loaded. Fixed, because loading a pickle runs it: whoever
   * may write to this volume may run code as the job.
   */
  readonly trustedVolume: string;
  /** Pickled model to register. @default none: trains one */
  readonly pklPath?: string | undefined;
}

/** The experiment, and the job that registers a version from a pickled model or from files of a volume. */
export class VolumeTrainingJob extends pulumi.ComponentResource {
  readonly experiment: databricks.MlflowExperiment;
  readonly stage: Stage;
  readonly job: PythonJob;
  /** The version that the job's task has registered, for later tasks of the same run. */
  readonly version: string;

  /** @throws pulumi.RunError for what {@link PythonJob} refuses. */
  constructor(name: string, args: VolumeTrainingJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:VolumeTrainingJob", name, {}, on(args.platform, opts));
    const { platform, model, file } = args;
    this.experiment = modelExperiment(`${name}-experiment`, platform, args.experiment, this);
    const parameters = {
      pkl_path: args.pklPath ?? "",
      experiment_path: args.experiment,
      model_name: model.fullName,
      commit: "",
    };
    this.stage = {
      tasks: [
        {
          file,
          arguments: { volume_path: args.volumePath, trusted_volume: args.trustedVolume },
          parameters: Object.keys(parameters),
        },
      ],
      parameters,
    };
    this.version = taskValue(taskKey({ file }), "model_version");
    this.job = new PythonJob(
      name,
      {
        platform,
        description: `Registers a version of ${model.fullName}, pickled or trained on ${args.volumePath}.`,
        ...this.stage,
      },
      { parent: this, dependsOn: [model, this.experiment] },
    );
    this.registerOutputs({ jobId: this.job.jobId, experimentId: this.experiment.id });
  }
}
