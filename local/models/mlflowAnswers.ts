import { z } from "zod";
import { int64 } from "../mlflow/fields";

const text = z.string();

/** A tag as MLflow answers it; an empty value is left out by its JSON. */
const tag = z.object({ key: text, value: text.default("") });

/** MLflow's `ModelVersion`, as far as the workspace reads it. */
export const mlflowVersion = z.object({
  name: text,
  version: text.transform(Number),
  creation_timestamp: int64.default(0),
  last_updated_timestamp: int64.default(0),
  description: text.optional(),
  source: text.default(""),
  run_id: text.optional(),
  tags: z.array(tag).default([]),
  aliases: z.array(text).default([]),
});

/** MLflow's `RegisteredModel`, as far as the workspace reads it. */
export const mlflowModel = z.object({
  name: text,
  tags: z.array(tag).default([]),
  aliases: z.array(z.object({ alias: text, version: text.transform(Number) })).default([]),
});

export const modelAnswer = z.object({ registered_model: mlflowModel });
export const versionAnswer = z.object({ model_version: mlflowVersion });
export const versionsAnswer = z.object({
  model_versions: z.array(mlflowVersion).default([]),
  next_page_token: text.optional(),
});

export type Tag = z.output<typeof tag>;
export type MlflowModel = z.output<typeof mlflowModel>;
export type MlflowVersion = z.output<typeof mlflowVersion>;
