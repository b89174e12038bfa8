import { z } from "zod";
import { missing } from "../errors";
import { serviceOf } from "../serviceOf";
import type { Workspace } from "../workspace";
import { requireSchema } from "./lookup";
import { partsOf } from "./names";

/** A column as the SQL engine describes it: a `ColumnInfo`. */
const engineColumn = z.looseObject({
  name: z.string(),
  type_name: z.string(),
  type_text: z.string(),
  nullable: z.boolean(),
});

/** A table or view as the SQL engine describes it: a `TableInfo` without what the workspace adds. */
export const engineTable = z.looseObject({
  table_id: z.string(),
  name: z.string(),
  catalog_name: z.string(),
  schema_name: z.string(),
  full_name: z.string(),
  table_type: z.enum(["MANAGED", "VIEW"]),
  columns: z.array(engineColumn),
  properties: z.record(z.string(), z.string()),
  table_constraints: z.array(z.looseObject({})).optional(),
});

export type EngineTable = z.output<typeof engineTable>;

/** What Unity Catalog's families ask of the SQL engine. Names are in lower case. */
export interface TableEngine {
  /** Makes the schema's folder; nothing happens if it is there. */
  createSchema(catalog: string, schema: string): Promise<void>;
  /** Removes the schema's folder with all tables; nothing happens if it is not there. */
  dropSchema(catalog: string, schema: string): Promise<void>;
  /** The tables and views of a schema, by name. */
  listTables(catalog: string, schema: string): Promise<readonly EngineTable[]>;
  getTable(fullName: string): Promise<EngineTable | undefined>;
  dropTable(fullName: string): Promise<void>;
  /** Records a key of a table, in the shape of a `TableConstraint`. */
  addConstraint(fullName: string, name: string, constraint: object): Promise<void>;
  dropConstraint(fullName: string, name: string): Promise<void>;
  /** Runs a statement for its effect. */
  execute(statement: string): Promise<void>;
}

/** The SQL engine that Unity Catalog's families ask for a workspace's tables. */
export const { of: tableEngine, set: setTableEngine } = serviceOf<TableEngine>("the SQL engine");

/** @throws ApiError 404 for a missing catalog, schema or table. */
export async function requireTable(workspace: Workspace, fullName: string): Promise<EngineTable> {
  const [catalog = "", schema = ""] = partsOf(fullName, 3);
  requireSchema(workspace, `${catalog}.${schema}`);
  const table = await tableEngine(workspace).getTable(fullName.toLowerCase());
  if (table === undefined) throw missing("Table", fullName, "TABLE_DOES_NOT_EXIST");
  return table;
}
