import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError, unsupported } from "../errors";
import { METASTORE } from "../identity";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { forgetEverythingAbout } from "../unityCatalog/annotations";
import { isBoundTo } from "../unityCatalog/bindings";
import { dropSchema, prepareSchema } from "../unityCatalog/containers";
import { changedNow, madeNow, requireBoundCatalog, requireCatalog } from "../unityCatalog/lookup";
import { objectName } from "../unityCatalog/names";
import {
  catalogs,
  predictiveOptimization,
  schemas,
  without,
  type CatalogRecord,
} from "../unityCatalog/records";
import { requireParentLocation, storageUrl } from "../unityCatalog/storage";

const params = z.strictObject({ name: z.string() });
const properties = z.record(z.string(), z.string());
// Whoever holds the workspace's token is its admin and sees everything without BROWSE.
const include_browse = queryBool.optional();

/**
 * Catalogs (https://docs.databricks.com/api/workspace/catalogs). A new one has the schema `default`, as on
 * Databricks. `storage_root` must lie in an external location, and is kept; data lies in the workspace's
 * own folder all the same. Shares and connections are refused; so is renaming, which would move data.
 */
export const catalogOperations: Operation[] = [
  operation("POST /api/2.1/unity-catalog/catalogs", {
    answers: "catalog.CatalogInfo",
    body: z.strictObject({
      name: objectName,
      comment: z.string().optional(),
      properties: properties.optional(),
      storage_root: storageUrl.exactOptional(),
    }),
    handle: async ({ body, workspace }) => {
      const refuseSecond = () => {
        if (catalogs(workspace).get(body.name) !== undefined)
          throw new ApiError("CATALOG_ALREADY_EXISTS", `Catalog '${body.name}' already exists`);
      };
      refuseSecond();
      if (body.storage_root !== undefined) requireParentLocation(workspace, body.storage_root);
      const putDefault = await prepareSchema(workspace, {
        catalog_name: body.name,
        name: "default",
      });
      const record: CatalogRecord = {
        id: randomUUID(),
        ...body,
        isolation_mode: "OPEN",
        enable_predictive_optimization: "INHERIT",
        bindings: [],
        ...madeNow(),
      };
      workspace.store.transaction(() => {
        refuseSecond();
        catalogs(workspace).put(record.name, record);
        putDefault();
      });
      return infoOf(record);
    },
  }),

  operation("GET /api/2.1/unity-catalog/catalogs", {
    answers: "catalog.ListCatalogsResponse",
    query: z.strictObject({ ...paging, include_browse, include_unbound: queryBool.optional() }),
    handle: ({ query, workspace }) => {
      const visible = catalogs(workspace)
        .list()
        .filter((catalog) => query.include_unbound === true || isBoundTo(catalog));
      const { items, ...next } = page(visible, query.max_results, query.page_token);
      return { catalogs: items.map(infoOf), ...next };
    },
  }),

  operation("GET /api/2.1/unity-catalog/catalogs/:name", {
    answers: "catalog.CatalogInfo",
    params,
    query: z.strictObject({ include_browse }),
    handle: ({ params: { name }, workspace }) => infoOf(requireBoundCatalog(workspace, name)),
  }),

  operation("PATCH /api/2.1/unity-catalog/catalogs/:name", {
    answers: "catalog.CatalogInfo",
    params,
    body: z.strictObject({
      comment: z.string().optional(),
      owner: z.string().min(1).exactOptional(),
      properties: properties.optional(),
      isolation_mode: z.enum(["OPEN", "ISOLATED"]).exactOptional(),
      enable_predictive_optimization: predictiveOptimization.exactOptional(),
    }),
    handle: ({ params: { name }, body, workspace }) => {
      refuseOptimizing("PATCH /api/2.1/unity-catalog/catalogs", body);
      const record = requireCatalog(workspace, name);
      const changed = { ...record, ...body, ...changedNow() };
      catalogs(workspace).put(record.name, changed);
      return infoOf(changed);
    },
  }),

  operation("DELETE /api/2.1/unity-catalog/catalogs/:name", {
    answers: "raw",
    params,
    query: z.strictObject({ force: queryBool.optional() }),
    handle: async ({ params: { name }, query, workspace }) => {
      const record = requireBoundCatalog(workspace, name);
      const inside = schemas(workspace).list(`${record.name}.`);
      if (inside.length > 0 && query.force !== true)
        throw new ApiError(
          "INVALID_STATE",
          `Catalog '${record.name}' is not empty. The catalog has ${inside.length} schema(s)`,
        );
      for (const schema of inside) await dropSchema(workspace, schema);
      workspace.store.transaction(() => {
        catalogs(workspace).delete(record.name);
        forgetEverythingAbout(workspace, record.id);
      });
    },
  }),
];

/** @throws ApiError 501 for `ENABLE`: there is no background optimization that could be switched on. */
export function refuseOptimizing(
  call: string,
  body: { enable_predictive_optimization?: string | undefined },
): void {
  if (body.enable_predictive_optimization === "ENABLE")
    throw unsupported(call, "enable_predictive_optimization 'ENABLE'");
}

function infoOf(record: CatalogRecord) {
  return {
    ...without(record, "id", "bindings"),
    full_name: record.name,
    catalog_type: "MANAGED_CATALOG",
    securable_type: "CATALOG",
    metastore_id: METASTORE.id,
    effective_predictive_optimization_flag: { value: "DISABLE" },
    ...(record.storage_root === undefined
      ? {}
      : { storage_location: storageLocation(record.storage_root, record.id) }),
  };
}

/** Where Unity Catalog puts a catalog's managed data below its root. */
const storageLocation = (root: string, id: string): string =>
  `${root.replace(/\/+$/, "")}/__unitystorage/catalogs/${id}`;
