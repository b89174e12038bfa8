import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { on, type Platform } from "./platform";
import type { PromotionGate } from "./promotionGate";

/** Arguments of {@link ServingEndpoint}. */
export interface ServingEndpointArgs {
  readonly platform: Platform;
  /** Whose champion is served; there is no endpoint before it has one. */
  readonly champion: PromotionGate;
  /**
   * Whether a second endpoint takes every new champion first, so that one which cannot be loaded
   * never reaches production. It scales to zero and captures nothing. @default the platform's
   */
  readonly staging?: boolean;
  /** Compute per replica: Small serves 4 requests at once, Medium 16, Large 64. @default "Small" */
  readonly workloadSize?: "Small" | "Medium" | "Large";
  /** Whether replicas go away while there are no requests; the first request then waits. */
  readonly scaleToZero: boolean;
  /**
   * Percent of the requests, 0 to 50, that a challenger answers beside the champion: the nominated version
   * that the gate measured and refused. Without one the champion answers all; one on its canary gets the
   * share of its step. @default 0
   */
  readonly challengerTraffic?: number;
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
  /** e.g. `customer-churn-model-endpoint`, after the environment's prefix. */
  readonly endpointName: string;
  readonly champion: PromotionGate;
  /** Full name of the payload table, undefined if nothing is captured. */
  readonly payloadTable: string | undefined;

  /**
   * @throws pulumi.RunError for an inference table schema that is not one of the platform's, for none where the
   * gate has a canary, and for a challenger's traffic that is no whole number from 0 to 50.
   */
  constructor(name: string, args: ServingEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ServingEndpoint", name, {}, on(args.platform, opts));
    const { champion } = args;
    const { model, championVersion } = champion;
    const challengerTraffic = checkedTraffic(name, args.challengerTraffic ?? 0);
    if (champion.canary.length > 0 && args.inferenceTableSchema === undefined) {
      throw new pulumi.RunError(
        `The gate of ${name} has a canary, which is measured in captured requests: give the endpoint an inferenceTableSchema.`,
      );
    }
    const captured =
      args.inferenceTableSchema === undefined
        ? undefined
        : capture(args.inferenceTableSchema, model.shortName);
    const schemas = captured === undefined ? [] : [schemaOf(args.platform, captured)];
    this.champion = champion;
    const modelName = model.shortName.replaceAll("_", "-");
    this.endpointName = args.platform.resourceName(`${modelName}-endpoint`);
    this.payloadTable =
      args.inferenceTableSchema === undefined
        ? undefined
        : `${args.inferenceTableSchema}.${model.shortName}_payload`;

    if (championVersion !== undefined) {
      const version = champion.confirm(championVersion);
      const staged = args.staging ?? args.platform.stagingEndpoints;
      const first = staged ? [this.serveStaging(name, args, version)] : [];
      const after = [champion, ...schemas, ...first];
      const served = split(champion, version, challengerTraffic);
      this.serving = this.serveProduction(name, args, served, captured, after);
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
    const config = servedConfig(args, [{ version, percent: 100 }], true);
    return this.serve(`${name}-staging`, args, { name: stagingName, config }, [args.champion]);
  }

  private serveProduction(
    name: string,
    args: ServingEndpointArgs,
    served: readonly Served[],
    inferenceTableConfig: InferenceTable | undefined,
    dependsOn: pulumi.Resource[],
  ): databricks.ModelServing {
    const config = servedConfig(args, served, args.scaleToZero);
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

/** A version and how much of the traffic it answers. */
interface Served {
  readonly version: pulumi.Output<string>;
  readonly percent: number;
}

function split(gate: PromotionGate, version: pulumi.Output<string>, percent: number): Served[] {
  const { challenger } = gate;
  const share = challenger?.percent ?? percent;
  if (challenger === undefined || share === 0) return [{ version, percent: 100 }];
  return [
    { version, percent: 100 - share },
    { version: gate.confirmChallenger(challenger.version), percent: share },
  ];
}

function servedConfig(
  { champion: { model }, workloadSize }: ServingEndpointArgs,
  served: readonly Served[],
  scaleToZeroEnabled: boolean,
): databricks.types.input.ModelServingConfig {
  const nameOf = ({ version }: Served) => pulumi.interpolate`${model.shortName}-${version}`;
  return {
    servedEntities: served.map((one) => ({
      name: nameOf(one),
      entityName: model.fullName,
      entityVersion: one.version,
      workloadSize: workloadSize ?? "Small",
      scaleToZeroEnabled,
    })),
    trafficConfig: {
      routes: served.map((one) => ({
        servedModelName: nameOf(one),
        trafficPercentage: one.percent,
      })),
    },
  };
}

function checkedTraffic(name: string, percent: number): number {
  if (Number.isInteger(percent) && percent >= 0 && percent <= 50) return percent;
  throw new pulumi.RunError(
    `challengerTraffic of ${name} is ${percent}; it must be a whole percentage from 0 to 50.`,
  );
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
