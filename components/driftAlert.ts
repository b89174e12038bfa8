import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import type { Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { QualityMonitor } from "./qualityMonitor";
import type { TrainingJob } from "./trainingJob";

/** Arguments of {@link DriftAlert}. */
export interface DriftAlertArgs {
  readonly platform: Platform;
  readonly monitor: QualityMonitor;
  /**
   * The drift score above which the alert fires and training starts. The score is the largest
   * population stability index of any column in the last window; 0.1 is a moderate shift.
   */
  readonly threshold: number;
  /** What is started when drift is found. */
  readonly retrain: TrainingJob;
  /** Who is told. At least one address. */
  readonly emails: readonly string[];
  /** Hours after a training started by drift in which drift starts no other. @default 24 */
  readonly coolDownHours?: number;
  /** Quartz cron in UTC of the alert's query. @default "0 15 * * * ?", a quarter past every hour */
  readonly cron?: string;
  /** Quartz cron in UTC of the check that retrains. @default "0 30 * * * ?", half past every hour */
  readonly retrainCron?: string;
}

const CHECK_DRIFT = "monitoring/check_drift.py";

/** Who is told of drift, and what retrains. Waits, like the monitor, for a first champion. */
export class DriftAlert extends pulumi.ComponentResource {
  /** The alert, undefined while the monitor waits. */
  readonly alert: databricks.AlertV2 | undefined;
  readonly retrainJob: PythonJob | undefined;

  /** @throws pulumi.RunError for a threshold that is not a positive number, no addresses, or an invalid cron expression. */
  constructor(name: string, args: DriftAlertArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DriftAlert", name, {}, opts);
    if (!(args.threshold > 0 && args.threshold < Infinity)) {
      throw new pulumi.RunError(
        `The drift threshold of ${name} is ${args.threshold}; it must be a number above 0.`,
      );
    }
    if (args.emails.length === 0) {
      throw new pulumi.RunError(
        `The drift alert ${name} has nobody to tell; give at least one address.`,
      );
    }
    const cron = quartz(name, args.cron ?? "0 15 * * * ?");
    const retrainCron = quartz(`${name}-retrain`, args.retrainCron ?? "0 30 * * * ?");
    args.platform.tasks.path(CHECK_DRIFT);
    const { driftMetricsTable } = args.monitor;
    if (driftMetricsTable !== undefined) {
      this.alert = this.makeAlert(name, args, driftMetricsTable, cron);
      this.retrainJob = this.makeRetrainJob(name, args, driftMetricsTable, retrainCron);
    }
    this.registerOutputs({ alertId: this.alert?.id ?? "none yet" });
  }

  private makeAlert(
    name: string,
    args: DriftAlertArgs,
    driftMetricsTable: pulumi.Output<string>,
    cron: string,
  ): databricks.AlertV2 {
    const { platform, monitor, threshold } = args;
    const model = monitor.endpoint.champion.model.shortName;
    const destination = new databricks.NotificationDestination(
      `${name}-destination`,
      { displayName: name, config: { email: { addresses: [...args.emails] } } },
      { parent: this, dependsOn: [monitor] },
    );
    return new databricks.AlertV2(
      `${name}-alert`,
      {
        displayName: `${model} drift`,
        parentPath: `/Workspace${platform.folder}`,
        warehouseId: platform.warehouseId,
        queryText: driftMetricsTable.apply(driftQuery),
        customSummary: `Model drift detected for ${model}`,
        customDescription:
          `The drift score of ${model} is above ${threshold}. ` +
          `Scores by column are in the drift metrics of ${monitor.predictionsTable}.`,
        evaluation: {
          source: { name: "drift_score", aggregation: "MAX" },
          comparisonOperator: "GREATER_THAN",
          threshold: { value: { doubleValue: threshold } },
          // No window yet is not drift; a query that fails is an error, which Databricks reports itself.
          emptyResultState: "OK",
          notification: {
            notifyOnOk: false,
            subscriptions: [{ destinationId: destination.id }],
          },
        },
        schedule: {
          quartzCronSchedule: cron,
          timezoneId: "UTC",
          pauseStatus: platform.jobs.pauseStatus,
        },
        purgeOnDelete: true,
      },
      { parent: this, dependsOn: [platform.tasks] },
    );
  }

  private makeRetrainJob(
    name: string,
    args: DriftAlertArgs,
    driftMetricsTable: pulumi.Output<string>,
    cron: string,
  ): PythonJob {
    const { platform, monitor, threshold, retrain } = args;
    return new PythonJob(
      `${name}-retrain`,
      {
        platform,
        description: `Starts training of ${monitor.endpoint.champion.model.fullName} when it drifts.`,
        cron,
        parameters: { cool_down_hours: String(args.coolDownHours ?? 24) },
        tasks: [
          {
            file: CHECK_DRIFT,
            arguments: { drift_metrics: driftMetricsTable, training_job_id: retrain.jobId },
            parameters: ["cool_down_hours"],
          },
        ],
        followUp: {
          key: "retrain",
          when: { task: "check_drift", value: "drift_score", above: threshold },
          jobId: retrain.jobId,
        },
      },
      { parent: this },
    );
  }
}

/**
 * The largest population stability index over all columns in the last window that has one.
 * https://learn.microsoft.com/azure/databricks/data-quality-monitoring/data-profiling/monitor-output
 */
export function driftQuery(table: string): string {
  return [
    "SELECT window.start AS window_start, MAX(population_stability_index) AS drift_score",
    `FROM ${table}`,
    "WHERE slice_key IS NULL AND population_stability_index IS NOT NULL",
    // In backquotes: a parser may take GROUP BY window for the start of a WINDOW clause.
    "GROUP BY `window`.start",
    "ORDER BY window.start DESC",
    "LIMIT 1",
  ].join("\n");
}
