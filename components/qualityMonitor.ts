import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import { GovernedTable, checkColumns, type Column } from "./governedTable";
import type { Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { ServingEndpoint } from "./servingEndpoint";

/** Arguments of {@link QualityMonitor}. */
export interface QualityMonitorArgs {
  readonly platform: Platform;
  /** Whose captured requests are unpacked and profiled; it must capture them. */
  readonly endpoint: ServingEndpoint;
  /** The model's inputs, which become columns of the predictions table. */
  readonly features: readonly Column[];
  /** Type of the prediction and of the label, e.g. `int` for a class. */
  readonly predictionType: string;
  /** Column that the true outcome is joined into once it is known, e.g. `actual_label`. */
  readonly label: string;
  /** Table with keys and labels that arrive late, and its label column. */
  readonly labels: { readonly table: string; readonly column: string; readonly key: string };
  /** @default "classification" */
  readonly problem?: "classification" | "regression";
  /** Schema, `catalog.schema`, for the profile and drift tables. */
  readonly outputSchema: string;
  /** Quartz cron in UTC of unpacking and profiling. @default "0 0 * * * ?", every hour */
  readonly cron?: string;
}

const GRANULARITY = "AGGREGATION_GRANULARITY_1_DAY";
const UNPACK = "monitoring/unpack_predictions.py";
const HOURLY = "0 0 * * * ?";

/** What the monitor needs beside the features; captured with every request. */
const bookkeeping: readonly Column[] = [
  { name: "request_id", type: "string", comment: "Databricks' id of the request", nullable: false },
  { name: "row_number", type: "int", comment: "Row within the request, from 0", nullable: false },
  { name: "timestamp", type: "timestamp", comment: "When the request came", nullable: false },
  { name: "model_version", type: "string", comment: "Version that answered" },
  { name: "record_key", type: "string", comment: "Key that labels are joined on, if it was sent" },
];

/**
 * Predictions and their drift: a table of predictions, the job that fills it from what the endpoint
 * captured, and the monitor that profiles it. Waits, like the endpoint, for a first champion.
 */
export class QualityMonitor extends pulumi.ComponentResource {
  /** The monitor, undefined while the endpoint waits. */
  readonly monitor: databricks.DataQualityMonitor | undefined;
  readonly unpack: PythonJob | undefined;
  readonly endpoint: ServingEndpoint;
  /** Full name of the predictions table. */
  readonly predictionsTable: string;

  /**
   * @throws pulumi.RunError if the endpoint captures nothing, for an invalid cron expression, a column
   * that is there twice, or an output schema that is not one of the platform's.
   */
  constructor(name: string, args: QualityMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:QualityMonitor", name, {}, opts);
    const { endpoint } = args;
    const { payloadTable } = endpoint;
    if (payloadTable === undefined) {
      throw new pulumi.RunError(
        `${endpoint.endpointName} captures no requests; a monitor needs them.`,
      );
    }
    this.endpoint = endpoint;
    this.predictionsTable = payloadTable.replace(/_payload$/, "_predictions");
    const cron = quartz(name, args.cron ?? HOURLY);
    // What is wrong shall show before there is a champion.
    checkColumns(this.predictionsTable, columnsOf(args));
    args.platform.tasks.path(UNPACK);
    const { schemaId } = args.platform.schemaOf(`${args.outputSchema}.metrics`);

    if (endpoint.serving !== undefined) {
      const predictions = this.predictions(name, args);
      this.unpack = this.unpackJob(name, args, payloadTable, predictions, cron);
      this.monitor = this.profile(name, args, predictions, schemaId, cron);
    }
    this.registerOutputs({
      predictions: this.predictionsTable,
      driftMetrics: this.driftMetricsTable ?? "none yet",
    });
  }

  /** Full name of the drift table, from the monitor itself; undefined while it waits. */
  get driftMetricsTable(): pulumi.Output<string> | undefined {
    return this.monitor?.dataProfilingConfig.apply((config) => config?.driftMetricsTableName ?? "");
  }

  private predictions(name: string, args: QualityMonitorArgs): GovernedTable {
    return new GovernedTable(
      `${name}-predictions`,
      {
        platform: args.platform,
        table: this.predictionsTable,
        comment: `What ${args.endpoint.endpointName} answered, one row a prediction, with late labels.`,
        columns: columnsOf(args),
        primaryKeys: ["request_id", "row_number"],
      },
      // Through the endpoint on the gate: nothing behind a gate that blocks may change.
      {
        parent: this,
        dependsOn: args.endpoint.serving === undefined ? [] : [args.endpoint.serving],
      },
    );
  }

  private unpackJob(
    name: string,
    args: QualityMonitorArgs,
    payloadTable: string,
    predictions: GovernedTable,
    cron: string,
  ): PythonJob {
    const { labels, label, features, platform } = args;
    return new PythonJob(
      `${name}-unpack`,
      {
        platform,
        description: `Unpacks ${payloadTable} into ${this.predictionsTable} and joins late labels.`,
        cron,
        tasks: [
          {
            file: UNPACK,
            arguments: {
              payload: payloadTable,
              predictions: this.predictionsTable,
              features: features.map((column) => column.name).join(","),
              label,
              labels_table: labels.table,
              labels_column: labels.column,
              labels_key: labels.key,
            },
          },
        ],
      },
      { parent: this, dependsOn: [predictions] },
    );
  }

  private profile(
    name: string,
    args: QualityMonitorArgs,
    predictions: GovernedTable,
    outputSchemaId: pulumi.Output<string>,
    cron: string,
  ): databricks.DataQualityMonitor {
    const { platform } = args;
    return new databricks.DataQualityMonitor(
      `${name}-monitor`,
      {
        objectType: "table",
        objectId: predictions.tableId,
        dataProfilingConfig: {
          assetsDir: `/Workspace${platform.folder}/monitoring/${args.endpoint.champion.model.shortName}`,
          outputSchemaId,
          skipBuiltinDashboard: true,
          warehouseId: platform.warehouseId,
          inferenceLog: {
            granularities: [GRANULARITY],
            modelIdColumn: "model_version",
            predictionColumn: "prediction",
            timestampColumn: "timestamp",
            labelColumn: args.label,
            problemType:
              args.problem === "regression"
                ? "INFERENCE_PROBLEM_TYPE_REGRESSION"
                : "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
          },
          schedule: { quartzCronExpression: cron, timezoneId: "UTC" },
        },
      },
      { parent: this, dependsOn: [predictions] },
    );
  }
}

function columnsOf({ features, label, predictionType: type }: QualityMonitorArgs): Column[] {
  return [
    ...bookkeeping,
    ...features,
    { name: "prediction", type, comment: "What the model answered" },
    { name: label, type, comment: "The true outcome, once known" },
  ];
}
