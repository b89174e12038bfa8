import type * as databricks from "@pulumi/databricks";
import type * as pulumi from "@pulumi/pulumi";
import type { TaskSources } from "./taskSources";

/** What every job of an environment has in common. */
export interface JobDefaults {
  /** Whether schedules run: a personal copy of an environment keeps them paused. */
  readonly pauseStatus: "PAUSED" | "UNPAUSED";
  /** Application id of the service principal that jobs run as; the deploying identity if absent. */
  readonly runAs?: pulumi.Input<string> | undefined;
  /** Packages of the serverless environment, as in a requirements file: `name==version`. */
  readonly dependencies: readonly string[];
  /** Who is told when a run fails, in this order. */
  readonly notify: readonly string[];
}

/** Groups and what they may do; account groups by name. */
export interface Access {
  /** May run jobs, read tables and query endpoints. */
  readonly users: string;
  /** May also change jobs, experiments and endpoints. */
  readonly engineers: string;
}

/**
 * What the components of a model share: the place they live in and the defaults they follow.
 * `stacks/platform.ts` makes one for each environment, ModelStack one for each model on it.
 */
export interface Platform {
  /** What components are children of, where they are given no other parent. */
  readonly parent: pulumi.Resource;
  /** The environment's catalog. */
  readonly catalog: string;
  /** Workspace folder of what is not data, e.g. `/Shared/ml`. */
  readonly folder: string;
  /** Folder that files land in before they become tables, as jobs see it: `/Volumes/ml/bronze/landing`. */
  readonly landing: string;
  readonly warehouseId: pulumi.Output<string>;
  readonly tasks: TaskSources;
  readonly jobs: JobDefaults;
  readonly access: Access;
  /** Tags for everything that can carry them: owner, cost centre, and the model's name. */
  readonly tags: Readonly<Record<string, string>>;
  /** Who is told of drift, unless a model names others; in this order. */
  readonly emails: readonly string[];
  /**
   * Id of a notification destination that is told of every model's drift too: a webhook that the
   * environment has once. @default none
   */
  readonly alertDestinationId?: pulumi.Input<string> | undefined;
  /** What a candidate that a gate refuses does to the update, unless a model says otherwise. */
  readonly onFailure: "hold" | "block";
  /** Whether a second endpoint takes every new champion first, so that one that cannot be loaded never reaches production. */
  readonly stagingEndpoints: boolean;
  /** Whether deleting is refused for what cannot be made again: tables, models, endpoints. */
  readonly protect: boolean;
  /**
   * A name that all of a workspace shares, such as a job's: with the environment's prefix, so that
   * several environments fit into one workspace: `resourceName("churn-training")` → `dev-churn-training`.
   */
  resourceName(name: string): string;
  /** Full name in this environment's catalog: `table("features.churn")` → `ml.features.churn`. */
  table(schemaAndName: string): string;
  /**
   * The schema that a table, model or volume lives in, so that it exists first.
   * @throws pulumi.RunError naming the schemas there are, if it is none of them.
   */
  schemaOf(fullName: string): databricks.Schema;
  /** Makes a schema of the environment's catalog that a model needs beside the common ones. */
  addSchema(schema: string, comment: string): databricks.Schema;
  /**
   * Makes a managed volume.
   * @returns its folder as jobs see it: `addVolume("bronze.landing", …)` → `/Volumes/ml/bronze/landing`.
   */
  addVolume(schemaAndName: string, comment: string): string;
}

/** Options of a component on the platform: below the model that it belongs to, unless they say otherwise. */
export function on(
  { parent }: Platform,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  return { parent, ...opts };
}
