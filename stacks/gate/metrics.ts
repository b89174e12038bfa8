import type { z } from "zod";
import { errorBound, unitBound } from "../schema";

/** A metric that a model's validation logs. */
export interface GateMetric {
  /** What a bound on it may be. */
  readonly bound: z.ZodType<number>;
  /** Which of its values are better. */
  readonly better: "higher" | "lower";
}

/** Between 0 and 1, and higher is better: accuracy, f1, the area under a curve. */
export const share: GateMetric = { bound: unitBound, better: "higher" };

/** How far off predictions are, in the unit of what is predicted: lower is better. */
export const error: GateMetric = { bound: errorBound, better: "lower" };
