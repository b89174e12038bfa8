import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./platform";
import type { PromotionGate } from "./promotionGate";

/** Arguments of {@link ServingEndpoint}. */
export interface ServingEndpointArgs {
  readonly platform: Platform;
  /** Whose champion is served; there is no endpoint before it has one. */
  readonly champion: PromotionGate;
  /**
   * Whether a second endpoint takes every new champion first, so that one which cannot be loaded
   * never reaches production. It scales to zero and captures nothing.
   */
  readonly staging: boolean;
  /** Compute per replica: Small serves 4 requests at once, Medium 16, Large 64. @default "Small" */
  readonly workloadSize?: "Small" | "Medium" | "Large";
  /** Whether replicas go away while there are no requests; the first request then waits. */
  readonly scaleToZero: boolean;
  /**
   * Schema, `catalog.schema`, that requests and responses are captured in, table `<model>_payload`.
   * Databricks does not let capture be switched off again. @default none: nothing is captured
   */
  readonly inferenceTableSchema?: string;
}

/** What answers requests: the champion's version behind a serving endpoint. */
export class ServingEndpoint extends pulumi.ComponentResource {
  /** The endpoint, undefined while the model has no champion. */
  readonly serving: databricks.ModelServing | undefined;
  /** e.g. `customer-churn-model-endpoint`. */
  readonly endpointName: string;
  readonly champion: PromotionGate;
  /** Full name of the payload table, undefined if nothing is captured. */
  readonly payloadTable: string | undefined;

  /** @throws pulumi.RunError for an inference table schema that is not one of the platform's. */
  constructor(name: string, args: ServingEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ServingEndpoint", name, {}, opts);
    const { champion } = args;
    const { model, championVersion } = champion;
    const captured =
      args.inferenceTableSchema === undefined
        ? undefined
        : capture(args.inferenceTableSchema, model.shortName);
    const schemas = captured === undefined ? [] : [schemaOf(args.platform, captured)];
    this.champion = champion;
    this.endpointName = `${model.shortName.replaceAll("_", "-")}-endpoint`;
    this.payloadTable =
      args.inferenceTableSchema === undefined
        ? undefined
        : `${args.inferenceTableSchema}.${model.shortName}_payload`;

    if (championVersion !== undefined) {
      const version = champion.confirm(championVersion);
      const first = args.staging ? [this.serveStaging(name, args, version)] : [];
      const after = [champion, ...schemas, ...first];
      this.serving = this.serveProduction(name, args, version, captured, after);
    }
    this.registerOutputs({
      endpoint: this.endpointName,
      version: championVersion ?? "none yet",
    });
  }

  private serveStaging(
    name: string,
    args: ServingEndpointArgs,
    version: pulumi.Output<string>,
  ): databricks.ModelServing {
    const stagingName = this.endpointName.replace(/-endpoint$/, "-staging-endpoint");
    const config = servedConfig(args, version, true);
    return this.serve(`${name}-staging`, args, { name: stagingName, config }, [args.champion]);
  }

  private serveProduction(
    name: string,
    args: ServingEndpointArgs,
    version: pulumi.Output<string>,
    inferenceTableConfig: InferenceTable | undefined,
    dependsOn: pulumi.Resource[],
  ): databricks.ModelServing {
    const config = servedConfig(args, version, args.scaleToZero);
    const aiGateway =
      inferenceTableConfig === undefined ? {} : { aiGateway: { inferenceTableConfig } };
    return this.serve(name, args, { name: this.endpointName, config, ...aiGateway }, dependsOn);
  }

  /** Everything behind the gate depends on it: not only for the order, but because it may block. */
  private serve(
    name: string,
    { platform }: ServingEndpointArgs,
    what: databricks.ModelServingArgs,
    dependsOn: pulumi.Resource[],
  ): databricks.ModelServing {
    const tags = Object.entries(platform.tags).map(([key, value]) => ({ key, value }));
    const serving = new databricks.ModelServing(
      `${name}-serving`,
      { ...what, tags },
      { parent: this, dependsOn, protect: platform.protect },
    );
    new databricks.Permissions(
      `${name}-permissions`,
      {
        servingEndpointId: serving.servingEndpointId,
        accessControls: [
          { groupName: platform.access.engineers, permissionLevel: "CAN_MANAGE" },
          { groupName: platform.access.users, permissionLevel: "CAN_QUERY" },
        ],
      },
      { parent: this },
    );
    return serving;
  }
}

function servedConfig(
  { champion: { model }, workloadSize }: ServingEndpointArgs,
  version: pulumi.Output<string>,
  scaleToZeroEnabled: boolean,
): databricks.types.input.ModelServingConfig {
  const name = pulumi.interpolate`${model.shortName}-${version}`;
  return {
    servedEntities: [
      {
        name,
        entityName: model.fullName,
        entityVersion: version,
        workloadSize: workloadSize ?? "Small",
        scaleToZeroEnabled,
      },
    ],
    trafficConfig: { routes: [{ servedModelName: name, trafficPercentage: 100 }] },
  };
}

function schemaOf(platform: Platform, { catalogName, schemaName }: InferenceTable) {
  return platform.schemaOf(`${catalogName}.${schemaName}.payload`);
}

type InferenceTable = ReturnType<typeof capture>;

function capture(schema: string, prefix: string) {
  const [catalogName, schemaName, ...rest] = schema.split(".");
  if (!catalogName || !schemaName || rest.length > 0) {
    throw new pulumi.RunError(
      `The inference table schema '${schema}' must have two parts, catalog.schema.`,
    );
  }
  return { enabled: true, catalogName, schemaName, tableNamePrefix: prefix };
}
