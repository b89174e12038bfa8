/*
 * The decision, and nothing else: no imports, no clock, no network. The provider runs this very
 * function at update that the program ran at preview, so the two can only differ when the facts do.
 */

/** How a measured value is held against a bound. */
export type Comparison = ">" | ">=" | "<" | "<=";

/** A bound on one metric of the candidate's run. */
export interface MetricRule {
  /** The metric's name as logged to MLflow, e.g. `val_auc_roc`. */
  readonly metric: string;
  readonly comparison: Comparison;
  readonly bound: number;
}

/** What the registry and the tracking server say about the version that wants to be champion. */
export interface Candidate {
  readonly version: string;
  /** The version's registration status; only `READY` can be served. */
  readonly status: string;
  /** The MLflow run that made it; without one there is no evidence. */
  readonly runId: string | null;
  /** The run's metrics as the server answered them: numbers, or strings such as `"NaN"`. */
  readonly metrics: Readonly<Record<string, number | string>>;
}

/** One rule with what was measured. `measured` is null when the metric was never logged. */
export interface Check extends MetricRule {
  readonly measured: number | string | null;
  readonly passed: boolean;
}

/**
 * - `waiting`: no version is nominated yet.
 * - `promoted`: every rule holds; the only outcome that moves the alias.
 * - `refused`: measured, and at least one rule does not hold.
 * - `inconclusive`: something needed for the decision is missing or is not a finite number.
 */
export type Outcome = "waiting" | "promoted" | "refused" | "inconclusive";

/** The outcome with its reasons, in words and in numbers. */
export interface Verdict {
  readonly outcome: Outcome;
  /** One line for people, e.g. `val_auc_roc 0.84, must be > 0.85`. */
  readonly reason: string;
  readonly checks: readonly Check[];
}

/** Decides whether `candidate` may become champion. Fails closed: what is not proven is not promoted. */
export function decide(candidate: Candidate | null, rules: readonly MetricRule[]): Verdict {
  if (candidate === null) {
    return { outcome: "waiting", reason: "no version is nominated", checks: [] };
  }
  const checks = rules.map((rule) => checkRule(rule, candidate.metrics));
  if (rules.length === 0) return { outcome: "inconclusive", reason: "no rules are set", checks };
  if (candidate.status !== "READY") {
    return { outcome: "inconclusive", reason: `the version is ${candidate.status}`, checks };
  }
  if (candidate.runId === null) {
    return { outcome: "inconclusive", reason: "the version has no run, so no metrics", checks };
  }
  const failed = checks.filter((check) => !check.passed);
  if (failed.length === 0) {
    return { outcome: "promoted", reason: checks.map(describeCheck).join("; "), checks };
  }
  const unmeasured = failed.some((check) => !isFiniteNumber(check.measured));
  return {
    outcome: unmeasured ? "inconclusive" : "refused",
    reason: failed.map(describeCheck).join("; "),
    checks,
  };
}

function checkRule(rule: MetricRule, metrics: Candidate["metrics"]): Check {
  // An own property only: a metric called "constructor" is not there just because objects have one.
  const measured = Object.hasOwn(metrics, rule.metric) ? (metrics[rule.metric] ?? null) : null;
  return { ...rule, measured, passed: holds(measured, rule) };
}

function holds(measured: Check["measured"], rule: MetricRule): boolean {
  if (!isFiniteNumber(measured) || !isFiniteNumber(rule.bound)) return false;
  switch (rule.comparison) {
    case ">":
      return measured > rule.bound;
    case ">=":
      return measured >= rule.bound;
    case "<":
      return measured < rule.bound;
    case "<=":
      return measured <= rule.bound;
    default:
      return false;
  }
}

/**
 * MLflow's SQL store keeps ±1.7976931348623157e308, the largest number there is, in the place of
 * infinity, which SQL cannot represent; nothing that was measured is as large.
 */
function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) < Number.MAX_VALUE;
}

function describeCheck(check: Check): string {
  const { metric, measured, comparison, bound } = check;
  if (measured === null) return `${metric} missing, must be ${comparison} ${String(bound)}`;
  const shown = typeof measured === "number" ? shorten(measured, bound) : measured;
  const must = check.passed ? "" : ", must be";
  return `${metric} ${shown}${must} ${comparison} ${String(bound)}`;
}

/** Six digits, unless that would hide on which side of the bound the value lies. */
function shorten(value: number, bound: number): string {
  if (Math.abs(value) >= Number.MAX_VALUE) return value > 0 ? "Infinity" : "-Infinity";
  const short = Number(value.toPrecision(6));
  return String(Math.sign(short - bound) === Math.sign(value - bound) ? short : value);
}
