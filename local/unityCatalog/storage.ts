import { z } from "zod";
import { ApiError, missing } from "../errors";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";
import { isBoundTo } from "./bindings";
import { audit, binding, catalogs } from "./records";

const text = z.string();

/** Of all securables but catalogs, which spell it without the prefix. */
export const isolationMode = z.enum(["ISOLATION_MODE_OPEN", "ISOLATION_MODE_ISOLATED"]);

const common = {
  id: text,
  name: text,
  comment: text.optional(),
  read_only: z.boolean(),
  isolation_mode: isolationMode,
  bindings: z.array(binding),
  ...audit,
};

/** What signs in to cloud storage; keyed by its name in lower case. Here it is kept, and opens nothing. */
const credentialRecord = z.strictObject({
  ...common,
  azure_managed_identity: z.strictObject({
    access_connector_id: text,
    managed_identity_id: text.optional(),
    credential_id: text,
  }),
});

/** A folder of cloud storage and what opens it; keyed by its name, which is in lower case. */
const locationRecord = z.strictObject({
  ...common,
  url: text,
  credential_id: text,
  fallback: z.boolean(),
});

export type CredentialRecord = z.output<typeof credentialRecord>;
export type LocationRecord = z.output<typeof locationRecord>;

export const credentials = ({ store }: Workspace): Collection<CredentialRecord> =>
  store.collection("uc.storageCredentials", credentialRecord);

export const locations = ({ store }: Workspace): Collection<LocationRecord> =>
  store.collection("uc.externalLocations", locationRecord);

/**
 * A container, or a folder in it, of Azure Data Lake Storage:
 * https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-introduction-abfs-uri
 */
export const storageUrl = z
  .string()
  .regex(
    /^abfss:\/\/[a-z0-9-]{3,63}@[a-z0-9]{3,24}\.dfs\.[a-z0-9.]+(\/[^?#]*)?$/,
    "must be abfss://container@account.dfs.core.windows.net/folder",
  );

/** @throws ApiError 404 STORAGE_CREDENTIAL_DOES_NOT_EXIST. */
export function requireCredential(workspace: Workspace, name: string): CredentialRecord {
  const found = credentials(workspace).get(name.toLowerCase());
  if (found === undefined)
    throw missing("Storage Credential", name, "STORAGE_CREDENTIAL_DOES_NOT_EXIST");
  return found;
}

/** @throws ApiError 404 EXTERNAL_LOCATION_DOES_NOT_EXIST. */
export function requireLocation(workspace: Workspace, name: string): LocationRecord {
  const found = locations(workspace).get(name.toLowerCase());
  if (found === undefined)
    throw missing("External Location", name, "EXTERNAL_LOCATION_DOES_NOT_EXIST");
  return found;
}

/** @throws ApiError 404 if there is none; 403 PERMISSION_DENIED if it is not bound to the workspace. */
export function requireBoundCredential(workspace: Workspace, name: string): CredentialRecord {
  return requireBinding("Storage Credential", requireCredential(workspace, name));
}

/** @throws ApiError 404 if there is none; 403 PERMISSION_DENIED if it is not bound to the workspace. */
export function requireBoundLocation(workspace: Workspace, name: string): LocationRecord {
  return requireBinding("External Location", requireLocation(workspace, name));
}

function requireBinding<T extends CredentialRecord | LocationRecord>(kind: string, found: T): T {
  if (isBoundTo(found)) return found;
  throw new ApiError(
    "PERMISSION_DENIED",
    `${kind} '${found.name}' is not accessible in current workspace`,
  );
}

/** Whether `inner` is `outer` or lies in it. */
export function isWithin(inner: string, outer: string): boolean {
  const folder = (url: string) => `${url.replace(/\/+$/, "")}/`;
  return folder(inner).startsWith(folder(outer));
}

/** The locations that a credential opens. */
export function locationsOf(workspace: Workspace, { id }: CredentialRecord): LocationRecord[] {
  return locations(workspace)
    .list()
    .filter(({ credential_id }) => credential_id === id);
}

/** The names of the catalogs that keep their data in a location. */
export function catalogsIn(workspace: Workspace, { url }: LocationRecord): string[] {
  return catalogs(workspace)
    .list()
    .filter(({ storage_root }) => storage_root !== undefined && isWithin(storage_root, url))
    .map(({ name }) => name);
}

/** @throws ApiError 404 if no external location that this workspace may use has `url` in it. */
export function requireParentLocation(workspace: Workspace, url: string): void {
  const parent = locations(workspace)
    .list()
    .find((location) => isBoundTo(location) && isWithin(url, location.url));
  if (parent === undefined)
    throw new ApiError(
      "EXTERNAL_LOCATION_DOES_NOT_EXIST",
      `No parent external location was found for path '${url}'. Create an external location on one ` +
        "of the parent paths first.",
      404,
    );
}
