import { z } from "zod";
import { invalid, missing } from "../errors";
import { USER } from "../identity";
import { isTimeZone, quartzProblem } from "../jobs/quartz";
import { requireDestination } from "../notificationDestinations";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const text = z.string();

/** How an evaluation ended; `UNKNOWN` before the first. */
export const evaluationState = z.enum(["OK", "TRIGGERED", "ERROR", "UNKNOWN"]);
const exactlyOne = (value: object) => Object.keys(value).length === 1;

const column = z.strictObject({
  name: text.min(1),
  display: text.optional(),
  aggregation: z
    .enum(["AVG", "COUNT", "COUNT_DISTINCT", "MAX", "MEDIAN", "MIN", "STDDEV", "SUM"])
    .optional(),
});

const threshold = z
  .strictObject({
    column: column.exactOptional(),
    value: z
      .strictObject({
        bool_value: z.boolean().exactOptional(),
        double_value: z.number().exactOptional(),
        string_value: text.exactOptional(),
      })
      .refine(exactlyOne, { error: "exactly one of the values must be given" })
      .exactOptional(),
  })
  .refine(exactlyOne, { error: "exactly one of column and value must be given" });

const unary = ["IS_NULL", "IS_NOT_NULL"];

const evaluation = z
  .strictObject({
    comparison_operator: z.enum([
      "EQUAL",
      "NOT_EQUAL",
      "GREATER_THAN",
      "GREATER_THAN_OR_EQUAL",
      "LESS_THAN",
      "LESS_THAN_OR_EQUAL",
      "IS_NULL",
      "IS_NOT_NULL",
    ]),
    source: column,
    threshold: threshold.optional(),
    empty_result_state: evaluationState.optional(),
    notification: z
      .strictObject({
        notify_on_ok: z.boolean().optional(),
        retrigger_seconds: z.int().min(0).optional(),
        // A list, not a set: the order is kept as sent, or every plan would show a change.
        subscriptions: z
          .array(
            z
              .strictObject({
                destination_id: text.exactOptional(),
                user_email: z.email().exactOptional(),
              })
              .refine(exactlyOne, {
                error: "exactly one of destination_id and user_email must be given",
              }),
          )
          .optional(),
      })
      .optional(),
    // Output-only.
    state: evaluationState.optional(),
    last_evaluated_at: text.optional(),
  })
  .refine((one) => unary.includes(one.comparison_operator) === (one.threshold === undefined), {
    error: "IS_NULL and IS_NOT_NULL have no threshold, the other operators need one",
    path: ["threshold"],
  });

const schedule = z
  .strictObject({
    quartz_cron_schedule: text,
    timezone_id: text.refine(isTimeZone, { error: "is not a time zone such as UTC" }),
    pause_status: z.enum(["PAUSED", "UNPAUSED"]).optional(),
  })
  .check((one) => {
    const expression = one.value.quartz_cron_schedule;
    const problem = quartzProblem(expression);
    if (problem === undefined) return;
    one.issues.push({
      code: "custom",
      message: `'${expression}' is not a Quartz cron expression: ${problem}`,
      path: ["quartz_cron_schedule"],
      input: expression,
    });
  });

/** An alert as callers send it. Fields that only answers have may be sent back and are not read. */
export const alertBody = z.strictObject({
  display_name: text.min(1),
  query_text: text.min(1),
  warehouse_id: text.min(1),
  evaluation,
  schedule,
  custom_summary: text.optional(),
  custom_description: text.optional(),
  parameters: z
    .array(z.strictObject({ name: text.min(1), type: text.optional(), value: text.optional() }))
    .optional(),
  parent_path: text.optional(),
  run_as: z
    .strictObject({
      user_name: z.literal(USER.userName).exactOptional(),
      service_principal_name: text.exactOptional(),
    })
    .refine(exactlyOne, { error: "exactly one of the names must be given" })
    .optional(),
  run_as_user_name: text.optional(),
});

/** The names of the fields of {@link alertBody}: what an update mask may name. */
export const alertFields = Object.keys(alertBody.shape);

const outputOnly = {
  id: text.optional(),
  create_time: text.optional(),
  update_time: text.optional(),
  owner_user_name: text.optional(),
  lifecycle_state: z.enum(["ACTIVE", "DELETED"]).optional(),
  effective_run_as: z.looseObject({}).optional(),
};

/** What a request may hold: an alert, complete or not, and the fields of answers. */
export const createBody = z.strictObject({ ...alertBody.shape, ...outputOnly });
export const changeBody = createBody.partial();

const record = z.strictObject({
  ...alertBody.shape,
  id: text,
  create_time: text,
  update_time: text,
  lifecycle_state: z.enum(["ACTIVE", "DELETED"]),
});

export type Alert = z.output<typeof record>;
export type AlertBody = z.output<typeof alertBody>;
export type EvaluationState = z.output<typeof evaluationState>;
/** A column of the query's result, with the aggregation of its values if there is one. */
export type OperandColumn = z.output<typeof column>;

export const alerts = ({ store }: Workspace): Collection<Alert> =>
  store.collection("alerts", record);

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST. An alert in the trash is found. */
export function requireAlert(workspace: Workspace, id: string): Alert {
  const found = alerts(workspace).get(id);
  if (found === undefined) throw missing("Alert", id);
  return found;
}

/** Files of alerts are called so: https://docs.databricks.com/sql/user/alerts/ */
const EXTENSION = ".dbalert.json";

/**
 * The alert at a path of the workspace, with or without the extension of its file. One without a folder lies
 * in its owner's.
 * @throws ApiError 404 RESOURCE_DOES_NOT_EXIST.
 */
export function alertAt(workspace: Workspace, path: string): Alert {
  const wanted = normalized(path.endsWith(EXTENSION) ? path.slice(0, -EXTENSION.length) : path);
  const found = alerts(workspace)
    .list()
    .filter((alert) => alert.lifecycle_state === "ACTIVE")
    .find(({ parent_path = `/Users/${USER.userName}`, display_name }) => {
      return `${normalized(parent_path)}/${display_name}` === wanted;
    });
  if (found === undefined) throw missing("Alert", path);
  return found;
}

/** A folder's path without what may be left out. */
function normalized(path: string): string {
  return path.replace(/^\/Workspace(?=\/)/, "").replace(/(?<=.)\/$/, "");
}

/** @throws ApiError 400 or 404 when the alert names a folder, warehouse or destination that is not there. */
export function checkReferences(workspace: Workspace, alert: z.output<typeof alertBody>): void {
  for (const { destination_id } of alert.evaluation.notification?.subscriptions ?? [])
    if (destination_id !== undefined) requireDestination(workspace, destination_id);
  const { store } = workspace;
  const folder = alert.parent_path === undefined ? undefined : normalized(alert.parent_path);
  if (
    folder !== undefined &&
    store.collection("workspace.objects", z.unknown()).get(folder) === undefined
  )
    throw missing("parent_path: the folder", folder);
  if (store.collection("warehouses", z.unknown()).get(alert.warehouse_id) === undefined)
    throw invalid(`warehouse_id: SQL warehouse '${alert.warehouse_id}' does not exist.`);
}
