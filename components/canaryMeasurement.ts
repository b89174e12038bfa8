import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import type { EndpointPredictions } from "./endpointPredictions";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";
import type { ServingEndpoint } from "./servingEndpoint";

/** Arguments of {@link CanaryMeasurement}. */
export interface CanaryMeasurementArgs {
  readonly platform: Platform;
  /** Whose captured requests are measured; it must capture them. */
  readonly endpoint: ServingEndpoint;
  /** Predictions with late labels, which quality is measured on. @default none: quality is not measured */
  readonly predictions?: EndpointPredictions | undefined;
  /** What a prediction is. @default "classification" */
  readonly problem?: "classification" | "regression" | undefined;
  /** Quartz cron in UTC. @default "0 10 * * * ?", ten past every hour: after unpacking */
  readonly cron?: string | undefined;
}

const MEASURE = "monitoring/measure_canary.py";

/**
 * The job that measures the traffic of a candidate on its canary, `<name>`, and logs it to the candidate's
 * run, where the gate finds it at the next update: `canary_<percent>_requests`, `_error_rate`,
 * `_latency_p95_ms`, `_prediction_drift`, and of predictions whose outcome is known `_labelled`, `_accuracy`,
 * `_f1` or `_f1_macro`, or `_rmse` and `_mae`. Without a candidate on a canary it does nothing. Waits, like
 * the endpoint, for a first champion.
 */
export class CanaryMeasurement extends pulumi.ComponentResource {
  /** The job, undefined while the endpoint waits. */
  readonly job: PythonJob | undefined;

  /** @throws pulumi.RunError if the endpoint captures nothing, or for an invalid cron expression. */
  constructor(name: string, args: CanaryMeasurementArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:CanaryMeasurement", name, {}, on(args.platform, opts));
    const { endpoint, platform, predictions } = args;
    const { payloadTable, serving } = endpoint;
    if (payloadTable === undefined) {
      throw new pulumi.RunError(
        `${endpoint.endpointName} captures no requests; a canary cannot be measured without them.`,
      );
    }
    // What is wrong shall show before there is a champion.
    const cron = quartz(name, args.cron ?? "0 10 * * * ?");
    platform.tasks.path(MEASURE);
    if (serving !== undefined) {
      const model = endpoint.champion.model.fullName;
      this.job = new PythonJob(
        name,
        {
          platform,
          description: `Measures the traffic of ${model}'s candidate on its canary.`,
          cron,
          tasks: [
            {
              file: MEASURE,
              arguments: {
                model,
                payload: payloadTable,
                ...(predictions === undefined
                  ? {}
                  : {
                      predictions: predictions.fullName,
                      label: predictions.labelColumn,
                      problem: args.problem ?? "classification",
                    }),
              },
            },
          ],
        },
        // Through the endpoint on the gate: nothing behind a gate that blocks may change.
        { parent: this, dependsOn: predictions === undefined ? [serving] : [serving, predictions] },
      );
    }
    this.registerOutputs({ jobId: this.job?.jobId ?? "none yet" });
  }
}
