import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import { GovernedTable, checkColumns, type Column } from "./governedTable";
import { on, type Platform } from "./platform";
import { PREDICTION_COLUMNS, predictionColumns, type Predictions } from "./predictions";
import { PythonJob } from "./pythonJob";
import type { RegisteredModel } from "./registeredModel";
import type { ServingEndpoint } from "./servingEndpoint";

/** Arguments of {@link EndpointPredictions}. */
export interface EndpointPredictionsArgs {
  readonly platform: Platform;
  /** Whose captured requests are unpacked; it must capture them. */
  readonly endpoint: ServingEndpoint;
  /** The model's inputs in the order of its signature, which become columns of the table. */
  readonly features: readonly Column[];
  /** Type of the prediction and of the label, e.g. `int` for a class. */
  readonly predictionType: string;
  /** Column that the true outcome is joined into once it is known, e.g. `actual_label`. */
  readonly label: string;
  /** Table with keys and labels that arrive late, and its label column. */
  readonly labels: { readonly table: string; readonly column: string; readonly key: string };
  /** Quartz cron in UTC of unpacking. @default "0 0 * * * ?", every hour */
  readonly cron?: string | undefined;
}

const UNPACK = "monitoring/unpack_predictions.py";
const HOURLY = "0 0 * * * ?";

/** What is captured with every request and tells its predictions apart. */
const keys: readonly Column[] = [
  { name: "request_id", type: "string", comment: "Databricks' id of the request", nullable: false },
  { name: "row_number", type: "int", comment: "Row within the request, from 0", nullable: false },
  { name: "record_key", type: "string", comment: "Key that labels are joined on, if it was sent" },
];

/**
 * What an endpoint answered: the table of predictions `<model>_predictions` beside the captured
 * payload, and the job `<name>-unpack` that fills it. Waits, like the endpoint, for a first champion.
 */
export class EndpointPredictions extends pulumi.ComponentResource implements Predictions {
  readonly model: RegisteredModel;
  readonly fullName: string;
  readonly table: GovernedTable | undefined;
  readonly features: readonly Column[];
  readonly timestampColumn = PREDICTION_COLUMNS.timestampColumn;
  readonly versionColumn = PREDICTION_COLUMNS.versionColumn;
  readonly predictionColumn = PREDICTION_COLUMNS.predictionColumn;
  readonly labelColumn: string;
  /** The job that fills the table, undefined while the endpoint waits. */
  readonly unpack: PythonJob | undefined;

  /**
   * @throws pulumi.RunError if the endpoint captures nothing, for an invalid cron expression, or for a
   * column that is there twice.
   */
  constructor(name: string, args: EndpointPredictionsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:EndpointPredictions", name, {}, on(args.platform, opts));
    const { endpoint, platform } = args;
    const { payloadTable, serving } = endpoint;
    if (payloadTable === undefined) {
      throw new pulumi.RunError(
        `${endpoint.endpointName} captures no requests; a monitor needs them.`,
      );
    }
    this.model = endpoint.champion.model;
    this.fullName = payloadTable.replace(/_payload$/, "_predictions");
    this.features = args.features;
    this.labelColumn = args.label;
    // What is wrong shall show before there is a champion.
    const cron = quartz(`${name}-unpack`, args.cron ?? HOURLY);
    const columns = predictionColumns({ ...args, keys });
    checkColumns(this.fullName, columns);
    platform.tasks.path(UNPACK);

    if (serving !== undefined) {
      this.table = new GovernedTable(
        `${name}-predictions`,
        {
          platform,
          table: this.fullName,
          comment: `What ${endpoint.endpointName} answered, one row a prediction, with late labels.`,
          columns,
          primaryKeys: ["request_id", "row_number"],
        },
        // Through the endpoint on the gate: nothing behind a gate that blocks may change.
        { parent: this, dependsOn: [serving] },
      );
      this.unpack = unpackJob(`${name}-unpack`, args, payloadTable, this.fullName, cron, {
        parent: this,
        dependsOn: [this.table],
      });
    }
    this.registerOutputs({ predictions: this.fullName });
  }
}

function unpackJob(
  name: string,
  { platform, labels, label, features }: EndpointPredictionsArgs,
  payload: string,
  predictions: string,
  cron: string,
  opts: pulumi.ComponentResourceOptions,
): PythonJob {
  return new PythonJob(
    name,
    {
      platform,
      description: `Unpacks ${payload} into ${predictions} and joins late labels.`,
      cron,
      tasks: [
        {
          file: UNPACK,
          arguments: {
            payload,
            predictions,
            features: features.map((column) => column.name).join(","),
            label,
            labels_table: labels.table,
            labels_column: labels.column,
            labels_key: labels.key,
          },
        },
      ],
    },
    opts,
  );
}
