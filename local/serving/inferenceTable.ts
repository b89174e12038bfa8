import { invalid } from "../errors";
import { requireSchema } from "../unityCatalog/lookup";
import type { Workspace } from "../workspace";
import type { AiGateway } from "./records";

/**
 * Checks that the inference table has a place.
 * @throws ApiError INVALID_PARAMETER_VALUE for an enabled table without catalog and schema; 404 if there are
 * no such catalog and schema.
 */
export function checkInferenceTable(workspace: Workspace, settings: AiGateway | undefined): void {
  const table = settings?.inference_table_config;
  if (table?.enabled !== true) return;
  if (!table.catalog_name || !table.schema_name)
    throw invalid("An enabled inference table needs catalog_name and schema_name.");
  requireSchema(workspace, `${table.catalog_name}.${table.schema_name}`);
}
