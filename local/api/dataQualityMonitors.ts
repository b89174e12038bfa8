import { z } from "zod";
import { endMonitor, startMonitor } from "../dataQuality/lifecycle";
import { requestedConfig, profilingConfig, type ProfilingConfig } from "../dataQuality/config";
import {
  monitors,
  newMonitor,
  requireMonitor,
  requireTableById,
  type Monitor,
} from "../dataQuality/monitors";
import { refreshesOf } from "../dataQuality/refreshRecords";
import { ApiError, invalid, unsupported } from "../errors";
import { applyMask } from "../fieldMask";
import { page } from "../paging";
import { operation, queryInt, type Operation } from "../route";
import { without } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

const path = "/api/data-quality/v1/monitors";
const object_type = z.enum(["table", "schema"]);
const params = z.strictObject({ object_type, object_id: z.string() });
const listQuery = z.strictObject({
  page_size: queryInt.min(0).optional(),
  page_token: z.string().optional(),
});

/**
 * Data profiling of tables (https://docs.databricks.com/api/workspace/dataquality). A monitor makes its two
 * metric tables, becomes active, and is refreshed once; later refreshes come from its schedule and from
 * `dataQualityRefreshes.ts`. There is no dashboard. Deleting a monitor leaves its metric tables, as on Databricks.
 */
export const dataQualityMonitorOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "dataquality.Monitor",
    body: z.strictObject({
      object_type,
      object_id: z.string(),
      data_profiling_config: requestedConfig.optional(),
    }),
    handle: async ({ body, workspace }) => {
      refuseSchemas(`POST ${path}`, body.object_type);
      const table = await requireTableById(workspace, body.object_id);
      const config = configOf(body.data_profiling_config ?? {});
      const monitor = await newMonitor(workspace, table, config);
      if (monitors(workspace).get(monitor.object_id) !== undefined)
        throw new ApiError("ALREADY_EXISTS", `Table '${table.full_name}' already has a monitor.`);
      startMonitor(workspace, monitor);
      return infoOf(workspace, monitor);
    },
  }),

  operation(`GET ${path}`, {
    answers: "dataquality.ListMonitorResponse",
    query: listQuery,
    handle: ({ query, workspace }) => {
      const { items, ...next } = page(
        monitors(workspace).list(),
        query.page_size,
        query.page_token,
      );
      return { monitors: items.map((one) => infoOf(workspace, one)), ...next };
    },
  }),

  operation(`GET ${path}/:object_type/:object_id`, {
    answers: "dataquality.Monitor",
    params,
    handle: async ({ params, workspace }) => {
      refuseSchemas(`GET ${path}`, params.object_type);
      return infoOf(workspace, await requireMonitor(workspace, params.object_id));
    },
  }),

  operation(`PATCH ${path}/:object_type/:object_id`, {
    answers: "dataquality.Monitor",
    params,
    query: z.strictObject({ update_mask: z.string().min(1) }),
    body: z.strictObject({
      object_type: object_type.optional(),
      object_id: z.string().optional(),
      data_profiling_config: requestedConfig.partial().optional(),
    }),
    handle: async ({ params, query, body, workspace }) => {
      refuseSchemas(`PATCH ${path}`, params.object_type);
      const before = await requireMonitor(workspace, params.object_id);
      const table = await requireTableById(workspace, params.object_id);
      const { data_profiling_config: changed } = applyMask(
        { data_profiling_config: before.config },
        body,
        query.update_mask,
        ["anomaly_detection_config", "data_profiling_config"],
      );
      const next = configOf(z.record(z.string(), z.unknown()).parse(changed ?? {}));
      const monitor = await newMonitor(workspace, table, next, before);
      startMonitor(workspace, monitor);
      return infoOf(workspace, monitor);
    },
  }),

  operation(`DELETE ${path}/:object_type/:object_id`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace }) => {
      refuseSchemas(`DELETE ${path}`, params.object_type);
      const { object_id } = await requireMonitor(workspace, params.object_id);
      await endMonitor(workspace, object_id);
    },
  }),
];

/** @throws ApiError 501 for monitors of schemas. */
export function refuseSchemas(call: string, type: "table" | "schema"): void {
  if (type === "schema") throw unsupported(call, "object_type 'schema' (anomaly detection)");
}

/** The configuration without the fields that only answers have. */
function configOf(requested: Readonly<Record<string, unknown>>): ProfilingConfig {
  const schedule = z.record(z.string(), z.unknown()).safeParse(requested["schedule"]);
  const known = {
    ...requested,
    ...(schedule.success ? { schedule: without(schedule.data, "pause_status") } : {}),
  };
  const names = Object.keys(profilingConfig.shape);
  const result = profilingConfig.safeParse(
    Object.fromEntries(Object.entries(known).filter(([name]) => names.includes(name))),
  );
  if (result.success) return result.data;
  const problems = result.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`);
  throw invalid(`data_profiling_config.${problems.join("; data_profiling_config.")}`);
}

function infoOf(workspace: Workspace, monitor: Monitor) {
  const { object_id, table, config, version, status } = monitor;
  const warehouses = workspace.store.collection("warehouses", z.looseObject({ id: z.string() }));
  const failure = monitor.failure ?? lastFailure(workspace, object_id);
  const effective_warehouse_id = config.warehouse_id ?? warehouses.list()[0]?.id;
  return {
    object_type: "table",
    object_id,
    data_profiling_config: {
      ...config,
      ...(config.schedule === undefined
        ? {}
        : {
            schedule: {
              ...config.schedule,
              pause_status: "CRON_SCHEDULE_PAUSE_STATUS_UNPAUSED",
            },
          }),
      ...(effective_warehouse_id === undefined ? {} : { effective_warehouse_id }),
      ...(failure === undefined ? {} : { latest_monitor_failure_message: failure }),
      monitored_table_name: table,
      profile_metrics_table_name: monitor.profile_table,
      drift_metrics_table_name: monitor.drift_table,
      monitor_version: version,
      status: `DATA_PROFILING_STATUS_${status}`,
    },
  };
}

/** Why the newest refresh that has ended failed, if it did. */
function lastFailure(workspace: Workspace, objectId: string): string | undefined {
  const last = refreshesOf(workspace, objectId).find((one) => one.end_time_ms !== undefined);
  return last?.state === "FAILED" ? last.message : undefined;
}
