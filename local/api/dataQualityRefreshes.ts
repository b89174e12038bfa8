import { z } from "zod";
import { requireMonitor, type Monitor } from "../dataQuality/monitors";
import { findRefresh, refreshesOf, type Refresh } from "../dataQuality/refreshRecords";
import { cancelRefresh, startRefresh } from "../dataQuality/refreshes";
import { ApiError, invalid, missing } from "../errors";
import { page } from "../paging";
import { operation, queryInt, type Operation } from "../route";
import type { Workspace } from "../workspace";
import { refuseSchemas } from "./dataQualityMonitors";

const path = "/api/data-quality/v1/monitors/:object_type/:object_id/refreshes";
const object_type = z.enum(["table", "schema"]);
const params = z.strictObject({ object_type, object_id: z.string() });
const oneParams = params.extend({ refresh_id: z.string() });

/**
 * Refreshes of monitors (https://docs.databricks.com/api/workspace/dataquality/createrefresh). The SDK has calls
 * to change and to delete one, too; Databricks says that it does not implement them.
 */
export const dataQualityRefreshOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "dataquality.Refresh",
    params,
    body: z.strictObject({ object_type: object_type.optional(), object_id: z.string().optional() }),
    handle: async ({ params, body, workspace }) => {
      const monitor = await monitorOf(`POST ${path}`, workspace, params);
      for (const field of ["object_type", "object_id"] as const)
        if (body[field] !== undefined && body[field] !== params[field])
          throw invalid(`${field}: '${body[field]}' is not that of the path, '${params[field]}'.`);
      if (monitor.status === "FAILED")
        throw new ApiError(
          "INVALID_STATE",
          `The monitor of table '${monitor.table}' failed to be set up: ${monitor.failure ?? ""}`,
        );
      return infoOf(startRefresh(workspace, monitor, "MANUAL"));
    },
  }),

  operation(`GET ${path}`, {
    answers: "dataquality.ListRefreshResponse",
    params,
    query: z.strictObject({
      page_size: queryInt.min(0).optional(),
      page_token: z.string().optional(),
    }),
    handle: async ({ params, query, workspace }) => {
      const { object_id } = await monitorOf(`GET ${path}`, workspace, params);
      const all = refreshesOf(workspace, object_id);
      const { items, ...next } = page(all, query.page_size, query.page_token);
      return { refreshes: items.map(infoOf), ...next };
    },
  }),

  operation(`GET ${path}/:refresh_id`, {
    answers: "dataquality.Refresh",
    params: oneParams,
    handle: async ({ params, workspace }) => {
      await monitorOf(`GET ${path}/:refresh_id`, workspace, params);
      return infoOf(requireRefresh(workspace, params));
    },
  }),

  operation(`POST ${path}/:refresh_id/cancel`, {
    answers: "dataquality.CancelRefreshResponse",
    params: oneParams,
    handle: async ({ params, workspace }) => {
      await monitorOf(`POST ${path}/:refresh_id/cancel`, workspace, params);
      return { refresh: infoOf(await cancelRefresh(workspace, requireRefresh(workspace, params))) };
    },
  }),
];

type Params = z.output<typeof params>;

function monitorOf(call: string, workspace: Workspace, params: Params): Promise<Monitor> {
  refuseSchemas(call, params.object_type);
  return requireMonitor(workspace, params.object_id);
}

function requireRefresh(workspace: Workspace, params: z.output<typeof oneParams>): Refresh {
  const found = findRefresh(workspace, params.object_id, Number(params.refresh_id));
  if (found === undefined) throw missing("Refresh", params.refresh_id);
  return found;
}

function infoOf(refresh: Refresh) {
  const { object_id, refresh_id, state, trigger, start_time_ms, end_time_ms, message } = refresh;
  return {
    object_type: "table",
    object_id,
    refresh_id,
    state: `MONITOR_REFRESH_STATE_${state}`,
    trigger: `MONITOR_REFRESH_TRIGGER_${trigger}`,
    start_time_ms,
    ...(end_time_ms === undefined ? {} : { end_time_ms }),
    ...(message === undefined ? {} : { message }),
  };
}
