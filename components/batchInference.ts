import * as pulumi from "@pulumi/pulumi";
import { parseFullName } from "./fullName";
import { GovernedTable, checkColumns, type Column } from "./governedTable";
import { jobParameter, type PythonTask } from "./jobTasks";
import { on, type Platform } from "./platform";
import { PREDICTION_COLUMNS, predictionColumns, type Predictions } from "./predictions";
import type { PromotionGate } from "./promotionGate";
import { PythonJob } from "./pythonJob";
import type { RegisteredModel } from "./registeredModel";
import type { Stage } from "./stage";

/** Arguments of {@link BatchInference}. */
export interface BatchInferenceArgs {
  readonly platform: Platform;
  /** Whose champion scores. The table of predictions waits for the first one. */
  readonly champion: PromotionGate;
  /**
   * Scores: takes `--model-name`, `--predictions`, `--label` and `--scored-at`, and where the rows are;
   * fails with a clear line while there is no champion.
   */
  readonly file: string;
  /**
   * Files to score, below the schema of the model: volume and folder, e.g. `landing/iris`; the file
   * takes it as `--volume-path`. @default none: `arguments` say where the rows are
   */
  readonly source?: string;
  /** What else the file is told, e.g. `{ features: features.fullName }`. @default nothing */
  readonly arguments?: PythonTask["arguments"];
  /** Name of the table of predictions, in the schema of the model. */
  readonly table: string;
  /** Columns that tell a prediction from all others, beside the version. */
  readonly keys: readonly Column[];
  /** The model's inputs in the order of its signature. */
  readonly features: readonly Column[];
  /** Type of the prediction and of the label, e.g. `int` for a class. */
  readonly predictionType: string;
  /** Column that the true outcome is joined into once it is known. */
  readonly label: string;
  /** Quartz cron in UTC, from the first champion on. @default none: runs when started */
  readonly cron?: string | undefined;
}

/**
 * Predictions in batches: the job that scores with the champion, and their table. Its parameters
 * `catalog_name` and `schema_name` say where rows, model and predictions are.
 */
export class BatchInference extends pulumi.ComponentResource implements Predictions {
  readonly model: RegisteredModel;
  readonly fullName: string;
  readonly table: GovernedTable | undefined;
  readonly features: readonly Column[];
  readonly timestampColumn = PREDICTION_COLUMNS.timestampColumn;
  readonly versionColumn = PREDICTION_COLUMNS.versionColumn;
  readonly predictionColumn = PREDICTION_COLUMNS.predictionColumn;
  readonly labelColumn: string;
  readonly stage: Stage;
  readonly job: PythonJob;

  /** @throws pulumi.RunError for a column that is there twice, or for what {@link PythonJob} refuses. */
  constructor(name: string, args: BatchInferenceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:BatchInference", name, {}, on(args.platform, opts));
    const { platform, champion, keys, cron } = args;
    const { catalog, schema } = parseFullName("model", champion.model.fullName);
    this.model = champion.model;
    this.fullName = `${catalog}.${schema}.${args.table}`;
    this.features = args.features;
    this.labelColumn = args.label;
    this.stage = stageOf(args, catalog, schema);
    // What is wrong shall show before there is a champion.
    const columns = predictionColumns({ ...args, keys });
    checkColumns(this.fullName, columns);

    this.job = new PythonJob(
      name,
      {
        platform,
        description: `Scores new rows with the champion of ${this.model.fullName} into ${this.fullName}.`,
        ...this.stage,
        ...(cron === undefined || champion.championVersion === undefined ? {} : { cron }),
      },
      { parent: this, dependsOn: [this.model] },
    );
    if (champion.championVersion !== undefined) {
      const primaryKeys = [...keys.map((key) => key.name), this.versionColumn];
      this.table = new GovernedTable(
        `${name}-predictions`,
        {
          platform,
          table: this.fullName,
          comment: `What ${this.model.fullName} answered, one row a prediction, with late labels.`,
          columns: columns.map((column) =>
            primaryKeys.includes(column.name) ? { ...column, nullable: false } : column,
          ),
          primaryKeys,
        },
        // Nothing behind a gate that blocks may change.
        { parent: this, dependsOn: [champion] },
      );
    }
    this.registerOutputs({ jobId: this.job.jobId, predictions: this.fullName });
  }
}

function stageOf(args: BatchInferenceArgs, catalog: string, schema: string): Stage {
  const [inCatalog, inSchema] = [jobParameter("catalog_name"), jobParameter("schema_name")];
  const files =
    args.source === undefined
      ? {}
      : { volume_path: `/Volumes/${inCatalog}/${inSchema}/${args.source}` };
  return {
    tasks: [
      {
        file: args.file,
        arguments: {
          model_name: `${inCatalog}.${inSchema}.${args.champion.model.shortName}`,
          ...files,
          ...args.arguments,
          predictions: `${inCatalog}.${inSchema}.${args.table}`,
          label: args.label,
          // One time for all predictions of a run, however often it is repaired.
          scored_at: "{{job.start_time.iso_datetime}}",
        },
      },
    ],
    parameters: { catalog_name: catalog, schema_name: schema },
  };
}
