import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  alertBody,
  alertFields,
  alerts,
  changeBody,
  checkReferences,
  createBody,
  requireAlert,
  type Alert,
} from "../alerts/records";
import { alertsOf } from "../alerts/service";
import { alertStates, alertsWithState } from "../alerts/state";
import { ApiError, invalid } from "../errors";
import { applyMask } from "../fieldMask";
import { USER } from "../identity";
import { page } from "../paging";
import { operation, queryBool, queryInt, type Operation } from "../route";
import { without } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

const path = "/api/2.0/alerts";
const params = z.strictObject({ id: z.string() });

/**
 * SQL alerts, the second version (https://docs.databricks.com/api/workspace/alertsv2). They are evaluated on
 * their schedule, unless it is paused, and by tasks of jobs. Deleting one moves it to the trash, where it can
 * still be read but is neither listed nor evaluated; `purge` removes it.
 */
export const alertOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "sql.AlertV2",
    body: createBody,
    handle: ({ body, workspace }) => {
      const alert = inputOf(body);
      checkReferences(workspace, alert);
      const now = new Date().toISOString();
      const record: Alert = {
        ...alert,
        id: randomUUID(),
        create_time: now,
        update_time: now,
        lifecycle_state: "ACTIVE",
      };
      alerts(workspace).put(record.id, record);
      alertsOf(workspace)?.follow(record);
      return infoOf(workspace, record);
    },
  }),
  operation(`GET ${path}`, {
    answers: "sql.ListAlertsV2Response",
    query: z.strictObject({
      page_size: queryInt.min(0).optional(),
      page_token: z.string().optional(),
    }),
    handle: ({ query, workspace }) => {
      const active = alertsWithState(workspace).map(({ alert }) => alert);
      const { items, ...next } = page(active, query.page_size, query.page_token);
      return { alerts: items.map((alert) => infoOf(workspace, alert)), ...next };
    },
  }),
  operation(`GET ${path}/:id`, {
    answers: "sql.AlertV2",
    params,
    handle: ({ params: { id }, workspace }) => infoOf(workspace, requireAlert(workspace, id)),
  }),
  operation(`PATCH ${path}/:id`, {
    answers: "sql.AlertV2",
    params,
    query: z.strictObject({ update_mask: z.string().min(1) }),
    body: changeBody,
    handle: ({ params: { id }, query, body, workspace }) => {
      const record = requireAlert(workspace, id);
      if (record.lifecycle_state === "DELETED")
        throw new ApiError("INVALID_STATE", `Alert '${id}' is in the trash.`);
      const alert = inputOf(applyMask(record, body, query.update_mask, alertFields));
      if (alert.parent_path !== record.parent_path)
        throw invalid("parent_path can only be set when the alert is created.");
      checkReferences(workspace, alert);
      const { create_time, lifecycle_state } = record;
      const update_time = new Date().toISOString();
      const changed = { ...alert, id, create_time, lifecycle_state, update_time };
      alerts(workspace).put(id, changed);
      alertsOf(workspace)?.follow(changed);
      return infoOf(workspace, changed);
    },
  }),
  operation(`DELETE ${path}/:id`, {
    answers: "raw",
    params,
    query: z.strictObject({ purge: queryBool.optional() }),
    handle: ({ params: { id }, query, workspace }) => {
      const record = requireAlert(workspace, id);
      alertsOf(workspace)?.forget(id);
      if (query.purge !== true)
        alerts(workspace).put(id, { ...record, lifecycle_state: "DELETED" });
      else
        workspace.store.transaction(() => {
          alerts(workspace).delete(id);
          alertStates(workspace).delete(id);
        });
    },
  }),
];

/** The alert without the fields that only answers have. */
function inputOf(body: object): z.output<typeof alertBody> {
  const known = Object.entries(body).filter(([name]) => alertFields.includes(name));
  const result = alertBody.safeParse(Object.fromEntries(known));
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`).join("; "),
  );
}

function infoOf(workspace: Workspace, record: Alert) {
  const { state = "UNKNOWN", last_evaluated_at } = alertStates(workspace).get(record.id) ?? {};
  return {
    ...record,
    evaluation: {
      ...without(record.evaluation, "last_evaluated_at"),
      state,
      ...(last_evaluated_at === undefined ? {} : { last_evaluated_at }),
    },
    owner_user_name: USER.userName,
    effective_run_as:
      record.run_as ??
      (record.run_as_user_name === undefined
        ? { user_name: USER.userName }
        : { service_principal_name: record.run_as_user_name }),
  };
}
