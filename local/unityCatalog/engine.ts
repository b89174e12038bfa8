import { missing } from "../errors";
import type { Workspace } from "../workspace";
import { requireSchema } from "./lookup";
import { partsOf } from "./names";

/** A column as the SQL engine describes it. */
export interface EngineColumn {
  readonly name: string;
  readonly nullable: boolean;
}

/** A table or view as the SQL engine describes it. */
export interface EngineTable {
  readonly table_id: string;
  readonly name: string;
  readonly columns: readonly EngineColumn[];
}

/** What Unity Catalog's families ask of the SQL engine. Names are in lower case. */
export interface TableEngine {
  /** Makes the schema's folder; nothing happens if it is there. */
  createSchema(catalog: string, schema: string): Promise<void>;
  /** Removes the schema's folder with all tables; nothing happens if it is not there. */
  dropSchema(catalog: string, schema: string): Promise<void>;
  listTables(catalog: string, schema: string): Promise<readonly EngineTable[]>;
  getTable(fullName: string): Promise<EngineTable | undefined>;
}

const engines = new WeakMap<Workspace, TableEngine>();

/** Gives the workspace its SQL engine. */
export function setTableEngine(workspace: Workspace, engine: TableEngine): void {
  engines.set(workspace, engine);
}

/** The workspace's SQL engine. */
export function tableEngine(workspace: Workspace): TableEngine {
  const engine = engines.get(workspace);
  if (engine === undefined) throw new Error("The SQL engine was not started for this workspace.");
  return engine;
}

/** @throws ApiError 404 for a missing catalog, schema or table. */
export async function requireTable(workspace: Workspace, fullName: string): Promise<EngineTable> {
  const [catalog = "", schema = ""] = partsOf(fullName, 3);
  requireSchema(workspace, `${catalog}.${schema}`);
  const table = await tableEngine(workspace).getTable(fullName.toLowerCase());
  if (table === undefined) throw missing("Table", fullName, "TABLE_DOES_NOT_EXIST");
  return table;
}
