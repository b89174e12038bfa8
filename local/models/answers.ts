import { METASTORE, WORKSPACE_ID } from "../identity";
import type { ModelRecord } from "./records";
import type { ModelVersion } from "./versions";

/** A model in Unity Catalog's words (`catalog.RegisteredModelInfo`), without its aliases. */
export function modelInfo(model: ModelRecord) {
  const { id, ...rest } = model;
  return {
    ...rest,
    metastore_id: METASTORE.id,
    storage_location: `dbfs:/unity-catalog/registered-models/${id}`,
  };
}

/** A model's alias (`catalog.RegisteredModelAlias`). */
export function aliasInfo(model: ModelRecord, alias: string, version: number) {
  return {
    id: `${model.id}:${alias}`,
    alias_name: alias,
    version_num: version,
    catalog_name: model.catalog_name,
    schema_name: model.schema_name,
    model_name: model.name,
  };
}

/** A version in Unity Catalog's words (`catalog.ModelVersionInfo`), without its aliases. */
export function versionInfo(version: ModelVersion) {
  const [catalog_name, schema_name, model_name] = version.name.split(".");
  return {
    id: version.id,
    catalog_name,
    schema_name,
    model_name,
    version: version.version,
    status: version.status,
    source: version.source,
    storage_location: version.storageLocation,
    metastore_id: METASTORE.id,
    ...(version.description ? { comment: version.description } : {}),
    ...(version.run_id ? { run_id: version.run_id, run_workspace_id: WORKSPACE_ID } : {}),
    created_at: version.creation_timestamp,
    created_by: version.created_by,
    updated_at: version.last_updated_timestamp,
    updated_by: version.updated_by,
  };
}

/** A version's aliases (`catalog.RegisteredModelAlias`). */
export function versionAliases(model: ModelRecord, version: ModelVersion) {
  return version.aliases.map((alias) => aliasInfo(model, alias, version.version));
}
