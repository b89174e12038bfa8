import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError, invalid } from "../errors";
import { METASTORE } from "../identity";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { forgetEverythingAbout } from "../unityCatalog/annotations";
import { isBoundTo } from "../unityCatalog/bindings";
import { changedNow, madeNow } from "../unityCatalog/lookup";
import { objectName } from "../unityCatalog/names";
import { without } from "../unityCatalog/records";
import {
  catalogsIn,
  credentials,
  isolationMode,
  isWithin,
  locations,
  requireBoundCredential,
  requireBoundLocation,
  requireLocation,
  storageUrl,
  type LocationRecord,
} from "../unityCatalog/storage";
import type { Workspace } from "../workspace";

const path = "/api/2.1/unity-catalog/external-locations";
const params = z.strictObject({ name: z.string() });
// Whoever holds the workspace's token is its admin and sees everything without BROWSE.
const include_browse = queryBool.optional();

/**
 * External locations (https://docs.databricks.com/api/workspace/externallocations). This machine has no
 * Azure: a URL is checked for its form and for overlaps, kept, and never opened. File events and
 * encryption are refused. Catalogs that keep their data in one stand in the way of its deletion and of
 * another URL, unless forced.
 */
export const externalLocationOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "catalog.ExternalLocationInfo",
    body: z.strictObject({
      name: objectName,
      url: storageUrl,
      credential_name: z.string().min(1),
      comment: z.string().optional(),
      read_only: z.boolean().default(false),
      fallback: z.boolean().default(false),
      skip_validation: z.boolean().optional(),
    }),
    handle: ({ body, workspace }) => {
      if (locations(workspace).get(body.name) !== undefined)
        throw new ApiError(
          "EXTERNAL_LOCATION_ALREADY_EXISTS",
          `External Location '${body.name}' already exists`,
        );
      refuseOverlap(workspace, body.name, body.url);
      const record: LocationRecord = {
        id: randomUUID(),
        name: body.name,
        url: body.url,
        credential_id: requireBoundCredential(workspace, body.credential_name).id,
        ...(body.comment === undefined ? {} : { comment: body.comment }),
        read_only: body.read_only,
        fallback: body.fallback,
        isolation_mode: "ISOLATION_MODE_OPEN",
        bindings: [],
        ...madeNow(),
      };
      locations(workspace).put(record.name, record);
      return infoOf(workspace, record);
    },
  }),

  operation(`GET ${path}`, {
    answers: "catalog.ListExternalLocationsResponse",
    query: z.strictObject({ ...paging, include_browse, include_unbound: queryBool.optional() }),
    handle: ({ query, workspace }) => {
      const visible = locations(workspace)
        .list()
        .filter((one) => query.include_unbound === true || isBoundTo(one));
      const { items, ...next } = page(visible, query.max_results, query.page_token);
      return { external_locations: items.map((one) => infoOf(workspace, one)), ...next };
    },
  }),

  operation(`GET ${path}/:name`, {
    answers: "catalog.ExternalLocationInfo",
    params,
    query: z.strictObject({ include_browse }),
    handle: ({ params: { name }, workspace }) =>
      infoOf(workspace, requireBoundLocation(workspace, name)),
  }),

  operation(`PATCH ${path}/:name`, {
    answers: "catalog.ExternalLocationInfo",
    params,
    body: z.strictObject({
      url: storageUrl.exactOptional(),
      credential_name: z.string().min(1).exactOptional(),
      comment: z.string().optional(),
      read_only: z.boolean().exactOptional(),
      fallback: z.boolean().exactOptional(),
      owner: z.string().min(1).exactOptional(),
      isolation_mode: isolationMode.exactOptional(),
      force: z.boolean().optional(),
      skip_validation: z.boolean().optional(),
    }),
    handle: ({ params: { name }, body, workspace }) => {
      const record = requireLocation(workspace, name);
      const { credential_name, force } = body;
      const url = body.url ?? record.url;
      refuseOverlap(workspace, record.name, url);
      const moved = !(isWithin(record.url, url) && isWithin(url, record.url));
      if (moved && force !== true && catalogsIn(workspace, record).length > 0)
        throw new ApiError(
          "INVALID_STATE",
          "External Location has dependent catalogs, schemas, managed or external tables/volumes; " +
            "use force option to update url anyway",
        );
      const changed: LocationRecord = {
        ...record,
        ...without(body, "credential_name", "force", "skip_validation"),
        credential_id:
          credential_name === undefined
            ? record.credential_id
            : requireBoundCredential(workspace, credential_name).id,
        ...changedNow(),
      };
      locations(workspace).put(record.name, changed);
      return infoOf(workspace, changed);
    },
  }),

  operation(`DELETE ${path}/:name`, {
    answers: "raw",
    params,
    query: z.strictObject({ force: queryBool.optional() }),
    handle: ({ params: { name }, query, workspace }) => {
      const record = requireBoundLocation(workspace, name);
      const dependents = catalogsIn(workspace, record);
      if (dependents.length > 0 && query.force !== true)
        throw new ApiError(
          "INVALID_STATE",
          `Cannot delete external location (name = ${record.name}) because the location has ` +
            `${dependents.length} dependent catalogs (${dependents.join(", ")}). ` +
            "You may use force option to delete it.",
        );
      workspace.store.transaction(() => {
        locations(workspace).delete(record.name);
        forgetEverythingAbout(workspace, record.id);
      });
    },
  }),
];

/** @throws ApiError LOCATION_OVERLAP if the URL contains that of another location, or lies in it. */
function refuseOverlap(workspace: Workspace, name: string, url: string): void {
  const other = locations(workspace)
    .list()
    .find((one) => one.name !== name && (isWithin(url, one.url) || isWithin(one.url, url)));
  if (other !== undefined)
    throw invalid(
      `[LOCATION_OVERLAP] Input path url '${url}' overlaps with the external location ` +
        `'${other.name}' at '${other.url}'.`,
    );
}

function infoOf(workspace: Workspace, record: LocationRecord) {
  const credential = credentials(workspace)
    .list()
    .find(({ id }) => id === record.credential_id);
  return {
    ...without(record, "id", "bindings"),
    // A credential that was deleted by force leaves its id behind.
    ...(credential === undefined ? {} : { credential_name: credential.name }),
    metastore_id: METASTORE.id,
  };
}
