import { randomBytes } from "node:crypto";
import { z } from "zod";
import { ApiError, invalid, missing } from "../errors";
import { USER } from "../identity";
import { page } from "../paging";
import { operation, queryInt, type Operation } from "../route";
import { warehouses, warehouseSettings, type WarehouseRecord } from "../sql/records";
import { without } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

const path = "/api/2.0/sql/warehouses";
const params = z.strictObject({ id: z.string() });

/** The settings among the fields of a body. */
const settingsOf = z.object(warehouseSettings.shape);

/** The service that runs statements is always there; what `stop` stops is the record only. */
const CLUSTERS = { RUNNING: 1, STOPPED: 0 };

/**
 * SQL warehouses (https://docs.databricks.com/api/workspace/warehouses). All of them are the one SQL engine
 * of this machine, so size, scaling and automatic stopping are kept and shown, without effect, and starting
 * takes no time. A stopped warehouse starts with the next statement, as on Databricks.
 */
export const warehouseOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "sql.CreateWarehouseResponse",
    body: warehouseSettings.extend({ creator_name: z.literal(USER.userName).optional() }),
    handle: ({ body, workspace }) => {
      const settings = settingsOf.parse(body);
      check(workspace, settings);
      const id = randomBytes(8).toString("hex");
      warehouses(workspace).put(id, {
        id,
        ...settings,
        creator_name: USER.userName,
        state: "RUNNING",
      });
      return { id };
    },
  }),

  operation(`GET ${path}`, {
    answers: "sql.ListWarehousesResponse",
    query: z.strictObject({
      page_size: queryInt.min(0).max(1000).optional(),
      page_token: z.string().optional(),
    }),
    handle: ({ query, workspace }) => {
      const { items, ...next } = page(
        warehouses(workspace).list(),
        query.page_size,
        query.page_token,
      );
      return { warehouses: items.map((one) => infoOf(workspace, one)), ...next };
    },
  }),

  operation(`GET ${path}/:id`, {
    answers: "sql.GetWarehouseResponse",
    params,
    handle: ({ params, workspace }) => infoOf(workspace, requireWarehouse(workspace, params.id)),
  }),

  operation(`POST ${path}/:id/edit`, {
    answers: "raw",
    params,
    // Fields that are not given keep their value.
    body: z.strictObject({
      ...withoutDefaults(),
      id: z.string().optional(),
      creator_name: z.literal(USER.userName).optional(),
    }),
    handle: ({ params, body, workspace }) => {
      const given = without(body, "id", "creator_name");
      const record = requireWarehouse(workspace, params.id);
      const { id, creator_name, state, ...settings } = record;
      const present = Object.entries(given).filter(([, value]) => value !== undefined);
      const changed = warehouseSettings.parse({ ...settings, ...Object.fromEntries(present) });
      check(workspace, changed, id);
      warehouses(workspace).put(id, { id, creator_name, state, ...changed });
    },
  }),

  operation(`POST ${path}/:id/start`, {
    answers: "raw",
    params,
    handle: ({ params, workspace }) => {
      setState(workspace, params.id, "RUNNING");
    },
  }),

  operation(`POST ${path}/:id/stop`, {
    answers: "raw",
    params,
    handle: ({ params, workspace }) => {
      setState(workspace, params.id, "STOPPED");
    },
  }),

  operation(`DELETE ${path}/:id`, {
    answers: "raw",
    params,
    handle: ({ params, workspace }) => {
      requireWarehouse(workspace, params.id);
      warehouses(workspace).delete(params.id);
    },
  }),

  operation("GET /api/2.0/preview/sql/data_sources", {
    answers: "raw",
    handle: ({ workspace }) =>
      warehouses(workspace)
        .list()
        .map(({ id, name }) => ({
          id: dataSourceId(id),
          name,
          paused: 0,
          supports_auto_limit: true,
          syntax: "sql",
          type: "databricks_internal",
          view_only: false,
          warehouse_id: id,
        })),
  }),
];

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST. */
export function requireWarehouse(workspace: Workspace, id: string): WarehouseRecord {
  const found = warehouses(workspace).get(id);
  if (found === undefined) throw missing("SQL warehouse", id);
  return found;
}

type Settings = z.output<typeof warehouseSettings>;

function withoutDefaults() {
  const { shape } = warehouseSettings;
  return {
    name: shape.name.optional(),
    cluster_size: shape.cluster_size.optional(),
    auto_stop_mins: shape.auto_stop_mins.unwrap().optional(),
    min_num_clusters: shape.min_num_clusters.unwrap().optional(),
    max_num_clusters: shape.max_num_clusters.unwrap().optional(),
    spot_instance_policy: shape.spot_instance_policy.unwrap().optional(),
    enable_photon: shape.enable_photon.unwrap().optional(),
    enable_serverless_compute: shape.enable_serverless_compute.unwrap().optional(),
    warehouse_type: shape.warehouse_type.unwrap().optional(),
    channel: shape.channel.unwrap().optional(),
    tags: shape.tags.unwrap().optional(),
  };
}

function check(workspace: Workspace, settings: Settings, id?: string): void {
  const { name, min_num_clusters, max_num_clusters, auto_stop_mins } = settings;
  const taken = warehouses(workspace)
    .list()
    .some((other) => other.name === name && other.id !== id);
  if (taken)
    throw new ApiError(
      "RESOURCE_ALREADY_EXISTS",
      `SQL warehouse with name '${name}' already exists.`,
    );
  if (min_num_clusters > max_num_clusters)
    throw invalid(
      `min_num_clusters ${min_num_clusters} must be at most max_num_clusters ${max_num_clusters}.`,
    );
  const least = settings.enable_serverless_compute ? 1 : 10;
  if (auto_stop_mins !== 0 && auto_stop_mins < least)
    throw invalid(`auto_stop_mins ${auto_stop_mins} must be 0 or at least ${least}.`);
  if (settings.enable_serverless_compute && settings.warehouse_type !== "PRO")
    throw invalid("enable_serverless_compute needs warehouse_type 'PRO'.");
}

function setState(workspace: Workspace, id: string, state: WarehouseRecord["state"]): void {
  warehouses(workspace).put(id, { ...requireWarehouse(workspace, id), state });
}

/** The warehouse's id in the shape of a UUID: the same for ever, and no second record to keep. */
function dataSourceId(id: string): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12)}-8000-000000000000`;
}

function infoOf(workspace: Workspace, record: WarehouseRecord) {
  const { hostname } = new URL(workspace.url);
  const http = `/sql/1.0/warehouses/${record.id}`;
  return {
    ...record,
    num_clusters: CLUSTERS[record.state],
    num_active_sessions: 0,
    health: { status: "HEALTHY" },
    jdbc_url: `jdbc:databricks://${hostname}:443/default;transportMode=http;ssl=1;AuthMech=3;httpPath=${http};`,
    odbc_params: { hostname, path: http, port: 443, protocol: "https" },
  };
}
