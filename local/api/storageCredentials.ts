import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError } from "../errors";
import { METASTORE } from "../identity";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { forgetEverythingAbout } from "../unityCatalog/annotations";
import { isBoundTo } from "../unityCatalog/bindings";
import { changedNow, madeNow } from "../unityCatalog/lookup";
import { securableName } from "../unityCatalog/names";
import { without } from "../unityCatalog/records";
import {
  credentials,
  isolationMode,
  locationsOf,
  requireBoundCredential,
  requireCredential,
  type CredentialRecord,
} from "../unityCatalog/storage";
import type { Workspace } from "../workspace";

const path = "/api/2.1/unity-catalog/storage-credentials";
const params = z.strictObject({ name: z.string() });

const resourceId = (type: string) =>
  z
    .string()
    .regex(
      new RegExp(
        `^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/${type.replaceAll(".", "\\.")}/[^/]+$`,
        "i",
      ),
      `must be the resource id of one of ${type}`,
    );
const identity = {
  access_connector_id: resourceId("Microsoft.Databricks/accessConnectors"),
  managed_identity_id: resourceId(
    "Microsoft.ManagedIdentity/userAssignedIdentities",
  ).exactOptional(),
};

/**
 * Storage credentials of Azure managed identities
 * (https://docs.databricks.com/api/workspace/storagecredentials); other clouds' and service principals' are
 * refused. Nothing is opened with them, so that there is nothing to validate. What depends on a credential
 * stands in the way of its deletion and of another identity, unless forced.
 */
export const storageCredentialOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "catalog.StorageCredentialInfo",
    body: z.strictObject({
      name: securableName,
      comment: z.string().optional(),
      azure_managed_identity: z.strictObject(identity),
      read_only: z.boolean().default(false),
      skip_validation: z.boolean().optional(),
    }),
    handle: ({ body, workspace }) => {
      if (credentials(workspace).get(body.name.toLowerCase()) !== undefined)
        throw new ApiError(
          "STORAGE_CREDENTIAL_ALREADY_EXISTS",
          `Storage Credential '${body.name}' already exists`,
        );
      const record: CredentialRecord = {
        id: randomUUID(),
        name: body.name,
        ...(body.comment === undefined ? {} : { comment: body.comment }),
        azure_managed_identity: { ...body.azure_managed_identity, credential_id: randomUUID() },
        read_only: body.read_only,
        isolation_mode: "ISOLATION_MODE_OPEN",
        bindings: [],
        ...madeNow(),
      };
      credentials(workspace).put(record.name.toLowerCase(), record);
      return infoOf(record);
    },
  }),

  operation(`GET ${path}`, {
    answers: "catalog.ListStorageCredentialsResponse",
    query: z.strictObject({ ...paging, include_unbound: queryBool.optional() }),
    handle: ({ query, workspace }) => {
      const visible = credentials(workspace)
        .list()
        .filter((one) => query.include_unbound === true || isBoundTo(one));
      const { items, ...next } = page(visible, query.max_results, query.page_token);
      return { storage_credentials: items.map(infoOf), ...next };
    },
  }),

  operation(`GET ${path}/:name`, {
    answers: "catalog.StorageCredentialInfo",
    params,
    handle: ({ params: { name }, workspace }) => infoOf(requireBoundCredential(workspace, name)),
  }),

  operation(`PATCH ${path}/:name`, {
    answers: "catalog.StorageCredentialInfo",
    params,
    body: z.strictObject({
      comment: z.string().optional(),
      azure_managed_identity: z
        // Output-only: clients send back what they have read.
        .strictObject({ ...identity, credential_id: z.string().optional() })
        .exactOptional(),
      read_only: z.boolean().exactOptional(),
      owner: z.string().min(1).exactOptional(),
      isolation_mode: isolationMode.exactOptional(),
      force: z.boolean().optional(),
      skip_validation: z.boolean().optional(),
    }),
    handle: ({ params: { name }, body, workspace }) => {
      const record = requireCredential(workspace, name);
      const { azure_managed_identity: given } = body;
      // An identity that is sent counts as a change, also when it is the same as before:
      // https://github.com/databricks/terraform-provider-databricks/issues/4551
      if (given !== undefined && body.force !== true)
        refuseDependents(workspace, record, "use force option to update anyway.");
      const azure_managed_identity =
        given === undefined
          ? record.azure_managed_identity
          : { ...given, credential_id: record.azure_managed_identity.credential_id };
      const changed: CredentialRecord = {
        ...record,
        ...without(body, "force", "skip_validation"),
        azure_managed_identity,
        ...changedNow(),
      };
      credentials(workspace).put(record.name.toLowerCase(), changed);
      return infoOf(changed);
    },
  }),

  operation(`DELETE ${path}/:name`, {
    answers: "raw",
    params,
    query: z.strictObject({ force: queryBool.optional() }),
    handle: ({ params: { name }, query, workspace }) => {
      const record = requireBoundCredential(workspace, name);
      if (query.force !== true)
        refuseDependents(workspace, record, "You may use force option to delete it.");
      workspace.store.transaction(() => {
        credentials(workspace).delete(record.name.toLowerCase());
        forgetEverythingAbout(workspace, record.id);
      });
    },
  }),
];

function refuseDependents(workspace: Workspace, record: CredentialRecord, advice: string): void {
  const dependents = locationsOf(workspace, record).length;
  if (dependents > 0)
    throw new ApiError(
      "INVALID_STATE",
      `Storage credential '${record.name}' has 0 directly dependent external table(s) and ` +
        `${dependents} dependent storage location(s); ${advice}`,
    );
}

function infoOf(record: CredentialRecord) {
  return {
    ...without(record, "bindings"),
    full_name: record.name,
    metastore_id: METASTORE.id,
    used_for_managed_storage: false,
  };
}
