import { z } from "zod";
import { ApiError } from "../errors";
import { METASTORE } from "../identity";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { contentsOf, dropSchema, prepareSchema } from "../unityCatalog/containers";
import { changedNow, requireBoundCatalog, requireSchema } from "../unityCatalog/lookup";
import { fullName, objectName } from "../unityCatalog/names";
import { predictiveOptimization, schemas, type SchemaRecord } from "../unityCatalog/records";
import { refuseOptimizing } from "./catalogs";

const params = z.strictObject({ full_name: fullName });
const properties = z.record(z.string(), z.string());
// Whoever holds the workspace's token is its admin and sees everything without BROWSE.
const include_browse = queryBool.optional();

/**
 * Schemas (https://docs.databricks.com/api/workspace/schemas). `storage_root` and renaming are refused. `information_schema` is not listed: the SQL engine does not serve it.
 */
export const schemaOperations: Operation[] = [
  operation("POST /api/2.1/unity-catalog/schemas", {
    answers: "catalog.SchemaInfo",
    body: z.strictObject({
      name: objectName,
      catalog_name: fullName,
      comment: z.string().optional(),
      properties: properties.optional(),
    }),
    handle: async ({ body, workspace }) => {
      requireBoundCatalog(workspace, body.catalog_name);
      const name = `${body.catalog_name}.${body.name}`;
      const refuseSecond = () => {
        if (schemas(workspace).get(name) !== undefined || body.name === "information_schema")
          throw new ApiError("SCHEMA_ALREADY_EXISTS", `Schema '${name}' already exists`);
      };
      refuseSecond();
      const put = await prepareSchema(workspace, body);
      refuseSecond();
      return infoOf(put());
    },
  }),

  operation("GET /api/2.1/unity-catalog/schemas", {
    answers: "catalog.ListSchemasResponse",
    query: z.strictObject({ ...paging, catalog_name: fullName, include_browse }),
    handle: ({ query, workspace }) => {
      const catalog = requireBoundCatalog(workspace, query.catalog_name);
      const found = schemas(workspace).list(`${catalog.name}.`);
      const { items, ...next } = page(found, query.max_results, query.page_token);
      return { schemas: items.map(infoOf), ...next };
    },
  }),

  operation("GET /api/2.1/unity-catalog/schemas/:full_name", {
    answers: "catalog.SchemaInfo",
    params,
    query: z.strictObject({ include_browse }),
    handle: ({ params, workspace }) => infoOf(requireSchema(workspace, params.full_name)),
  }),

  operation("PATCH /api/2.1/unity-catalog/schemas/:full_name", {
    answers: "catalog.SchemaInfo",
    params,
    body: z.strictObject({
      comment: z.string().optional(),
      owner: z.string().min(1).exactOptional(),
      properties: properties.optional(),
      enable_predictive_optimization: predictiveOptimization.exactOptional(),
    }),
    handle: ({ params, body, workspace }) => {
      refuseOptimizing("PATCH /api/2.1/unity-catalog/schemas", body);
      const record = requireSchema(workspace, params.full_name);
      const changed = { ...record, ...body, ...changedNow() };
      schemas(workspace).put(record.full_name, changed);
      return infoOf(changed);
    },
  }),

  operation("DELETE /api/2.1/unity-catalog/schemas/:full_name", {
    answers: "raw",
    params,
    query: z.strictObject({ force: queryBool.optional() }),
    handle: async ({ params, query, workspace }) => {
      const record = requireSchema(workspace, params.full_name);
      const { tables, functions, volumes } = await contentsOf(workspace, record);
      if (tables + functions + volumes > 0 && query.force !== true)
        throw new ApiError(
          "INVALID_STATE",
          `Schema '${record.full_name}' is not empty. The schema has ${tables} tables(s), ` +
            `${functions} functions(s), ${volumes} volumes(s)`,
        );
      await dropSchema(workspace, record);
    },
  }),
];

function infoOf(record: SchemaRecord) {
  return {
    ...record,
    catalog_type: "MANAGED_CATALOG",
    metastore_id: METASTORE.id,
    effective_predictive_optimization_flag: { value: "DISABLE" },
  };
}
