import { z } from "zod";

const onTable = ["SELECT", "MODIFY", "REFRESH", "APPLY_TAG", "MANAGE"] as const;
const onVolume = ["READ_VOLUME", "WRITE_VOLUME", "APPLY_TAG", "MANAGE"] as const;
const onFunction = ["EXECUTE", "CREATE_MODEL_VERSION", "APPLY_TAG", "MANAGE"] as const;
const onSchema = [
  ...onTable,
  ...onVolume,
  ...onFunction,
  "USE_SCHEMA",
  "EXTERNAL_USE_SCHEMA",
  "CREATE_TABLE",
  "CREATE_VIEW",
  "CREATE_MATERIALIZED_VIEW",
  "CREATE_FUNCTION",
  "CREATE_MODEL",
  "CREATE_VOLUME",
] as const;
const onCatalog = [...onSchema, "USE_CATALOG", "CREATE_SCHEMA", "BROWSE"] as const;
const onStorageCredential = [
  "CREATE_EXTERNAL_LOCATION",
  "CREATE_EXTERNAL_TABLE",
  "READ_FILES",
  "WRITE_FILES",
  "MANAGE",
] as const;
const onExternalLocation = [
  "BROWSE",
  "CREATE_EXTERNAL_TABLE",
  "CREATE_EXTERNAL_VOLUME",
  "CREATE_FOREIGN_SECURABLE",
  "CREATE_MANAGED_STORAGE",
  "EXTERNAL_USE_LOCATION",
  "READ_FILES",
  "WRITE_FILES",
  "MANAGE",
] as const;
const onMetastore = [
  "CREATE_CATALOG",
  "CREATE_CLEAN_ROOM",
  "CREATE_CONNECTION",
  "CREATE_EXTERNAL_LOCATION",
  "CREATE_PROVIDER",
  "CREATE_RECIPIENT",
  "CREATE_SERVICE_CREDENTIAL",
  "CREATE_SHARE",
  "CREATE_STORAGE_CREDENTIAL",
  "MANAGE_ALLOWLIST",
  "SET_SHARE_PERMISSION",
  "USE_MARKETPLACE_ASSETS",
  "USE_PROVIDER",
  "USE_RECIPIENT",
  "USE_SHARE",
] as const;

/**
 * Which privileges can be granted on what; a schema and a catalog also take those of the objects in them,
 * which inherit them. Registered models are functions to Unity Catalog.
 * https://learn.microsoft.com/en-us/azure/databricks/data-governance/unity-catalog/access-control/privileges-reference
 */
const applicable: Record<SecurableType, ReadonlySet<string>> = {
  metastore: new Set(onMetastore),
  catalog: new Set(["ALL_PRIVILEGES", ...onCatalog]),
  schema: new Set(["ALL_PRIVILEGES", ...onSchema]),
  table: new Set(["ALL_PRIVILEGES", ...onTable]),
  volume: new Set(["ALL_PRIVILEGES", ...onVolume]),
  function: new Set(["ALL_PRIVILEGES", ...onFunction]),
  storage_credential: new Set(["ALL_PRIVILEGES", ...onStorageCredential]),
  external_location: new Set(["ALL_PRIVILEGES", ...onExternalLocation]),
};

/** The securables that exist here, in a path in any case. */
export const securableType = z
  .string()
  .toLowerCase()
  .pipe(
    z.enum([
      ...["metastore", "catalog", "schema", "table", "volume", "function"],
      ...["storage_credential", "external_location"],
    ] as const),
  );

export type SecurableType = z.output<typeof securableType>;

/** A privilege as stored: upper case, `USE CATALOG` and `USE_CATALOG` being the same. */
export const privilege = z
  .string()
  .min(1)
  .transform((name) => name.trim().toUpperCase().replaceAll(" ", "_"));

/** Whether `name` can be granted on a securable of this type. */
export function isApplicable(type: SecurableType, name: string): boolean {
  return applicable[type].has(name);
}

/** All privileges that can be granted on this type, sorted. */
export function privilegesOf(type: SecurableType): string[] {
  return [...applicable[type]].sort();
}
