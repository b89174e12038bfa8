import { z } from "zod";
import { ApiError, invalid, missing } from "../errors";
import { quotedName } from "../sql/names";
import type { Collection } from "../store";
import { requireTable, tableEngine, type EngineTable } from "../unityCatalog/engine";
import { schemas, type SchemaRecord } from "../unityCatalog/records";
import type { Workspace } from "../workspace";
import { profilingConfig, type ProfilingConfig } from "./config";

const record = z.strictObject({
  /** The monitored table's id; the key. */
  object_id: z.string(),
  table: z.string(),
  config: profilingConfig,
  /** Counts the configurations, from 1. */
  version: z.int(),
  /** Milliseconds since 1970. */
  created_at_ms: z.int().exactOptional(),
  status: z.enum(["PENDING", "ACTIVE", "FAILED"]),
  failure: z.string().optional(),
  profile_table: z.string(),
  drift_table: z.string(),
});

export type Monitor = z.output<typeof record>;

export const monitors = ({ store }: Workspace): Collection<Monitor> =>
  store.collection("monitors", record);

/** @throws ApiError 404 when the table is not monitored, or gone. */
export async function requireMonitor(workspace: Workspace, tableId: string): Promise<Monitor> {
  const found = monitors(workspace).get(tableId);
  if (found === undefined || (await tableOf(workspace, found)) === undefined)
    throw missing("Monitor for table", tableId);
  return found;
}

/** @throws ApiError 404 when no table has the id. */
export async function requireTableById(workspace: Workspace, id: string): Promise<EngineTable> {
  const found = await findTable(workspace, id);
  if (found === undefined) throw missing("Table with id", id, "TABLE_DOES_NOT_EXIST");
  return found;
}

/** The monitored table, undefined when it is gone; looked for under its name first, for it is seldom renamed. */
export async function tableOf(
  workspace: Workspace,
  monitor: Monitor,
): Promise<EngineTable | undefined> {
  const table = await tableEngine(workspace).getTable(monitor.table);
  return table?.table_id === monitor.object_id ? table : findTable(workspace, monitor.object_id);
}

async function findTable(workspace: Workspace, id: string): Promise<EngineTable | undefined> {
  for (const { catalog_name, name } of schemas(workspace).list()) {
    const tables = await tableEngine(workspace).listTables(catalog_name, name);
    const found = tables.find(({ table_id }) => table_id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A monitor that is about to be set up.
 * @param before - The monitor as it was, where its configuration is changed.
 * @throws ApiError INVALID_PARAMETER_VALUE when the configuration does not fit the table, 404 when it names
 * what does not exist.
 */
export async function newMonitor(
  workspace: Workspace,
  table: EngineTable,
  config: ProfilingConfig,
  before?: Monitor,
): Promise<Monitor> {
  const { inference_log: log, time_series: series, snapshot } = config;
  if ([log, series, snapshot].filter((one) => one !== undefined).length !== 1)
    throw invalid(
      "data_profiling_config: give exactly one of inference_log, time_series, snapshot.",
    );
  for (const [field, column] of Object.entries({ ...log, ...series }))
    if (field.endsWith("_column")) requireColumn(table, field, String(column));
  if (config.baseline_table_name !== undefined)
    await requireTable(workspace, config.baseline_table_name);
  for (const slice of config.slicing_exprs ?? []) await checkSlice(workspace, table, slice);
  const output = requireSchemaById(workspace, config.output_schema_id).full_name;
  return {
    object_id: table.table_id,
    table: table.full_name,
    config,
    version: before === undefined ? 1 : before.version + 1,
    created_at_ms: before === undefined ? Date.now() : (before.created_at_ms ?? 0),
    status: "PENDING",
    profile_table: `${output}.${table.name}_profile_metrics`,
    drift_table: `${output}.${table.name}_drift_metrics`,
  };
}

function requireColumn(table: EngineTable, field: string, column: string): void {
  if (!table.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase()))
    throw invalid(`${field}: table '${table.full_name}' has no column '${column}'.`);
}

/** Lets the SQL engine compute the expression of no rows, which finds what it does not know. */
async function checkSlice(
  workspace: Workspace,
  { full_name }: EngineTable,
  slice: string,
): Promise<void> {
  try {
    await tableEngine(workspace).execute(
      // In parentheses it is one expression, and not the rest of a statement.
      `SELECT (${slice}) AS slice FROM ${quotedName(full_name)} LIMIT 0`,
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw invalid(`slicing_exprs: '${slice}': ${error.message}`);
  }
}

function requireSchemaById(workspace: Workspace, id: string): SchemaRecord {
  const found = schemas(workspace)
    .list()
    .find(({ schema_id }) => schema_id === id);
  if (found === undefined)
    throw new ApiError("SCHEMA_DOES_NOT_EXIST", `Schema with id '${id}' does not exist.`, 404);
  return found;
}
