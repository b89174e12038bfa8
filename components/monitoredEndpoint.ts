import * as pulumi from "@pulumi/pulumi";
import { CanaryMeasurement } from "./canaryMeasurement";
import { DriftAlert, type DriftAlertArgs } from "./driftAlert";
import { EndpointPredictions, type EndpointPredictionsArgs } from "./endpointPredictions";
import { on, type Platform } from "./platform";
import type { PromotionGate } from "./promotionGate";
import { QualityMonitor, type QualityMonitorArgs } from "./qualityMonitor";
import { ServingEndpoint, type ServingEndpointArgs } from "./servingEndpoint";

/** Arguments of {@link MonitoredEndpoint}. */
export interface MonitoredEndpointArgs {
  readonly platform: Platform;
  /** Whose champion is served; all waits for the first one. */
  readonly champion: PromotionGate;
  /** How it is served. */
  readonly endpoint: Omit<ServingEndpointArgs, "platform" | "champion" | "inferenceTableSchema">;
  /** Schema, `catalog.schema`, of captured requests and predictions. @default the platform's `inference_logs` */
  readonly inferenceTableSchema?: string | undefined;
  /** What a prediction is made of, and where its true outcome comes from. */
  readonly predictions: Omit<EndpointPredictionsArgs, "platform" | "endpoint" | "cron">;
  /** How predictions are profiled; `cron` is that of unpacking too. */
  readonly monitor: Omit<QualityMonitorArgs, "platform" | "predictions" | "outputSchema">;
  /** Schema, `catalog.schema`, of profile and drift tables. @default the platform's `monitoring` */
  readonly outputSchema?: string | undefined;
  /** What counts as drift, who is told, and the job that retrains. */
  readonly alert: Omit<DriftAlertArgs, "platform" | "monitor">;
}

/**
 * The second half of a model's loop: serve the champion, unpack what its endpoint captured, measure
 * drift, tell people and retrain. Its jobs are `<name>-monitor-unpack` and `<name>-drift-retrain`, and
 * `<name>-canary` if the gate has steps of traffic.
 */
export class MonitoredEndpoint extends pulumi.ComponentResource {
  readonly endpoint: ServingEndpoint;
  readonly predictions: EndpointPredictions;
  readonly monitor: QualityMonitor;
  readonly alert: DriftAlert;

  /** @throws pulumi.RunError for what its parts refuse. */
  constructor(name: string, args: MonitoredEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:MonitoredEndpoint", name, {}, on(args.platform, opts));
    const { platform, champion } = args;
    const { cron } = args.monitor;
    const parent = { parent: this };
    this.endpoint = new ServingEndpoint(
      name,
      {
        platform,
        champion,
        ...args.endpoint,
        inferenceTableSchema: args.inferenceTableSchema ?? platform.table("inference_logs"),
      },
      parent,
    );
    this.predictions = new EndpointPredictions(
      `${name}-monitor`,
      {
        platform,
        endpoint: this.endpoint,
        ...args.predictions,
        ...(cron === undefined ? {} : { cron }),
      },
      parent,
    );
    this.monitor = new QualityMonitor(
      `${name}-monitor`,
      {
        platform,
        predictions: this.predictions,
        ...args.monitor,
        outputSchema: args.outputSchema ?? platform.table("monitoring"),
      },
      parent,
    );
    this.alert = new DriftAlert(
      `${name}-drift`,
      { platform, monitor: this.monitor, ...args.alert },
      parent,
    );
    if (champion.canary.length > 0) {
      const { problem } = args.monitor;
      new CanaryMeasurement(
        `${name}-canary`,
        { platform, endpoint: this.endpoint, predictions: this.predictions, problem },
        parent,
      );
    }
    this.registerOutputs({ endpoint: this.endpoint.endpointName });
  }
}
