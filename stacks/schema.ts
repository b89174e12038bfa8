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
