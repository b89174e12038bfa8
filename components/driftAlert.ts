import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import { driftQuery } from "./driftQuery";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { QualityMonitor } from "./qualityMonitor";

/** Arguments of {@link DriftAlert}. */
export interface DriftAlertArgs {
  readonly platform: Platform;
  readonly monitor: QualityMonitor;
  /**
   * The drift score above which the alert fires and training starts; {@link driftQuery} defines it. A
   * population stability index of 0.1 is a moderate shift, one of 0.25 a large one.
   */
  readonly threshold: number;
  /** Rows that a window must have to count; fewer make the index noise. @default 500 */
  readonly minimumRows?: number | undefined;
  /** The job that is started when drift is found, such as a TrainingJob. */
  readonly retrain: { readonly jobId: pulumi.Output<string> };
  /** Who gets a mail, beside the platform's `alertDestinationId`. At least one. @default the platform's */
  readonly emails?: readonly string[] | undefined;
  /** Hours after a training started by drift in which drift starts no other. @default 24 */
  readonly coolDownHours?: number | undefined;
  /** Quartz cron in UTC of the alert's query. @default "0 15 * * * ?", a quarter past every hour */
  readonly cron?: string | undefined;
  /** Quartz cron in UTC of the check that retrains. @default "0 30 * * * ?", half past every hour */
  readonly retrainCron?: string | undefined;
}

const CHECK_DRIFT = "monitoring/check_drift.py";

/**
 * Who is told of drift, and what retrains. Waits, like the monitor, for a first champion.
 *
 * By the hour, unpacking and profiling start on the dot, the alert looks at a quarter past, and the
 * job `<name>-retrain` at half past; a step that takes longer is seen an hour later. By hand the order
 * is the same: run the unpack job, refresh the monitor, evaluate the alert, run the retrain job.
 */
export class DriftAlert extends pulumi.ComponentResource {
  /** The alert, undefined while the monitor waits. */
  readonly alert: databricks.AlertV2 | undefined;
  readonly retrainJob: PythonJob | undefined;

  /**
   * @throws pulumi.RunError for a threshold or a number of rows that is not a positive number, no
   * addresses, or an invalid cron expression.
   */
  constructor(name: string, args: DriftAlertArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DriftAlert", name, {}, on(args.platform, opts));
    const { platform, monitor, minimumRows = 500 } = args;
    checkArgs(name, args, minimumRows);
    const cron = quartz(name, args.cron ?? "0 15 * * * ?");
    const retrainCron = quartz(`${name}-retrain`, args.retrainCron ?? "0 30 * * * ?");
    platform.tasks.path(CHECK_DRIFT);
    const { driftMetricsTable, profileMetricsTable } = monitor;
    if (driftMetricsTable !== undefined && profileMetricsTable !== undefined) {
      const query = pulumi
        .all([driftMetricsTable, profileMetricsTable])
        .apply(([drift, profile]) =>
          driftQuery({ predictions: monitor.predictions, drift, profile, minimumRows }),
        );
      this.alert = this.makeAlert(name, args, query, cron);
      this.retrainJob = this.makeRetrainJob(name, args, query, retrainCron);
    }
    this.registerOutputs({ alertId: this.alert?.id ?? "none yet" });
  }

  private makeAlert(
    name: string,
    args: DriftAlertArgs,
    queryText: pulumi.Output<string>,
    cron: string,
  ): databricks.AlertV2 {
    const { platform, monitor, threshold } = args;
    const { model, fullName } = monitor.predictions;
    const destination = new databricks.NotificationDestination(
      `${name}-destination`,
      {
        displayName: platform.resourceName(name),
        config: { email: { addresses: [...addressesOf(args)] } },
      },
      { parent: this, dependsOn: [monitor] },
    );
    return new databricks.AlertV2(
      `${name}-alert`,
      {
        displayName: platform.resourceName(`${model.shortName} drift`),
        parentPath: `/Workspace${platform.folder}`,
        warehouseId: platform.warehouseId,
        queryText,
        customSummary: `Model drift detected for ${model.shortName}`,
        customDescription:
          `The drift score of ${model.shortName} is above ${threshold}. ` +
          `Scores by column are in the drift metrics of ${fullName}.`,
        evaluation: {
          source: { name: "drift_score", aggregation: "MAX" },
          comparisonOperator: "GREATER_THAN",
          threshold: { value: { doubleValue: threshold } },
          // No window yet is not drift; a query that fails is an error, which Databricks reports itself.
          emptyResultState: "OK",
          notification: {
            notifyOnOk: false,
            // Always in this order: another one would be a change in every preview.
            subscriptions: [destination.id, platform.alertDestinationId].flatMap((destinationId) =>
              destinationId === undefined ? [] : [{ destinationId }],
            ),
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
    query: pulumi.Output<string>,
    cron: string,
  ): PythonJob {
    const { platform, monitor, threshold, retrain } = args;
    return new PythonJob(
      `${name}-retrain`,
      {
        platform,
        description: `Starts training of ${monitor.predictions.model.fullName} when it drifts.`,
        cron,
        // The training that it starts counts into its own time.
        timeoutSeconds: 2 * 3600,
        parameters: { cool_down_hours: String(args.coolDownHours ?? 24) },
        tasks: [
          {
            file: CHECK_DRIFT,
            arguments: { query, training_job_id: retrain.jobId, retrain_job_id: "{{job.id}}" },
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

function addressesOf({ emails, platform }: DriftAlertArgs): readonly string[] {
  return emails ?? platform.emails;
}

function checkArgs(name: string, args: DriftAlertArgs, minimumRows: number): void {
  if (!(args.threshold > 0 && args.threshold < Infinity)) {
    throw new pulumi.RunError(
      `The drift threshold of ${name} is ${args.threshold}; it must be a number above 0.`,
    );
  }
  if (!(Number.isSafeInteger(minimumRows) && minimumRows > 0)) {
    throw new pulumi.RunError(
      `The minimum number of rows of ${name} is ${minimumRows}; it must be a whole number above 0.`,
    );
  }
  if (addressesOf(args).length === 0) {
    throw new pulumi.RunError(
      `The drift alert ${name} has nobody to tell; give at least one address.`,
    );
  }
}
