import type { Facts, Run, Version } from "./facts";
import { short } from "./measured";
import type { Policy } from "./rule";

/** One rule, or one demand of the policy itself, with what was found. */
export interface Check {
  /** What was looked at, e.g. `val_auc_roc` or `tag stage`. */
  readonly name: string;
  /** Null if it is not there. */
  readonly measured: number | string | null;
  /** What it must be, e.g. `> 0.85`. */
  readonly required: string;
  /** The bound, where there is one. */
  readonly bound: number | null;
  /** `unknown`: what the rule asks about is not there, or no finite number. */
  readonly result: "passed" | "failed" | "unknown";
}

/** The candidate as rules look at it: its run is there. */
export interface Subject {
  readonly policy: Policy;
  readonly facts: Facts;
  readonly candidate: Version;
  readonly run: Run;
}

/** One check in words: `val_auc_roc 0.84, must be > 0.85`. */
export function describeCheck({ name, measured, required, bound, result }: Check): string {
  if (measured === null) return `${name} missing, must be ${required}`;
  const shown = typeof measured === "number" ? short(measured, bound) : measured;
  if (result !== "passed") return `${name} ${shown}, must be ${required}`;
  return typeof measured === "number" ? `${name} ${shown} ${required}` : `${name}: ${shown}`;
}
