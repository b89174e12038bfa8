/*
 * What registry and tracking server say at one moment, as the decision takes it. Nothing here is trusted:
 * a value that is no finite number, a time that is none, keep the form in which they were answered.
 */

/** The last value of a metric. */
export interface Metric {
  /** What is no single finite number stays text, such as `NaN`, or `0.84 and 0.86` if it was logged twice. */
  readonly value: number | string;
  /** When it was logged, in milliseconds since 1970; null if the answer does not say. */
  readonly at: number | null;
}

/** The rows that something was measured on. */
export interface Dataset {
  readonly name: string;
  readonly digest: string;
}

/** The MLflow run that made a version. */
export interface Run {
  readonly id: string;
  readonly deleted: boolean;
  /** Path of the experiment that it belongs to; null if that cannot be found. */
  readonly experiment: string | null;
  /** Those that the rules name. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Metrics that were logged more than once with different values at their last step. */
  readonly ambiguous: readonly string[];
  /** Logged with the context `validation`; null if none, or if it is not one. */
  readonly dataset: Dataset | null;
  /** The version that validation measured beside this one, as `champion_<metric>`; null if none. */
  readonly comparedWith: string | null;
  /** Hash of the git commit of the sources; null if nobody noted it. */
  readonly commit: string | null;
  /** The model's inputs and outputs in MLflow's JSON; null if nobody noted them. */
  readonly signature: Signature | null;
}

/** Names and types of what goes in and comes out. */
export interface Signature {
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
}

/** One input or output. A tensor has a type such as `tensor(float64, [-1, 28, 28])` and perhaps no name. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

/** A version of the model, and the run behind it. */
export interface Version {
  readonly version: string;
  /** Its registration status; only `READY` can be served. */
  readonly status: string;
  /** The run that it names; without one there is no evidence. */
  readonly runId: string | null;
  /** What is known of that run; null if there is none (any more). */
  readonly run: Run | null;
  /** Those that the rules name. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Changes with anything that was measured; of a version that was rejected, with what had been measured then.
   */
  readonly fingerprint: string;
  /** Why people or a canary have rejected it, and by which measurements; null if nobody has. */
  readonly rejection: Rejection | null;
}

/** A version that was rolled back, or whose canary failed. */
export interface Rejection {
  /** {@link Version.fingerprint} at that time: the same measurements never promote it again. */
  readonly fingerprint: string;
  /** Metrics that the fingerprint is of. What else is measured later is no other evidence. */
  readonly metrics: readonly string[];
  readonly reason: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

/** How far a candidate has come on its way to all of the traffic. */
export interface CanaryProgress {
  readonly version: string;
  /** Index of the step that it is at. */
  readonly step: number;
  /** When it came there, RFC 3339; older measurements say nothing about it. */
  readonly since: string;
}

/** All that a decision is made on. */
export interface Facts {
  /** When they were read, in milliseconds since 1970. */
  readonly at: number;
  readonly candidate: Version | null;
  /** Version with the alias, whoever put it there. */
  readonly champion: string | null;
  /**
   * What a candidate is compared with: the champion; of a candidate that is champion already, the one before
   * it. Null if there is none.
   */
  readonly baseline: Version | null;
  /** When the candidate was promoted, RFC 3339, if it is the champion by intact evidence; else null. */
  readonly promotedAt: string | null;
  readonly canary: CanaryProgress | null;
  /** Contradictions in what was answered, each a sentence without a full stop; none is as it must be. */
  readonly contradictions: readonly string[];
}
