import { z } from "zod";
import { manifest } from "../lakehouse/shapes";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const cluster_size = z.enum([
  "2X-Small",
  "X-Small",
  "Small",
  "Medium",
  "Large",
  "X-Large",
  "2X-Large",
  "3X-Large",
  "4X-Large",
  "5X-Large",
]);

/** What a SQL warehouse can be set to (https://docs.databricks.com/api/workspace/warehouses/create). */
export const warehouseSettings = z.strictObject({
  name: z.string().min(1).max(100),
  cluster_size,
  /** 0 means never; else at least 10, 1 for serverless. */
  auto_stop_mins: z.number().int().min(0).default(120),
  min_num_clusters: z.number().int().min(1).max(30).default(1),
  max_num_clusters: z.number().int().min(1).max(40).default(1),
  spot_instance_policy: z
    .enum(["COST_OPTIMIZED", "RELIABILITY_OPTIMIZED"])
    .default("COST_OPTIMIZED"),
  enable_photon: z.boolean().default(true),
  enable_serverless_compute: z.boolean().default(false),
  warehouse_type: z.enum(["PRO", "CLASSIC"]).default("CLASSIC"),
  channel: z
    .strictObject({
      name: z
        .enum(["CHANNEL_NAME_CURRENT", "CHANNEL_NAME_PREVIEW"])
        .default("CHANNEL_NAME_CURRENT"),
    })
    .default({ name: "CHANNEL_NAME_CURRENT" }),
  tags: z
    .strictObject({
      custom_tags: z.array(z.strictObject({ key: z.string(), value: z.string() })).default([]),
    })
    .default({ custom_tags: [] }),
});

const warehouseRecord = warehouseSettings.extend({
  id: z.string(),
  creator_name: z.string(),
  state: z.enum(["RUNNING", "STOPPED"]),
});
export type WarehouseRecord = z.output<typeof warehouseRecord>;

/** SQL warehouses by id. */
export const warehouses = ({ store }: Workspace): Collection<WarehouseRecord> =>
  store.collection("warehouses", warehouseRecord);

const statementRecord = z.strictObject({
  statement_id: z.string(),
  state: z.enum(["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "CLOSED"]),
  disposition: z.enum(["INLINE", "EXTERNAL_LINKS"]),
  /** Milliseconds since 1970. */
  created_at: z.number(),
  error: z.strictObject({ error_code: z.string(), message: z.string() }).optional(),
  sql_state: z.string().optional(),
  manifest: manifest.optional(),
});
export type StatementRecord = z.output<typeof statementRecord>;

/** SQL statements by id. */
export const statements = ({ store }: Workspace): Collection<StatementRecord> =>
  store.collection("sql.statements", statementRecord);
