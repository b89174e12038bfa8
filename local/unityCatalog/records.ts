import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const text = z.string();
const textMap = z.record(z.string(), z.string());

/** `INHERIT` and `DISABLE` come to the same here: nothing is ever optimized in the background. */
export const predictiveOptimization = z.enum(["DISABLE", "ENABLE", "INHERIT"]);

/** What every securable keeps: who owns it and who changed it when (milliseconds since 1970). */
export const audit = {
  owner: text,
  created_at: z.number(),
  created_by: text,
  updated_at: z.number(),
  updated_by: text,
};

/** Which workspace may use an isolated securable, and how. */
export const binding = z.strictObject({
  workspace_id: z.number().int(),
  binding_type: z.enum(["BINDING_TYPE_READ_WRITE", "BINDING_TYPE_READ_ONLY"]),
});

/** A catalog; keyed by its name in lower case. */
export const catalogRecord = z.strictObject({
  id: text,
  name: text,
  comment: text.optional(),
  properties: textMap.optional(),
  /** Where its data lies on Databricks. Here it lies in the workspace's folder, whatever this says. */
  storage_root: text.optional(),
  isolation_mode: z.enum(["OPEN", "ISOLATED"]),
  enable_predictive_optimization: predictiveOptimization,
  bindings: z.array(binding),
  ...audit,
});

/** A schema; keyed by `catalog.schema` in lower case. */
export const schemaRecord = z.strictObject({
  schema_id: text,
  catalog_name: text,
  name: text,
  full_name: text,
  comment: text.optional(),
  properties: textMap.optional(),
  enable_predictive_optimization: predictiveOptimization,
  ...audit,
});

/** A managed volume; keyed by `catalog.schema.volume` in lower case. */
export const volumeRecord = z.strictObject({
  volume_id: text,
  catalog_name: text,
  schema_name: text,
  name: text,
  full_name: text,
  comment: text.optional(),
  ...audit,
});

export type CatalogRecord = z.output<typeof catalogRecord>;
export type SchemaRecord = z.output<typeof schemaRecord>;
export type VolumeRecord = z.output<typeof volumeRecord>;

export const catalogs = ({ store }: Workspace): Collection<CatalogRecord> =>
  store.collection("uc.catalogs", catalogRecord);

export const schemas = ({ store }: Workspace): Collection<SchemaRecord> =>
  store.collection("uc.schemas", schemaRecord);

export const volumes = ({ store }: Workspace): Collection<VolumeRecord> =>
  store.collection("uc.volumes", volumeRecord);

/** The record without the fields that the interface does not show. */
export function without(record: object, ...hidden: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !hidden.includes(key)));
}
