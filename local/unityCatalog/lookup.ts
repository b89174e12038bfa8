import { ApiError, missing } from "../errors";
import { USER } from "../identity";
import type { Workspace } from "../workspace";
import { isBoundTo } from "./bindings";
import { partsOf } from "./names";
import {
  catalogs,
  schemas,
  volumes,
  type CatalogRecord,
  type SchemaRecord,
  type VolumeRecord,
} from "./records";

/** @throws ApiError 404 CATALOG_DOES_NOT_EXIST. */
export function requireCatalog(workspace: Workspace, name: string): CatalogRecord {
  const found = catalogs(workspace).get(name.toLowerCase());
  if (found === undefined) throw missing("Catalog", name, "CATALOG_DOES_NOT_EXIST");
  return found;
}

/** @throws ApiError 404 for a missing catalog; 403 PERMISSION_DENIED if it is not bound to the workspace. */
export function requireBoundCatalog(workspace: Workspace, name: string): CatalogRecord {
  const found = requireCatalog(workspace, name);
  if (isBoundTo(found)) return found;
  throw new ApiError(
    "PERMISSION_DENIED",
    `Catalog '${found.name}' is not accessible in current workspace`,
  );
}

/** @throws ApiError 404 for a missing catalog or schema. */
export function requireSchema(workspace: Workspace, fullName: string): SchemaRecord {
  const [catalog = ""] = partsOf(fullName, 2);
  requireBoundCatalog(workspace, catalog);
  const found = schemas(workspace).get(fullName.toLowerCase());
  if (found === undefined) throw missing("Schema", fullName, "SCHEMA_DOES_NOT_EXIST");
  return found;
}

/** @throws ApiError 404 for a missing catalog, schema or volume. */
export function requireVolume(workspace: Workspace, fullName: string): VolumeRecord {
  const [catalog = "", schema = ""] = partsOf(fullName, 3);
  requireSchema(workspace, `${catalog}.${schema}`);
  const found = volumes(workspace).get(fullName.toLowerCase());
  if (found === undefined) throw missing("Volume", fullName, "VOLUME_DOES_NOT_EXIST");
  return found;
}

/** The audit fields of something made now. */
export function madeNow(now = Date.now()) {
  return {
    owner: USER.userName,
    created_at: now,
    created_by: USER.userName,
    ...changedNow(now),
  };
}

/** The audit fields of something changed now. */
export function changedNow(now = Date.now()) {
  return { updated_at: now, updated_by: USER.userName };
}
