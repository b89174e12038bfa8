import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import type { GovernedTable } from "./governedTable";
import { on, type Platform } from "./platform";
import type { Predictions } from "./predictions";

/** Arguments of {@link QualityMonitor}. */
export interface QualityMonitorArgs {
  readonly platform: Platform;
  /** What is profiled. */
  readonly predictions: Predictions;
  /**
   * A table with the model's inputs as columns, e.g. the rows that the model was validated on. Every
   * window is compared with it, beside the window before. Databricks would have the column of the
   * version in it, too, and helps itself where a column is missing:
   * https://docs.databricks.com/aws/en/data-governance/unity-catalog/data-quality-monitoring/data-profiling/
   * @default none: windows are compared with each other only
   */
  readonly baseline?: GovernedTable | undefined;
  /** @default "classification" */
  readonly problem?: "classification" | "regression" | undefined;
  /** Schema, `catalog.schema`, for the profile and drift tables. */
  readonly outputSchema: string;
  /** Quartz cron in UTC of profiling. @default "0 0 * * * ?", every hour */
  readonly cron?: string | undefined;
}

const GRANULARITY = "AGGREGATION_GRANULARITY_1_DAY";
const HOURLY = "0 0 * * * ?";

/** What the monitor says of itself. */
type Answered = Partial<
  Pick<
    databricks.types.output.DataQualityMonitorDataProfilingConfig,
    "driftMetricsTableName" | "profileMetricsTableName" | "status" | "latestMonitorFailureMessage"
  >
>;

/**
 * What profiles a table of predictions by day and version, and measures how days drift from the day
 * before and from a baseline. Waits, like the predictions, for a first champion.
 *
 * Profiling sees what is in the table when it starts; by hand it is a refresh of the monitor, after
 * the job that writes the predictions: https://docs.databricks.com/api/workspace/dataquality/createrefresh
 */
export class QualityMonitor extends pulumi.ComponentResource {
  /** The monitor, undefined while the predictions wait. */
  readonly monitor: databricks.DataQualityMonitor | undefined;
  readonly predictions: Predictions;

  /**
   * @throws pulumi.RunError for an invalid cron expression, an output schema that is not one of the
   * platform's, or a baseline without one of the model's inputs.
   */
  constructor(name: string, args: QualityMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:QualityMonitor", name, {}, on(args.platform, opts));
    const { predictions, platform } = args;
    this.predictions = predictions;
    // What is wrong shall show before there is a champion.
    const cron = quartz(name, args.cron ?? HOURLY);
    checkBaseline(predictions, args.baseline);
    const { schemaId } = platform.schemaOf(`${args.outputSchema}.metrics`);

    if (predictions.table !== undefined) {
      this.monitor = profile(name, args, predictions.table, schemaId, cron, this);
    }
    this.registerOutputs({
      predictions: predictions.fullName,
      driftMetrics: this.driftMetricsTable ?? "none yet",
    });
  }

  /**
   * Full name of the drift table, from the monitor itself; undefined while it waits.
   * @throws pulumi.RunError, when it resolves, if the monitor names none.
   */
  get driftMetricsTable(): pulumi.Output<string> | undefined {
    return this.metricTable("drift");
  }

  /** As {@link driftMetricsTable}, of the table of profiles. */
  get profileMetricsTable(): pulumi.Output<string> | undefined {
    return this.metricTable("profile");
  }

  private metricTable(kind: "drift" | "profile"): pulumi.Output<string> | undefined {
    return this.monitor?.dataProfilingConfig.apply((config) =>
      metricTable(this.predictions.fullName, kind, config),
    );
  }
}

function checkBaseline({ features }: Predictions, baseline: GovernedTable | undefined): void {
  const present = new Set(baseline?.columns.map(({ name }) => name));
  const missing = features.map(({ name }) => name).filter((name) => !present.has(name));
  if (baseline === undefined || missing.length === 0) return;
  throw new pulumi.RunError(
    `The baseline ${baseline.fullName} has no column ${missing.join(", ")}; ` +
      "it must have all of the model's inputs.",
  );
}

/**
 * The name that a monitor gives to one of its metric tables.
 * @throws pulumi.RunError saying which table's monitor names none, and why if the monitor says so.
 */
export function metricTable(
  table: string,
  kind: "drift" | "profile",
  config: Answered | undefined,
): string {
  const { status = "unknown", latestMonitorFailureMessage: why = "" } = config ?? {};
  const name = kind === "drift" ? config?.driftMetricsTableName : config?.profileMetricsTableName;
  if (name !== undefined && name !== "") return name;
  const refusal = new pulumi.RunError(
    `The monitor of ${table} names no table of ${kind} metrics; ` +
      `its status is ${status}${why === "" ? "" : `: ${why}`}.`,
  );
  // The SDK shows the stack of what an output throws, which is none of the user's.
  delete refusal.stack;
  throw refusal;
}

function profile(
  name: string,
  { platform, predictions, baseline, problem }: QualityMonitorArgs,
  table: GovernedTable,
  outputSchemaId: pulumi.Output<string>,
  quartzCronExpression: string,
  parent: QualityMonitor,
): databricks.DataQualityMonitor {
  return new databricks.DataQualityMonitor(
    `${name}-monitor`,
    {
      objectType: "table",
      objectId: table.tableId,
      dataProfilingConfig: {
        assetsDir: `/Workspace${platform.folder}/monitoring/${predictions.model.shortName}`,
        outputSchemaId,
        skipBuiltinDashboard: true,
        warehouseId: platform.warehouseId,
        ...(baseline === undefined ? {} : { baselineTableName: baseline.fullName }),
        inferenceLog: {
          granularities: [GRANULARITY],
          modelIdColumn: predictions.versionColumn,
          predictionColumn: predictions.predictionColumn,
          timestampColumn: predictions.timestampColumn,
          ...(predictions.labelColumn === undefined
            ? {}
            : { labelColumn: predictions.labelColumn }),
          problemType:
            problem === "regression"
              ? "INFERENCE_PROBLEM_TYPE_REGRESSION"
              : "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
        },
        // Whether a schedule is paused can only be read, so that a paused one is none at all:
        // https://github.com/databricks/databricks-sdk-go/blob/v0.170.0/service/dataquality/model.go
        ...(platform.jobs.pauseStatus === "PAUSED"
          ? {}
          : { schedule: { quartzCronExpression, timezoneId: "UTC" } }),
      },
    },
    {
      parent,
      dependsOn: baseline === undefined ? [table] : [table, baseline],
      protect: platform.protect,
    },
  );
}
