import { newId } from "../ids";
import { destinations, secretOf, typeOf } from "../notificationDestinations";
import type { Workspace } from "../workspace";
import { writeMail } from "./mail";
import { notifications, type Message, type Notification } from "./records";
import { postWebhook, type Delivery } from "./webhook";

/** Notifications are forgotten after 60 days, as runs are; mails stay. */
const KEPT_MS = 60 * 24 * 3600_000;

/** Who is told: addresses, or a notification destination. */
export type Recipient =
  { readonly emails: readonly string[] } | { readonly destination_id: string };

/**
 * Sends a message to each recipient. It is noted before it is sent, and afterwards how that went; what was
 * noted and not yet sent when the workspace ended is sent by {@link resumeNotifications}. Never throws: whoever
 * is to be told, an evaluation or a run goes on.
 */
export async function notify(
  workspace: Workspace,
  recipients: readonly Recipient[],
  message: Message,
): Promise<void> {
  const noted = recipients.map((recipient) => note(workspace, recipient, message));
  await Promise.all(noted.map((one) => send(workspace, one)));
}

/** Sends what was noted and not sent, and forgets what is old. */
export async function resumeNotifications(workspace: Workspace): Promise<void> {
  const all = notifications(workspace);
  for (const { id, time } of all.list()) if (time < Date.now() - KEPT_MS) all.delete(id);
  await Promise.all(all.list().map((one) => send(workspace, one)));
}

function note(workspace: Workspace, recipient: Recipient, message: Message): Notification {
  const noted: Notification = {
    id: String(newId()),
    time: Date.now(),
    message,
    ...route(workspace, recipient),
  };
  notifications(workspace).put(noted.id, noted);
  return noted;
}

function route(
  workspace: Workspace,
  recipient: Recipient,
): Pick<Notification, "to" | "channel" | "destination_id" | "status" | "detail"> {
  if ("emails" in recipient)
    return { to: [...recipient.emails], channel: "EMAIL", status: "PENDING" };
  const { destination_id } = recipient;
  const destination = destinations(workspace).get(destination_id);
  if (destination === undefined) {
    const detail = "The notification destination was deleted.";
    return { to: [], destination_id, channel: "WEBHOOK", status: "NOT_SENT", detail };
  }
  const { kind, addresses = [] } = destination;
  const channel = typeOf(kind);
  if (kind === "email" || kind === "generic_webhook")
    return { to: addresses, destination_id, channel, status: "PENDING" };
  const detail = `The local workspace sends nothing to destinations of the type ${channel}.`;
  return { to: [], destination_id, channel, status: "NOT_SENT", detail };
}

async function send(workspace: Workspace, one: Notification): Promise<void> {
  if (one.status !== "PENDING") return;
  try {
    const { sent, detail } =
      one.channel === "EMAIL" ? await mail(workspace, one) : await call(workspace, one);
    notifications(workspace).put(one.id, { ...one, status: sent ? "SENT" : "FAILED", detail });
  } catch (error) {
    // It stays noted, for the next start.
    console.error(`Notification ${one.id} was not sent.`, error);
  }
}

async function mail(workspace: Workspace, { id, time, to, message }: Notification) {
  const { summary: subject, text, html } = message;
  return { sent: true, detail: await writeMail(workspace, { id, time, to, subject, text, html }) };
}

async function call(workspace: Workspace, one: Notification): Promise<Delivery> {
  const destination = destinations(workspace).get(one.destination_id ?? "");
  const secret = (name: string) => destination && secretOf(workspace, destination, name);
  const url = secret("url");
  if (url === undefined)
    return { sent: false, detail: "The URL of the webhook is not known any more; set it again." };
  const webhook = { url, username: secret("username"), password: secret("password") };
  return postWebhook(webhook, one.message.payload);
}
