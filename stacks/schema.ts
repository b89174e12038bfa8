import { z } from "zod";
import { quartzProblem } from "../components/cron";

/** An object of which every key is known; another one is refused with the list of those allowed. */
export function section<Shape extends z.core.$ZodShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `there is no such key; allowed: ${Object.keys(shape).join(", ")}`
        : "must be a section with keys",
  });
}

/** A Quartz cron expression in UTC, as Databricks' schedules take it. */
export const cron = z.string().superRefine((expression, context) => {
  const problem = quartzProblem(expression);
  if (problem !== undefined) context.addIssue(`must be a Quartz cron: ${problem}`);
});

/** A bound on a metric that lies between 0 and 1 by definition. */
export const unitBound = z
  .number("must be a number between 0 and 1")
  .min(0, "must be between 0 and 1")
  .max(1, "must be between 0 and 1");

/** What a refused candidate does to the update. */
export const onFailure = z.enum(["hold", "block"]);

/** Full name of a registered model. */
export const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9_]+\.[A-Za-z0-9_]+\.[A-Za-z0-9_]+$/,
    "must have three parts, catalog.schema.model, of letters, digits and _",
  );

/** A list of addresses that mail goes to. */
export const emails = z
  .array(z.email("must be an e-mail address"))
  .min(1, "must have at least one address");

/** A bound on an error, in the unit of what is predicted. */
export const errorBound = z.number("must be a number above 0").gt(0, "must be above 0");

/** Hyper-parameters of XGBoost; a run of the training job can override each. */
export const boostedTrees = section({
  n_estimators: z.number().int().min(1).default(100),
  max_depth: z.number().int().min(1).default(6),
  learning_rate: z.number().gt(0).max(1).default(0.1),
});

/**
 * Size of a model's endpoint.
 * @param scaleToZero - Whether it goes away without requests, where the configuration is silent.
 */
export const endpointSettings = (scaleToZero: boolean) =>
  section({
    workloadSize: z.enum(["Small", "Medium", "Large"]).default("Small"),
    scaleToZero: z.boolean().default(scaleToZero),
    /** Percent of requests that a challenger answers which the gate measured and refused. */
    challengerTraffic: z.number().int().min(0).max(50).default(0),
  });

/** When predictions are profiled. */
export const monitorSettings = section({ cron: cron.default("0 0 * * * ?") });

/** When drift is told, and to whom. */
export const alertSettings = section({
  /** Population stability index above which the inputs have drifted. */
  threshold: z.number().gt(0).default(0.1),
  /** Rows that a day's predictions must have to count as drift. Default: 500. */
  minimumRows: z.number().int().min(1).optional(),
  /** Hours in which drift starts training once. Default: 24. */
  coolDownHours: z.number().min(0).max(8760).optional(),
  /** Default: the environment's. */
  emails: emails.optional(),
});
