import { z } from "zod";
import { filterFromDatabricks } from "./artifactUris";

/** A 64-bit number: JSON of protocol buffers allows it as text too. */
export const int64 = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

/** A floating-point number; JSON of protocol buffers writes what JSON cannot as text. */
export const double = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);

export const text = z.string();

/** `{ key, value }`: tags and parameters. */
export const keyValue = z.strictObject({ key: text, value: text.optional() });

export const keyValues = z.array(keyValue);

/** Tags that something is created with; clients leave out an empty value. */
export const tags = z.array(z.strictObject({ key: text, value: text.default("") })).default([]);

/** A name that may be repeated in a query string. */
export const repeated = z.union([z.array(text), text.transform((one) => [one])]);

/** MLflow's search language, with artifact locations as Databricks writes them. */
export const searchFilter = text.transform(filterFromDatabricks);

export const viewType = z.enum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]);

export const runStatus = z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]);

/** `run_uuid` is the old name of `run_id`, which clients still send. */
export const run = { run_id: text.optional(), run_uuid: text.optional() };

export const metric = z.strictObject({
  key: text,
  value: double,
  timestamp: int64,
  step: int64.optional(),
  run_id: text.optional(),
  model_id: text.optional(),
  dataset_name: text.optional(),
  dataset_digest: text.optional(),
});

export const dataset = z.strictObject({
  name: text,
  digest: text,
  source_type: text.optional(),
  source: text.optional(),
  schema: text.optional(),
  profile: text.optional(),
});
