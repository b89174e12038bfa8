import { z } from "zod";
import { onFailure, section } from "../schema";
import type { GateMetric } from "./metrics";
import {
  approvedBy,
  approvedInFile,
  breakglass,
  canary,
  change,
  range,
  tags,
  worst,
} from "./ruleSettings";

/** Something for some of the metrics. */
type Per<Metric extends string, Value> = Readonly<Partial<Record<Metric, Value>>>;

/** What a model's gate asks for where the environment's file says nothing. */
export interface GateDefaults<Metric extends string> {
  /** All that the file may ask about; another name in it is refused. */
  readonly metrics: Readonly<Record<Metric, GateMetric>>;
  readonly above?: Per<NoInfer<Metric>, number>;
  readonly atLeast?: Per<NoInfer<Metric>, number>;
  readonly below?: Per<NoInfer<Metric>, number>;
  readonly atMost?: Per<NoInfer<Metric>, number>;
  /** How much worse than the champion it may be on the same rows, in the metric's unit. */
  readonly maxRegression?: Per<NoInfer<Metric>, number>;
  /** Rows that validation must have measured on. */
  readonly minRows?: number;
}

const ABSOLUTE = ["above", "atLeast", "below", "atMost", "between", "worstOf"] as const;

/**
 * A model's section `gate`: what its candidate must be, and what a refusal does to the update.
 * @param defaults - The file can say each of them again, metric by metric.
 */
export function gateSettings<Metric extends string>(defaults: GateDefaults<Metric>) {
  const { metrics, ...unlessSaid } = defaults;
  const per = <Value>(valueOf: (metric: GateMetric) => z.ZodType<Value>) =>
    section(
      Object.fromEntries(
        Object.entries<GateMetric>(metrics).map(([name, one]) => [name, valueOf(one).optional()]),
      ),
    )
      .prefault({})
      .transform((values) => present(values));
  const bounds = () => per(({ bound }) => bound);
  const settings = section({
    above: bounds(),
    atLeast: bounds(),
    below: bounds(),
    atMost: bounds(),
    between: per(range),
    worstOf: z.array(worst(metrics), "must be a list").default([]),
    maxRegression: per(change),
    minImprovement: per(change),
    /** As the metric `val_rows` counts them. */
    minRows: z.int("must be a whole number, 1 or more").min(1, "must be 1 or more").optional(),
    /** Of what the rules measure, when the version is promoted. */
    maxAgeDays: z.number("must be a number above 0").gt(0, "must be above 0").optional(),
    tags,
    approvedBy: approvedBy.optional(),
    approvedInFile: approvedInFile.optional(),
    /** Whether who calls the champion must be able to call its successor. */
    signature: z.enum(["compatible", "any"]).default("compatible"),
    canary,
    breakglass: breakglass.optional(),
    /** Decides and shows, and promotes nothing. */
    dryRun: z.boolean("must be true or false").default(false),
    /** Default: the environment's. */
    onFailure: onFailure.optional(),
    /** What an update does that finds the alias where the gate did not put it. */
    onAliasDrift: z.enum(["restore", "fail"]).default("restore"),
  }).refine(
    (said) => ABSOLUTE.some((key) => Object.keys(said[key]).length > 0),
    `must have a bound in ${ABSOLUTE.join(", ")}: a first version has no champion to be compared with`,
  );
  return z.preprocess((said) => over(unlessSaid, said), settings);
}

/** What a model's section `gate` says, defaults filled in. */
export type GateSettings = z.output<ReturnType<typeof gateSettings>>;

function present<Value>(
  values: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** What is said, over the defaults: key by key, within a section too. */
function over(defaults: unknown, said: unknown): unknown {
  if (said === undefined) return defaults;
  if (!isSection(defaults) || !isSection(said)) return said;
  const merged = Object.entries(said).map(([key, value]) => [
    key,
    over(Object.hasOwn(defaults, key) ? defaults[key] : undefined, value),
  ]);
  return { ...defaults, ...Object.fromEntries(merged) };
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
