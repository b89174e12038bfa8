import { z } from "zod";
import { clusterSpec } from "./cluster";
import {
  emailNotifications,
  healthRules,
  jobNotificationSettings,
  webhookNotifications,
} from "./notifications";
import { key, taskSettings } from "./task";

const pauseStatus = z.enum(["PAUSED", "UNPAUSED"]);

/** The Python packages of serverless tasks; checked against this machine's interpreter when one runs. */
const environment = z.strictObject({
  environment_key: key,
  spec: z
    .strictObject({
      client: z.string().optional(),
      environment_version: z.string().optional(),
      dependencies: z.array(z.string()).optional(),
    })
    .optional(),
});

/** What a job can be told: https://docs.databricks.com/api/workspace/jobs/create */
export const jobSettings = z.strictObject({
  name: z.string().max(4096).optional(),
  description: z.string().max(27_700).optional(),
  tasks: z.array(taskSettings).max(100).optional(),
  environments: z.array(environment).max(10).optional(),
  job_clusters: z
    .array(z.strictObject({ job_cluster_key: key, new_cluster: clusterSpec }))
    .max(100)
    .optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\w.-]+$/, "allowed: letters, digits, _, - and ."),
        default: z.string(),
      }),
    )
    .optional(),
  schedule: z
    .strictObject({
      quartz_cron_expression: z.string(),
      timezone_id: z.string(),
      pause_status: pauseStatus.optional(),
    })
    .optional(),
  queue: z.strictObject({ enabled: z.boolean() }).optional(),
  max_concurrent_runs: z.int().min(0).max(1000).optional(),
  timeout_seconds: z.int().min(0).optional(),
  run_as: z
    .strictObject({
      user_name: z.string().optional(),
      service_principal_name: z.string().optional(),
    })
    .optional(),
  tags: z.record(z.string(), z.string()).optional(),
  format: z.literal("MULTI_TASK").optional(),
  edit_mode: z.enum(["EDITABLE", "UI_LOCKED"]).optional(),
  /** Kept: there is one speed here. */
  performance_target: z.enum(["PERFORMANCE_OPTIMIZED", "STANDARD"]).optional(),
  budget_policy_id: z.string().optional(),
  email_notifications: emailNotifications.optional(),
  webhook_notifications: webhookNotifications.optional(),
  notification_settings: jobNotificationSettings.optional(),
  health: healthRules.optional(),
});

/** A job's settings as they were given. */
export type JobSettings = z.infer<typeof jobSettings>;

/** The settings with what Databricks adds when it stores them. */
export function withDefaults(settings: JobSettings): JobSettings {
  return {
    name: "Untitled",
    email_notifications: {},
    webhook_notifications: {},
    timeout_seconds: 0,
    max_concurrent_runs: 1,
    ...settings,
    format: "MULTI_TASK",
    ...(settings.schedule === undefined
      ? {}
      : { schedule: { pause_status: "UNPAUSED" as const, ...settings.schedule } }),
    ...(settings.tasks === undefined
      ? {}
      : {
          tasks: settings.tasks.map((task) => ({
            run_if: "ALL_SUCCESS" as const,
            timeout_seconds: 0,
            email_notifications: {},
            ...task,
          })),
        }),
  };
}

/**
 * The settings after `jobs/update`: top-level fields replace, except that tasks, clusters, parameters
 * and environments are merged by their key; then the fields named in `remove` go.
 */
export function updated(
  old: JobSettings,
  changes: JobSettings,
  remove: readonly string[],
): JobSettings {
  const merged: JobSettings = {
    ...old,
    ...changes,
    ...mergedLists(old, changes),
  };
  const whole = remove.filter((name) => !name.includes("/"));
  const parts = remove.filter((name) => name.includes("/")).map((name) => name.split("/", 2));
  const gone = (list: string) => parts.filter(([head]) => head === list).map(([, tail]) => tail);
  const kept: JobSettings = {
    ...merged,
    ...(merged.tasks && { tasks: merged.tasks.filter((t) => !gone("tasks").includes(t.task_key)) }),
    ...(merged.job_clusters && {
      job_clusters: merged.job_clusters.filter(
        (c) => !gone("job_clusters").includes(c.job_cluster_key),
      ),
    }),
  };
  return jobSettings.parse(
    Object.fromEntries(Object.entries(kept).filter(([name]) => !whole.includes(name))),
  );
}

function mergedLists(old: JobSettings, changes: JobSettings): JobSettings {
  return {
    ...(changes.tasks && { tasks: merge(old.tasks, changes.tasks, (t) => t.task_key) }),
    ...(changes.job_clusters && {
      job_clusters: merge(old.job_clusters, changes.job_clusters, (c) => c.job_cluster_key),
    }),
    ...(changes.parameters && {
      parameters: merge(old.parameters, changes.parameters, (p) => p.name),
    }),
    ...(changes.environments && {
      environments: merge(old.environments, changes.environments, (e) => e.environment_key),
    }),
  };
}

function merge<T>(old: readonly T[] = [], changes: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map(old.map((item) => [keyOf(item), item]));
  for (const item of changes) byKey.set(keyOf(item), item);
  return [...byKey.values()];
}
