import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";

type Inputs = Readonly<Record<string, unknown>>;

/** How to find a resource by what its inputs say, and what the provider calls it then. */
type Finder = (connection: Connection, inputs: Inputs) => Promise<string | undefined>;

const text = (inputs: Inputs, ...names: string[]): string =>
  names.map((name) => z.coerce.string().parse(inputs[name])).join(".");

const get = (connection: Connection, path: string): Promise<unknown> =>
  callWorkspace(connection, { method: "GET", path });

/** Unity Catalog's things are called by their full name, and that is their id. */
const byFullName =
  (collection: string, ...parts: string[]): Finder =>
  async (connection, inputs) => {
    const name = text(inputs, ...parts);
    const found = await get(connection, `/api/2.1/unity-catalog/${collection}/${name}`);
    return found === undefined ? undefined : name;
  };

/** Things with ids of the workspace's own choice are found in the list of all, by their name. */
const byListing =
  (path: string, list: string, nameField: string, idField: string, input: string): Finder =>
  async (connection, inputs) => {
    const item = z.looseObject({ [idField]: z.coerce.string() });
    const lists = z.looseObject({ [list]: z.array(item).default([]) });
    const items = z.array(item).parse(lists.parse(await get(connection, path))[list]);
    const found = items.find((candidate) => named(candidate, nameField) === inputs[input]);
    return found === undefined ? undefined : z.string().parse(found[idField]);
  };

function named(item: Inputs, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    return typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined;
  }, item);
}

const finders: Readonly<Record<string, Finder>> = {
  "databricks:index/catalog:Catalog": byFullName("catalogs", "name"),
  "databricks:index/schema:Schema": byFullName("schemas", "catalogName", "name"),
  "databricks:index/volume:Volume": byFullName("volumes", "catalogName", "schemaName", "name"),
  "databricks:index/sqlTable:SqlTable": byFullName("tables", "catalogName", "schemaName", "name"),
  "databricks:index/registeredModel:RegisteredModel": byFullName(
    "models",
    "catalogName",
    "schemaName",
    "name",
  ),
  "databricks:index/job:Job": byListing(
    "/api/2.2/jobs/list",
    "jobs",
    "settings.name",
    "job_id",
    "name",
  ),
  "databricks:index/sqlEndpoint:SqlEndpoint": byListing(
    "/api/2.0/sql/warehouses",
    "warehouses",
    "name",
    "id",
    "name",
  ),
  "databricks:index/notificationDestination:NotificationDestination": byListing(
    "/api/2.0/notification-destinations",
    "results",
    "display_name",
    "id",
    "displayName",
  ),
  "databricks:index/alertV2:AlertV2": byListing(
    "/api/2.0/alerts",
    "alerts",
    "display_name",
    "id",
    "displayName",
  ),
  "databricks:index/mlflowExperiment:MlflowExperiment": async (connection, inputs) => {
    const name = encodeURIComponent(text(inputs, "name"));
    const answer = await get(
      connection,
      `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`,
    );
    const experiment = z.object({ experiment: z.looseObject({ experiment_id: z.string() }) });
    return answer === undefined ? undefined : experiment.parse(answer).experiment.experiment_id;
  },
  "databricks:index/modelServing:ModelServing": async (connection, inputs) => {
    const name = text(inputs, "name");
    const found = await get(connection, `/api/2.0/serving-endpoints/${name}`);
    return found === undefined ? undefined : name;
  },
  "databricks:index/dataQualityMonitor:DataQualityMonitor": async (connection, inputs) => {
    const [type, id] = [text(inputs, "objectType"), text(inputs, "objectId")];
    const found = await get(connection, `/api/data-quality/v1/monitors/${type}/${id}`);
    return found === undefined ? undefined : `${type},${id}`;
  },
  "databricks:index/entityTagAssignment:EntityTagAssignment": async (connection, inputs) => {
    const parts = ["entityType", "entityName", "tagKey"].map((name) => text(inputs, name));
    const [type = "", entity = "", key = ""] = parts;
    const path = `/api/2.1/unity-catalog/entity-tag-assignments/${type}/${entity}/tags/${key}`;
    return (await get(connection, path)) === undefined ? undefined : parts.join(",");
  },
};

/**
 * The id of what an interrupted update created, undefined if it did not come to that, or if creating
 * it again does no harm: grants, permissions, folders, files, keys and gates say what shall be.
 */
export async function findCreated(
  env: NodeJS.ProcessEnv,
  type: string,
  inputs: Inputs,
): Promise<string | undefined> {
  const { DATABRICKS_HOST: host = "", DATABRICKS_TOKEN: token = "" } = env;
  return finders[type]?.({ host, token }, inputs);
}
