import { METASTORE, USER } from "../identity";
import type { Workspace } from "../workspace";
import { forgetEverythingAbout, tableOwners } from "./annotations";
import { tableEngine, type EngineTable } from "./engine";
import { without } from "./records";

/** What a list leaves out of its tables when asked. */
export interface Omitted {
  readonly omit_columns?: boolean | undefined;
  readonly omit_properties?: boolean | undefined;
  readonly omit_username?: boolean | undefined;
}

/** A table as Unity Catalog shows it (`catalog.TableInfo`). */
export function tableInfo(workspace: Workspace, table: EngineTable, omitted: Omitted = {}) {
  return without(
    {
      ...table,
      metastore_id: METASTORE.id,
      owner: tableOwners(workspace).get(table.table_id)?.owner ?? USER.userName,
      created_by: USER.userName,
      updated_by: USER.userName,
      effective_predictive_optimization_flag: { value: "DISABLE" },
    },
    "version",
    ...(omitted.omit_columns === true ? ["columns"] : []),
    ...(omitted.omit_properties === true ? ["properties"] : []),
    ...(omitted.omit_username === true ? ["owner", "created_by", "updated_by"] : []),
  );
}

/** Removes a table with its data, grants and tags. */
export async function dropTable(workspace: Workspace, table: EngineTable): Promise<void> {
  await tableEngine(workspace).dropTable(table.full_name);
  forgetEverythingAbout(workspace, table.table_id);
}
