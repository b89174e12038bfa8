import type * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./platform";

/** Arguments of {@link ModelStack}. */
export interface ModelStackArgs {
  /** The environment that the model is deployed to. */
  readonly environment: Platform;
  /** Team or person who answers for the model. @default the environment's `owner` tag */
  readonly owner?: string | undefined;
}

/**
 * The environment as one model sees it: what is made on it becomes its child, and carries its name in
 * the tag `model`. So an update shows the resources of a model together, and everything that has a bill
 * or an owner can be told by model.
 */
export class ModelStack extends pulumi.ComponentResource implements Platform {
  readonly environment: Platform;
  readonly parent = this;
  readonly tags: Readonly<Record<string, string>>;

  /** @param name - The model's name, in lower case with hyphens: `customer-churn`. */
  constructor(name: string, args: ModelStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ModelStack", name, {}, opts);
    const { environment, owner } = args;
    this.environment = environment;
    this.tags = {
      ...environment.tags,
      ...(owner === undefined ? {} : { owner }),
      model: name,
    };
    this.registerOutputs({ owner: this.tags["owner"] ?? "unknown" });
  }

  get catalog() {
    return this.environment.catalog;
  }
  get folder() {
    return this.environment.folder;
  }
  get landing() {
    return this.environment.landing;
  }
  get warehouseId() {
    return this.environment.warehouseId;
  }
  get tasks() {
    return this.environment.tasks;
  }
  get jobs() {
    return this.environment.jobs;
  }
  get access() {
    return this.environment.access;
  }
  get emails() {
    return this.environment.emails;
  }
  get alertDestinationId() {
    return this.environment.alertDestinationId;
  }
  get onFailure() {
    return this.environment.onFailure;
  }
  get stagingEndpoints() {
    return this.environment.stagingEndpoints;
  }
  get protect() {
    return this.environment.protect;
  }

  resourceName(name: string): string {
    return this.environment.resourceName(name);
  }
  table(schemaAndName: string): string {
    return this.environment.table(schemaAndName);
  }
  schemaOf(fullName: string): databricks.Schema {
    return this.environment.schemaOf(fullName);
  }
  addSchema(schema: string, comment: string): databricks.Schema {
    return this.environment.addSchema(schema, comment);
  }
  addVolume(schemaAndName: string, comment: string): string {
    return this.environment.addVolume(schemaAndName, comment);
  }
}
