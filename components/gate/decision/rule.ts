/*
 * What a gate asks for. Plain data: rules come from a model's file or the configuration, go into the
 * gate's inputs, and are shown by every preview.
 */

/** How a measured value is held against a bound. */
export type Comparison = ">" | ">=" | "<" | "<=";

/** A bound on one metric of the candidate's run. */
export interface MetricRule {
  readonly kind: "metric";
  /** The metric's name as logged to MLflow, e.g. `val_auc_roc`. */
  readonly metric: string;
  readonly comparison: Comparison;
  readonly bound: number;
}

/** A metric that must lie within a range, ends included. */
export interface RangeRule {
  readonly kind: "range";
  readonly metric: string;
  readonly from: number;
  readonly to: number;
}

/** The worst of several metrics, such as the accuracy of each region, against one bound. */
export interface SlicesRule {
  readonly kind: "slices";
  /** At least two; the worst is the lowest for `>` and `>=`, the highest for `<` and `<=`. */
  readonly metrics: readonly string[];
  readonly comparison: Comparison;
  readonly bound: number;
}

/**
 * The candidate against the champion, on the same metric and the same rows: the champion's value is the one
 * that validation measured beside the candidate's, or, where both were measured on one dataset by name and
 * digest, that of its own run.
 */
export interface ChampionRule {
  readonly kind: "champion";
  readonly metric: string;
  readonly better: "higher" | "lower";
  /**
   * How much better the candidate must be at least, in the metric's unit, or as a share of the champion's
   * absolute value. Negative: how much worse it may be.
   */
  readonly change: number;
  /** Whether `change` is a share. */
  readonly relative: boolean;
}

/** A tag that the version must carry. */
export interface TagRule {
  readonly kind: "tag";
  readonly tag: string;
  /** The values that it may have; any if empty. */
  readonly values: readonly string[];
}

/** A person who must have approved this version, by a tag on it or in the approvals file of the repository. */
export interface ApprovalRule {
  readonly kind: "approval";
  /** The tag that holds who approved, or `null` if the approvals file has to say it. */
  readonly tag: string | null;
  /** Who may approve; anybody if empty. */
  readonly approvers: readonly string[];
}

/** How old the measurements may be when the version is promoted. */
export interface AgeRule {
  readonly kind: "age";
  readonly maxHours: number;
}

/** How many rows the candidate must have been measured on. */
export interface RowsRule {
  readonly kind: "rows";
  /** The metric that counts them, e.g. `val_rows`. */
  readonly metric: string;
  readonly atLeast: number;
}

/** One thing that must hold. */
export type Rule =
  MetricRule | RangeRule | SlicesRule | ChampionRule | TagRule | ApprovalRule | AgeRule | RowsRule;

/** One share of the traffic that a candidate gets before it is promoted. */
export interface CanaryStep {
  /** Percent of the requests, 1 to 50, that the candidate answers. */
  readonly percent: number;
  /** Requests that it must have answered before the rules are asked. */
  readonly minRequests: number;
  /** On what was measured of them: `error_rate`, `latency_p95_ms`, `prediction_drift`, or a metric of quality. */
  readonly rules: readonly MetricRule[];
}

/** Lets one version through whatever the rules say, until it expires. */
export interface Breakglass {
  readonly version: string;
  readonly reason: string;
  readonly by: string;
  /** RFC 3339. */
  readonly expires: string;
}

/** An entry of the approvals file. */
export interface Approval {
  readonly version: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

/** All that a gate decides by. */
export interface Policy {
  readonly rules: readonly Rule[];
  /**
   * Path of the experiment whose runs may make champions. A run of another one is no evidence.
   */
  readonly experiment: string;
  /** Whether the model's inputs and outputs must be ones that callers of the champion can use. */
  readonly signature: "compatible" | "any";
  /** Steps of traffic before the promotion; none if empty. A first champion takes none. */
  readonly canary: readonly CanaryStep[];
  readonly breakglass: Breakglass | null;
  /** What the approvals file says of this model. */
  readonly approvals: readonly Approval[];
  /** Decides and shows, and promotes nothing. */
  readonly dryRun: boolean;
}
