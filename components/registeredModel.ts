import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { parseFullName } from "./fullName";
import { on, type Platform } from "./platform";

/** Arguments of {@link RegisteredModel}. */
export interface RegisteredModelArgs {
  readonly platform: Platform;
  /** Full name, `catalog.schema.model`. */
  readonly model: string;
  readonly comment: string;
}

/**
 * What training needs to register a version, tag it with what was measured, and nominate it: an alias is
 * set by the model's owner, or by whom MANAGE makes one.
 * https://docs.databricks.com/api/workspace/registeredmodels/setalias
 */
const NOMINATE = ["EXECUTE", "CREATE_MODEL_VERSION", "APPLY_TAG", "MANAGE"];

/**
 * A model in Unity Catalog. Its versions come from training, its aliases from training (`challenger`)
 * and the promotion gate (`champion`); the resource holds neither.
 */
export class RegisteredModel extends pulumi.ComponentResource {
  /** The model. */
  readonly model: databricks.RegisteredModel;
  /** What it was made on. */
  readonly platform: Platform;
  readonly fullName: string;
  /** The last part of the full name, e.g. `customer_churn_model`. */
  readonly shortName: string;

  /** @throws pulumi.RunError for a name without three parts, or in a schema that the platform does not have. */
  constructor(name: string, args: RegisteredModelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:RegisteredModel", name, {}, on(args.platform, opts));
    const { platform } = args;
    const parts = parseFullName("model", args.model);
    this.platform = platform;
    this.fullName = args.model;
    this.shortName = parts.name;

    this.model = new databricks.RegisteredModel(
      `${name}-model`,
      {
        catalogName: parts.catalog,
        schemaName: parts.schema,
        name: parts.name,
        comment: args.comment,
      },
      {
        parent: this,
        dependsOn: [platform.schemaOf(args.model)],
        protect: platform.protect,
        // Unity Catalog refuses to delete a model that has versions. It goes with its schema, where
        // the environment lets that be deleted, and is kept otherwise.
        retainOnDelete: true,
      },
    );
    grant(name, "users", platform.access.users, ["EXECUTE"], this.model, this);
    grant(name, "engineers", platform.access.engineers, ["EXECUTE", "APPLY_TAG"], this.model, this);
    if (platform.jobs.runAs !== undefined) {
      grant(name, "jobs", platform.jobs.runAs, NOMINATE, this.model, this);
    }
    this.registerOutputs({ model: this.fullName });
  }
}

function grant(
  name: string,
  suffix: string,
  principal: pulumi.Input<string>,
  privileges: string[],
  model: databricks.RegisteredModel,
  parent: RegisteredModel,
): void {
  new databricks.Grant(`${name}-${suffix}`, { model: model.id, principal, privileges }, { parent });
}
