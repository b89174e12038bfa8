import { z } from "zod";
import { evaluationState } from "../alerts/records";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

/** What a notification tells of: an alert's new state, an event of a run or task, a monitor's failed refresh. */
const subject = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("alert"), alert_id: z.string(), state: evaluationState }),
  z.strictObject({
    kind: z.literal("job"),
    event: z.enum([
      "on_start",
      "on_success",
      "on_failure",
      "on_duration_warning_threshold_exceeded",
    ]),
    job_id: z.number(),
    /** Of the job's run, also when a task is told of. */
    run_id: z.number(),
    task_key: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("monitor"), object_id: z.string(), refresh_id: z.number() }),
]);

/** The JSON object that a webhook gets. */
export const payload = z.record(z.string(), z.json());

/** What one recipient is sent. */
const message = z.strictObject({
  about: subject,
  /** One line. */
  summary: z.string(),
  /** For mails. */
  text: z.string(),
  html: z.string(),
  payload,
});

const notification = z.strictObject({
  id: z.string(),
  /** ms */
  time: z.number(),
  message,
  /** Addresses of a mail. */
  to: z.array(z.string()),
  /** The destination it goes to, if it is not a mail to addresses. */
  destination_id: z.string().optional(),
  channel: z.enum(["EMAIL", "WEBHOOK", "SLACK", "MICROSOFT_TEAMS", "PAGERDUTY"]),
  /** `NOT_SENT`: this workspace cannot send it; `FAILED`: it tried. */
  status: z.enum(["PENDING", "SENT", "FAILED", "NOT_SENT"]),
  /** The file of a mail, below `<root>/mail`; what a webhook answered; or why nothing was sent. */
  detail: z.string().optional(),
});

export type Message = z.output<typeof message>;
/** One message to one recipient, and what became of it. */
export type Notification = z.output<typeof notification>;

/** Notifications by id; ids sort by age. */
export const notifications = ({ store }: Workspace): Collection<Notification> =>
  store.collection("notifications", notification);

/**
 * All that alerts and jobs have sent, and what could not be sent, the latest first. Mails are the
 * files named in `detail`, below `<root>/mail`.
 */
export function sentNotifications(workspace: Workspace): Notification[] {
  return notifications(workspace).list().reverse();
}
