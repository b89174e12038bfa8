import { z } from "zod";
import { readResources } from "../stack/stackState";

/** What to call the resources of a type, and which of their outputs is their name. */
const kinds: readonly (readonly [type: string, title: string, name: string])[] = [
  ["databricks:index/catalog:Catalog", "Catalog", "name"],
  ["databricks:index/schema:Schema", "Schemas", "name"],
  ["databricks:index/volume:Volume", "Volume", "name"],
  ["databricks:index/sqlEndpoint:SqlEndpoint", "SQL warehouse", "name"],
  ["databricks:index/sqlTable:SqlTable", "Tables", "name"],
  ["databricks:index/job:Job", "Jobs", "name"],
  ["databricks:index/mlflowExperiment:MlflowExperiment", "Experiment", "name"],
  ["databricks:index/registeredModel:RegisteredModel", "Registered model", "name"],
  ["pulumi-nodejs:dynamic/mlops:PromotionGate", "Promotion gate", "model"],
  ["databricks:index/modelServing:ModelServing", "Serving endpoint", "name"],
  ["databricks:index/dataQualityMonitor:DataQualityMonitor", "Quality monitor", "objectId"],
  ["databricks:index/alertV2:AlertV2", "Drift alert", "displayName"],
];

/** As many names as one line of a terminal has room for. */
const ROOM = 80;

/**
 * What a stack holds, one row a kind: title, number, names. The last row counts what is not named:
 * grants, permissions, tags, keys, files.
 * @param exported - What `pulumi stack export` prints.
 */
export function summarize(exported: string): string[][] {
  const made = readResources(exported).filter(
    ({ id, type }) => id !== undefined && !type.startsWith("pulumi:"),
  );
  const rows = kinds.flatMap(([type, title, name]) => {
    const found = made.filter((resource) => resource.type === type);
    const names = found
      .map(({ outputs, id = "" }) => z.string().catch(id).parse(outputs[name]))
      .sort();
    return found.length === 0 ? [] : [[title, String(found.length), some(names)]];
  });
  const known = new Set(kinds.map(([type]) => type));
  const others = made.filter(({ type }) => !known.has(type)).length;
  return [...rows, ["Grants, permissions, tags, keys, files", String(others), ""]];
}

/** The first names, and how many there are besides. */
function some(names: readonly string[]): string {
  let shown = names.length;
  while (shown > 1 && names.slice(0, shown).join(", ").length > ROOM) shown -= 1;
  const others = names.length - shown;
  return names.slice(0, shown).join(", ") + (others === 0 ? "" : ` and ${others} more`);
}
