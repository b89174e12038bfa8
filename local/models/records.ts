import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const text = z.string();

/** What Unity Catalog keeps of a registered model; its tags and aliases live in MLflow. Keyed by full name. */
export const modelRecord = z.strictObject({
  id: text,
  catalog_name: text,
  schema_name: text,
  name: text,
  full_name: text,
  comment: text.optional(),
  owner: text,
  created_at: z.number(),
  created_by: text,
  updated_at: z.number(),
  updated_by: text,
});

export type ModelRecord = z.output<typeof modelRecord>;

export const versionStatus = z.enum(["PENDING_REGISTRATION", "FAILED_REGISTRATION", "READY"]);

/**
 * What Unity Catalog keeps of a model version beyond MLflow: how far its registration got and where it came
 * from. Keyed by its id, which is also in the location that MLflow has for the version; written before the
 * version is made in MLflow, so that every version there has one.
 */
export const versionRecord = z.strictObject({
  id: text,
  status: versionStatus,
  status_message: text.optional(),
  source: text,
  /** The logged model it was made from. */
  model_id: text.optional(),
  created_by: text,
  updated_by: text,
  feature_deps: text.optional(),
  dependencies: z.array(z.strictObject({ type: text, name: text })).optional(),
  run_tracking_server_id: text.optional(),
});

export type VersionRecord = z.output<typeof versionRecord>;

export const models = ({ store }: Workspace): Collection<ModelRecord> =>
  store.collection("uc.models", modelRecord);

export const versionRecords = ({ store }: Workspace): Collection<VersionRecord> =>
  store.collection("uc.modelVersions", versionRecord);
