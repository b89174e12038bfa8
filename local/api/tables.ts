import { z } from "zod";
import { unsupported } from "../errors";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { tableOwners } from "../unityCatalog/annotations";
import { requireTable, tableEngine } from "../unityCatalog/engine";
import { requireBoundCatalog, requireSchema } from "../unityCatalog/lookup";
import { fullName, partsOf } from "../unityCatalog/names";
import { schemas, without } from "../unityCatalog/records";
import { dropTable, tableInfo } from "../unityCatalog/tables";

const path = "/api/2.1/unity-catalog/tables";
const params = z.strictObject({ full_name: fullName });
const flag = queryBool.optional();

/** What the SQL engine cannot tell about a table; asking for it is refused, not asking is fine. */
const extras = { include_delta_metadata: flag, include_manifest_capabilities: flag };

/**
 * Tables and views as the SQL engine has them, with the owner kept here
 * (https://docs.databricks.com/api/workspace/tables). They are made by SQL statements.
 */
export const tableOperations: Operation[] = [
  operation(`GET ${path}`, {
    answers: "catalog.ListTablesResponse",
    query: z.strictObject({
      ...paging,
      catalog_name: fullName,
      schema_name: fullName,
      omit_columns: flag,
      omit_properties: flag,
      omit_username: flag,
      include_browse: flag,
      include_manifest_capabilities: flag,
    }),
    handle: async ({ query, workspace }) => {
      refuseExtras(`GET ${path}`, query);
      const { catalog_name, name } = requireSchema(
        workspace,
        `${query.catalog_name}.${query.schema_name}`,
      );
      const found = await tableEngine(workspace).listTables(catalog_name, name);
      // Without a size Databricks returns all tables at once.
      const size = query.max_results ?? Math.max(found.length, 1);
      const { items, ...next } = page(found, size, query.page_token);
      const tables = items.map((table) =>
        without(tableInfo(workspace, table, query), "table_constraints"),
      );
      return { tables, ...next };
    },
  }),

  operation("GET /api/2.1/unity-catalog/table-summaries", {
    answers: "catalog.ListTableSummariesResponse",
    query: z.strictObject({
      ...paging,
      catalog_name: fullName,
      schema_name_pattern: z.string().optional(),
      table_name_pattern: z.string().optional(),
      include_manifest_capabilities: flag,
    }),
    handle: async ({ query, workspace }) => {
      refuseExtras("GET /api/2.1/unity-catalog/table-summaries", query);
      const catalog = requireBoundCatalog(workspace, query.catalog_name);
      const inSchemas = schemas(workspace)
        .list(`${catalog.name}.`)
        .filter(({ name }) => isLike(name, query.schema_name_pattern));
      const found = await Promise.all(
        inSchemas.map(({ name }) => tableEngine(workspace).listTables(catalog.name, name)),
      );
      const matching = found.flat().filter(({ name }) => isLike(name, query.table_name_pattern));
      const { items, ...next } = page(matching, query.max_results, query.page_token, 10_000);
      return {
        tables: items.map(({ full_name, table_type }) => ({ full_name, table_type })),
        ...next,
      };
    },
  }),

  operation(`GET ${path}/:full_name`, {
    answers: "catalog.TableInfo",
    params,
    query: z.strictObject({ ...extras, include_browse: flag }),
    handle: async ({ params, query, workspace }) => {
      refuseExtras(`GET ${path}/{full_name}`, query);
      return tableInfo(workspace, await requireTable(workspace, params.full_name));
    },
  }),

  operation(`GET ${path}/:full_name/exists`, {
    answers: "catalog.TableExistsResponse",
    params,
    handle: async ({ params, workspace }) => {
      const [catalog = "", schema = ""] = partsOf(params.full_name, 3);
      requireSchema(workspace, `${catalog}.${schema}`);
      const table = await tableEngine(workspace).getTable(params.full_name);
      return { table_exists: table !== undefined };
    },
  }),

  operation(`PATCH ${path}/:full_name`, {
    answers: "raw",
    params,
    body: z.strictObject({ owner: z.string().min(1) }),
    handle: async ({ params, body, workspace }) => {
      const { table_id } = await requireTable(workspace, params.full_name);
      tableOwners(workspace).put(table_id, body);
    },
  }),

  operation(`DELETE ${path}/:full_name`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace }) =>
      dropTable(workspace, await requireTable(workspace, params.full_name)),
  }),
];

function refuseExtras(
  call: string,
  query: Partial<Record<keyof typeof extras, boolean | undefined>>,
): void {
  for (const name of ["include_delta_metadata", "include_manifest_capabilities"] as const)
    if (query[name] === true) throw unsupported(call, `${name} 'true'`);
}

/** SQL's LIKE without escapes: `%` any text, `_` any one character. */
function isLike(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined || pattern === "") return true;
  const escaped = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const source = escaped.replaceAll("%", ".*").replaceAll("_", ".");
  return new RegExp(`^${source}$`, "is").test(name);
}
