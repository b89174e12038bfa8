import { invalid } from "../errors";
import { requireSchema } from "../unityCatalog/lookup";
import type { Workspace } from "../workspace";
import type { AiGateway } from "./records";

/** https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-names */
const PREFIX = /^[^./\\ \x00-\x1f\x7f]{1,240}$/;

/**
 * Checks that the inference table has a place and can have its name.
 * @throws ApiError INVALID_PARAMETER_VALUE for an enabled table without catalog and schema, or with a prefix that
 * no table's name can begin with; 404 if there are no such catalog and schema.
 */
export function checkInferenceTable(workspace: Workspace, settings: AiGateway | undefined): void {
  const table = settings?.inference_table_config;
  if (table?.enabled !== true) return;
  if (!table.catalog_name || !table.schema_name)
    throw invalid("An enabled inference table needs catalog_name and schema_name.");
  const { table_name_prefix: prefix } = table;
  if (prefix !== undefined && !PREFIX.test(prefix))
    throw invalid(
      `table_name_prefix '${prefix}' must have 1 to 240 characters, none of them a period, slash, space or control character.`,
    );
  requireSchema(workspace, `${table.catalog_name}.${table.schema_name}`);
}
