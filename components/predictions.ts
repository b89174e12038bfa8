import type { Column, GovernedTable } from "./governedTable";
import type { RegisteredModel } from "./registeredModel";

/**
 * A model's predictions in a table, one row each, with its inputs and, once known, the true outcome:
 * what a QualityMonitor profiles, whoever writes it. EndpointPredictions unpacks what
 * an endpoint captured; a batch job writes them itself.
 */
export interface Predictions {
  readonly model: RegisteredModel;
  /** Full name of the table. */
  readonly fullName: string;
  /**
   * The table, undefined while the model waits for its first champion. It depends on the gate, so that
   * nothing behind a gate that blocks changes.
   */
  readonly table: GovernedTable | undefined;
  /** The model's inputs, all of them columns of the table. */
  readonly features: readonly Column[];
  /** Column that says when the prediction was made, a timestamp. */
  readonly timestampColumn: string;
  /** Column with the version of the model that made it. */
  readonly versionColumn: string;
  readonly predictionColumn: string;
  /** Column with the true outcome, NULL until it is known; undefined if outcomes never come. */
  readonly labelColumn: string | undefined;
}

/** Columns that every table of predictions calls the same. */
export const PREDICTION_COLUMNS = {
  timestampColumn: "timestamp",
  versionColumn: "model_version",
  predictionColumn: "prediction",
} as const;

/** What {@link predictionColumns} puts together. */
export interface PredictionColumnsArgs {
  /** Columns that tell predictions apart or lead to their outcome, first in the table. */
  readonly keys: readonly Column[];
  /** The model's inputs. */
  readonly features: readonly Column[];
  /** Type of the prediction and of the label, e.g. `int` for a class. */
  readonly predictionType: string;
  /** Column of the true outcome. @default none */
  readonly label?: string | undefined;
}

/** The columns of a table of predictions: keys, when, by which version, inputs, answer, outcome. */
export function predictionColumns(args: PredictionColumnsArgs): Column[] {
  const { keys, features, predictionType: type, label } = args;
  const { timestampColumn, versionColumn, predictionColumn } = PREDICTION_COLUMNS;
  return [
    ...keys,
    {
      name: timestampColumn,
      type: "timestamp",
      comment: "When the prediction was made",
      nullable: false,
    },
    { name: versionColumn, type: "string", comment: "Version of the model that answered" },
    ...features,
    { name: predictionColumn, type, comment: "What the model answered" },
    ...(label === undefined
      ? []
      : [{ name: label, type, comment: "The true outcome, once known" }]),
  ];
}
