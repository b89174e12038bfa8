import { z } from "zod";

const emails = z.array(z.string()).optional();
const webhooks = z
  .array(z.strictObject({ id: z.string() }))
  .max(3)
  .optional();

/** Who gets a mail; `on_streaming_backlog_exceeded` never happens here: nothing streams. */
export const emailNotifications = z.strictObject({
  on_start: emails,
  on_success: emails,
  on_failure: emails,
  on_duration_warning_threshold_exceeded: emails,
  on_streaming_backlog_exceeded: emails,
  no_alert_for_skipped_runs: z.boolean().optional(),
});

/** The notification destinations that are told, by their ids. */
export const webhookNotifications = z.strictObject({
  on_start: webhooks,
  on_success: webhooks,
  on_failure: webhooks,
  on_duration_warning_threshold_exceeded: webhooks,
  on_streaming_backlog_exceeded: webhooks,
});

/** When a job's notifications are held back. */
export const jobNotificationSettings = z.strictObject({
  no_alert_for_skipped_runs: z.boolean().optional(),
  no_alert_for_canceled_runs: z.boolean().optional(),
});

/** When a task's notifications are held back. */
export const taskNotificationSettings = jobNotificationSettings.extend({
  alert_on_last_attempt: z.boolean().optional(),
});

/** Thresholds that a run is measured by: passing one is told as `on_duration_warning_threshold_exceeded`. */
export const healthRules = z.strictObject({
  rules: z.array(
    z.strictObject({
      metric: z.enum(["RUN_DURATION_SECONDS"]),
      op: z.enum(["GREATER_THAN"]),
      value: z.int().min(0),
    }),
  ),
});
