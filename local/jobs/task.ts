import { z } from "zod";
import { clusterSpec } from "./cluster";
import {
  emailNotifications,
  healthRules,
  taskNotificationSettings,
  webhookNotifications,
} from "./notifications";

/** Letters, digits, `-` and `_`, at most 100: https://docs.databricks.com/api/workspace/jobs/create */
export const key = z
  .string()
  .regex(/^[\w-]{1,100}$/, "allowed: 1 to 100 of letters, digits, - and _");

const parameters = z.record(z.string(), z.string());

/** Runs a Python file of the workspace with these arguments. */
const sparkPythonTask = z.strictObject({
  python_file: z.string().min(1),
  parameters: z.array(z.string()).optional(),
  source: z.literal("WORKSPACE").optional(),
});

/** Compares two values; what depends on the task names the outcome it wants. */
const conditionTask = z.strictObject({
  op: z.enum([
    "EQUAL_TO",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN",
    "LESS_THAN_OR_EQUAL",
  ]),
  left: z.string(),
  right: z.string(),
});

/** Runs another job and waits for it. */
const runJobTask = z.strictObject({
  job_id: z.int(),
  job_parameters: parameters.optional(),
});

/** Evaluates an alert; it succeeds whether that triggers or not, and fails if the query does. */
const alertTask = z.strictObject({
  alert_id: z.string().min(1).optional(),
  workspace_path: z.string().optional(),
  /** Instead of the alert's own. */
  warehouse_id: z.string().min(1).optional(),
  /** Who is told, instead of the alert's subscribers. */
  subscribers: z
    .array(
      z.strictObject({
        destination_id: z.string().min(1).optional(),
        user_name: z.email().optional(),
      }),
    )
    .max(100)
    .optional(),
  /** Values of the alert's parameters for this run. */
  parameters: parameters.optional(),
});

/** An `alert_task`. */
export type AlertTask = z.infer<typeof alertTask>;

/** When a task runs, by the results of those it depends on. */
export const runIf = z.enum([
  "ALL_SUCCESS",
  "AT_LEAST_ONE_SUCCESS",
  "NONE_FAILED",
  "ALL_DONE",
  "AT_LEAST_ONE_FAILED",
  "ALL_FAILED",
]);

/** One task of a job; exactly one of the `…_task` fields says what it does. */
export const taskSettings = z.strictObject({
  task_key: key,
  description: z.string().max(1000).optional(),
  depends_on: z
    .array(z.strictObject({ task_key: key, outcome: z.enum(["true", "false"]).optional() }))
    .optional(),
  run_if: runIf.optional(),
  spark_python_task: sparkPythonTask.optional(),
  condition_task: conditionTask.optional(),
  run_job_task: runJobTask.optional(),
  alert_task: alertTask.optional(),
  environment_key: z.string().optional(),
  job_cluster_key: z.string().optional(),
  new_cluster: clusterSpec.optional(),
  libraries: z.array(z.strictObject({ pypi: z.strictObject({ package: z.string() }) })).optional(),
  /** -1 retries without end. */
  max_retries: z.int().min(-1).optional(),
  min_retry_interval_millis: z.int().min(0).optional(),
  retry_on_timeout: z.boolean().optional(),
  /** 0 means no limit. */
  timeout_seconds: z.int().min(0).optional(),
  /** Kept: retries that Databricks adds by itself on serverless compute do not happen here. */
  disable_auto_optimization: z.boolean().optional(),
  email_notifications: emailNotifications.optional(),
  webhook_notifications: webhookNotifications.optional(),
  notification_settings: taskNotificationSettings.optional(),
  health: healthRules.optional(),
});

/** One task of a job. */
export type TaskSettings = z.infer<typeof taskSettings>;
