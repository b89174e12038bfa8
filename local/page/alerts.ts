import { conditionOf } from "../alerts/message";
import { alertsWithState, type AlertWithState } from "../alerts/state";
import { destinations } from "../notificationDestinations";
import { sentNotifications, type Notification } from "../notifications/records";
import type { Workspace } from "../workspace";

/** An alert, as the page shows it. Times in ms. */
export interface AlertView {
  readonly id: string;
  readonly name: string;
  /** `UNKNOWN` before the first evaluation. */
  readonly state: "OK" | "TRIGGERED" | "ERROR" | "UNKNOWN";
  /** Undefined if it never was. */
  readonly evaluatedAt: number | undefined;
  /** What the last evaluation found. */
  readonly value: string | undefined;
  /** Why it could not be evaluated. */
  readonly error: string | undefined;
  /** e.g. `MAX(drift_score) > 0.1`. */
  readonly condition: string;
  /** The number that the condition compares with. */
  readonly threshold: number | undefined;
  readonly schedule: string;
  readonly paused: boolean;
  readonly recipients: number;
  /** The query: what it mentions, the alert has to do with. */
  readonly text: string;
  /** Newest first. */
  readonly notifications: readonly NotificationView[];
}

/** A message that an alert sent to one recipient. */
export interface NotificationView {
  readonly at: number;
  readonly summary: string;
  readonly to: string;
  readonly channel: Notification["channel"];
  readonly status: Notification["status"];
  /** The file of a mail, what a webhook answered, or why it was not sent. */
  readonly detail: string | undefined;
}

/** Messages of an alert that are shown. */
const NOTIFICATIONS = 10;

/** All alerts that are not in the trash, by name, from the workspace's own records. */
export function readAlerts(workspace: Workspace): AlertView[] {
  const sent = sentNotifications(workspace);
  const names = new Map(
    destinations(workspace)
      .list()
      .map((one) => [one.id, one.display_name]),
  );
  return alertsWithState(workspace)
    .map((one) => viewOf(one, sent, names))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function viewOf(
  { alert, evaluated }: AlertWithState,
  sent: readonly Notification[],
  destinationNames: ReadonlyMap<string, string>,
): AlertView {
  const { evaluation, schedule } = alert;
  const own = sent.filter(
    ({ message: { about } }) => about.kind === "alert" && about.alert_id === alert.id,
  );
  return {
    id: alert.id,
    name: alert.display_name,
    state: evaluated?.state ?? "UNKNOWN",
    evaluatedAt: evaluated === undefined ? undefined : Date.parse(evaluated.last_evaluated_at),
    value: shortened(evaluated?.value),
    error: evaluated?.error,
    condition: conditionOf(evaluation),
    threshold: evaluation.threshold?.value?.double_value,
    schedule: schedule.quartz_cron_schedule,
    paused: schedule.pause_status === "PAUSED",
    recipients: evaluation.notification?.subscriptions?.length ?? 0,
    text: alert.query_text,
    notifications: own.slice(0, NOTIFICATIONS).map((one) => ({
      at: one.time,
      summary: one.message.summary,
      to: recipientOf(one, destinationNames),
      channel: one.channel,
      status: one.status,
      detail: one.detail,
    })),
  };
}

/** Six digits are enough of a number. */
function shortened(value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const number = Number(value);
  return value.trim() === "" || Number.isNaN(number)
    ? value
    : String(Number(number.toPrecision(6)));
}

function recipientOf(
  { to, destination_id }: Notification,
  names: ReadonlyMap<string, string>,
): string {
  if (to.length > 0) return to.join(", ");
  return names.get(destination_id ?? "") ?? destination_id ?? "";
}
