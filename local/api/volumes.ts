import { randomUUID } from "node:crypto";
import { renameSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { ApiError, unsupported } from "../errors";
import { METASTORE } from "../identity";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { dropVolume, makeVolumeFolder, volumeFolder } from "../unityCatalog/containers";
import { changedNow, madeNow, requireSchema, requireVolume } from "../unityCatalog/lookup";
import { fullName, objectName } from "../unityCatalog/names";
import { volumes, type VolumeRecord } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

const params = z.strictObject({ name: fullName });
// Whoever holds the workspace's token is its admin and sees everything without BROWSE.
const include_browse = queryBool.optional();

/**
 * Managed volumes (https://docs.databricks.com/api/workspace/volumes): a folder each, below the
 * workspace's own. External ones would need a cloud's storage and are refused.
 */
export const volumeOperations: Operation[] = [
  operation("POST /api/2.1/unity-catalog/volumes", {
    answers: "catalog.VolumeInfo",
    body: z.strictObject({
      catalog_name: fullName,
      schema_name: fullName,
      name: objectName,
      volume_type: z.enum(["MANAGED", "EXTERNAL"]),
      comment: z.string().optional(),
    }),
    handle: ({ body: { volume_type, ...body }, workspace }) => {
      if (volume_type === "EXTERNAL")
        throw unsupported("POST /api/2.1/unity-catalog/volumes", "volume_type 'EXTERNAL'");
      const schema = requireSchema(workspace, `${body.catalog_name}.${body.schema_name}`);
      const name = `${schema.full_name}.${body.name}`;
      refuseSecond(workspace, name);
      const record: VolumeRecord = {
        volume_id: randomUUID(),
        ...body,
        full_name: name,
        ...madeNow(),
      };
      makeVolumeFolder(workspace, name);
      volumes(workspace).put(name, record);
      return infoOf(workspace, record);
    },
  }),

  operation("GET /api/2.1/unity-catalog/volumes", {
    answers: "catalog.ListVolumesResponseContent",
    query: z.strictObject({
      ...paging,
      catalog_name: fullName,
      schema_name: fullName,
      include_browse,
    }),
    handle: ({ query, workspace }) => {
      const schema = requireSchema(workspace, `${query.catalog_name}.${query.schema_name}`);
      const found = volumes(workspace).list(`${schema.full_name}.`);
      const { items, ...next } = page(found, query.max_results, query.page_token);
      return { volumes: items.map((volume) => infoOf(workspace, volume)), ...next };
    },
  }),

  operation("GET /api/2.1/unity-catalog/volumes/:name", {
    answers: "catalog.VolumeInfo",
    params,
    query: z.strictObject({ include_browse }),
    handle: ({ params, workspace }) => infoOf(workspace, requireVolume(workspace, params.name)),
  }),

  operation("PATCH /api/2.1/unity-catalog/volumes/:name", {
    answers: "catalog.VolumeInfo",
    params,
    body: z.strictObject({
      comment: z.string().optional(),
      owner: z.string().min(1).exactOptional(),
      new_name: objectName.optional(),
    }),
    handle: ({ params, body: { new_name, ...body }, workspace }) => {
      const record = requireVolume(workspace, params.name);
      const name = new_name ?? record.name;
      const full_name = `${record.catalog_name}.${record.schema_name}.${name}`;
      const changed: VolumeRecord = { ...record, ...body, name, full_name, ...changedNow() };
      if (full_name !== record.full_name) {
        refuseSecond(workspace, full_name);
        renameSync(volumeFolder(workspace, record.full_name), volumeFolder(workspace, full_name));
      }
      workspace.store.transaction(() => {
        volumes(workspace).delete(record.full_name);
        volumes(workspace).put(full_name, changed);
      });
      return infoOf(workspace, changed);
    },
  }),

  operation("DELETE /api/2.1/unity-catalog/volumes/:name", {
    answers: "raw",
    params,
    handle: ({ params, workspace }) => {
      dropVolume(workspace, requireVolume(workspace, params.name));
    },
  }),
];

function refuseSecond(workspace: Workspace, name: string): void {
  if (volumes(workspace).get(name) !== undefined)
    throw new ApiError("VOLUME_ALREADY_EXISTS", `Volume '${name}' already exists`);
}

function infoOf(workspace: Workspace, record: VolumeRecord) {
  return {
    ...record,
    volume_type: "MANAGED",
    metastore_id: METASTORE.id,
    storage_location: pathToFileURL(volumeFolder(workspace, record.full_name)).href,
  };
}
