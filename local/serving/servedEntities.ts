import { lakehouseOf } from "../lakehouse";
import type { Workspace } from "../workspace";
import { entityId, type EndpointConfig, type EndpointRecord, type ServedEntity } from "./records";

const TABLE = "system.serving.served_entities";

type Cell = readonly [type: string, value: string];

/**
 * The system table that says which version an id in an inference table stands for, in the columns that are known
 * here: https://docs.databricks.com/aws/en/admin/system-tables/model-serving#served_entities-table-schema
 */
const columnsOf = (endpoint: EndpointRecord, config: EndpointConfig, entity: ServedEntity) =>
  ({
    served_entity_id: ["STRING", entityId(endpoint, entity)],
    workspace_id: ["STRING", "1"],
    created_by: ["STRING", entity.creator],
    endpoint_name: ["STRING", endpoint.name],
    endpoint_id: ["STRING", endpoint.id],
    served_entity_name: ["STRING", entity.name],
    entity_type: ["STRING", "CUSTOM_MODEL"],
    entity_name: ["STRING", entity.entity_name],
    entity_version: ["STRING", entity.entity_version],
    endpoint_config_version: ["INT", String(config.version)],
    change_time: ["TIMESTAMP", new Date(config.start_time).toISOString()],
  }) satisfies Record<string, Cell>;

/**
 * Notes the entities of a configuration in the system table, those that it does not have yet; the table is made
 * with the first one.
 * @throws SqlRefusal or ApiError when the SQL engine does not do it.
 */
export async function noteServedEntities(
  workspace: Workspace,
  endpoint: EndpointRecord,
  config: EndpointConfig,
): Promise<void> {
  const lakehouse = lakehouseOf(workspace);
  const rows = config.entities.map((entity) => columnsOf(endpoint, config, entity));
  const [first] = rows;
  if (first === undefined) return;
  await lakehouse.createSchema("system", "serving");
  const columns = Object.entries(first).map(([name, [type]]) => `${name} ${type}`);
  await lakehouse.query({
    statement: `CREATE TABLE IF NOT EXISTS ${TABLE} (${columns.join(", ")})`,
  });
  const known = await lakehouse.query({
    statement: `SELECT served_entity_id FROM ${TABLE} WHERE endpoint_id = :id`,
    parameters: [{ name: "id", value: endpoint.id }],
  });
  const ids = new Set(known.rows.map(([id]) => id));
  for (const row of rows.filter(({ served_entity_id: [, id] }) => !ids.has(id))) {
    const markers = Object.keys(row).map((name) => `:${name}`);
    await lakehouse.query({
      statement: `INSERT INTO ${TABLE} VALUES (${markers.join(", ")})`,
      parameters: Object.entries(row).map(([name, [type, value]]) => ({ name, type, value })),
    });
  }
}
