import * as pulumi from "@pulumi/pulumi";
import { taskKey, taskValue, type Condition, type PythonTask } from "./jobTasks";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { RegisteredModel } from "./registeredModel";
import type { Stage } from "./stage";

/** A task of the deployment, with what it needs beside the model and its version. */
export type DeploymentTask = Pick<PythonTask, "file" | "arguments">;

/** Arguments of {@link DeploymentJob}. */
export interface DeploymentJobArgs {
  readonly platform: Platform;
  readonly model: RegisteredModel;
  /**
   * Measures a version and logs `val_*` metrics to its run: takes `--model-name`, `--model-version`
   * and `--default-version`, and reports the version that it took as `model_version`.
   */
  readonly evaluate: DeploymentTask;
  /** Fails, with the reason, unless the version is approved: takes `--above` and `--approver`. */
  readonly approve: Pick<DeploymentTask, "file">;
  /** Nominates the version as `challenger`, and reports whether there is a `champion_exists`. */
  readonly deploy: DeploymentTask;
  /** What each metric must exceed; at least one. */
  readonly above: Readonly<Record<string, number>>;
  /**
   * Who approves: good figures are enough, or a person has to set the version's tag `approval` to
   * `approved`, too. A person cannot approve what misses the bounds.
   */
  readonly approver: "figures" | "person";
}

/**
 * The job that takes a version from evaluation over approval to deployment, with the parameters that
 * Databricks gives a model's deployment job, `model_name` and `model_version`; without a version the
 * newest is meant. It serves nothing: the promotion gate alone makes a version champion.
 * https://docs.databricks.com/aws/en/mlflow/deployment-job
 */
export class DeploymentJob extends pulumi.ComponentResource {
  readonly stage: Stage;
  readonly job: PythonJob;
  /** Holds, after the last task, if the model has a champion. */
  readonly championExists: Condition;

  /** @throws pulumi.RunError without a bound, or for what {@link PythonJob} refuses. */
  constructor(name: string, args: DeploymentJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DeploymentJob", name, {}, on(args.platform, opts));
    const { platform, model } = args;
    this.stage = {
      tasks: tasks(name, args),
      parameters: { model_name: model.fullName, model_version: "" },
    };
    this.championExists = { task: taskKey(args.deploy), value: "champion_exists", is: "true" };
    this.job = new PythonJob(
      name,
      {
        platform,
        description: `Evaluates, approves and nominates a version of ${model.fullName}.`,
        ...this.stage,
      },
      { parent: this, dependsOn: [model] },
    );
    this.registerOutputs({ jobId: this.job.jobId });
  }
}

function tasks(
  name: string,
  { evaluate, approve, deploy, above, approver }: DeploymentJobArgs,
): PythonTask[] {
  const bounds = Object.entries(above).map(([metric, bound]) => `${metric}=${bound}`);
  if (bounds.length === 0) {
    throw new pulumi.RunError(`The deployment job ${name} has no bounds; it needs at least one.`);
  }
  // The version that was measured, whatever has been registered since.
  const measured = { model_version: taskValue(taskKey(evaluate), "model_version") };
  return [
    {
      file: evaluate.file,
      arguments: { default_version: "newest", ...evaluate.arguments },
      parameters: ["model_name", "model_version"],
    },
    {
      file: approve.file,
      arguments: { ...measured, above: bounds.join(","), approver },
      parameters: ["model_name"],
      // The answer would be the same.
      retries: 0,
    },
    {
      file: deploy.file,
      arguments: { ...measured, ...deploy.arguments },
      parameters: ["model_name"],
    },
  ];
}
