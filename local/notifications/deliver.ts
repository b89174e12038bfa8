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

/** Sends what alerts and jobs have to tell. */
export class Sender {
  readonly #workspace: Workspace;
  readonly #stop = new AbortController();
  readonly #mails = new Set<Promise<void>>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /**
   * Sends a message to each recipient. It is noted before it is sent, and afterwards how that went. Resolves when
   * the mails are written; webhooks are called in the background. Does not throw: whatever has happened to the
   * recipient, the evaluation or run that it is about goes on.
   */
  async notify(recipients: readonly Recipient[], message: Message): Promise<void> {
    const noted = recipients.map((recipient) => note(this.#workspace, recipient, message));
    await Promise.all(noted.map((one) => this.#begin(one)));
  }

  /** Sends what was noted and not sent when the workspace ended, and forgets what is old. */
  async resume(): Promise<void> {
    const all = notifications(this.#workspace);
    for (const { id, time } of all.list()) if (time < Date.now() - KEPT_MS) all.delete(id);
    await Promise.all(all.list().map((one) => this.#begin(one)));
  }

  /** Writes the mails that have begun; what is not sent then stays noted. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#mails);
  }

  async #begin(one: Notification): Promise<void> {
    if (one.status !== "PENDING") return;
    const sending = this.#send(one);
    if (one.channel !== "EMAIL") return;
    this.#mails.add(sending);
    await sending;
    this.#mails.delete(sending);
  }

  async #send(one: Notification): Promise<void> {
    try {
      const { sent, detail } = await (one.channel === "EMAIL" ? this.#mail(one) : this.#call(one));
      if (!sent && this.#stop.signal.aborted) return;
      const status = sent ? "SENT" : "FAILED";
      notifications(this.#workspace).put(one.id, { ...one, status, detail });
    } catch (error) {
      // It stays noted, for the next start.
      console.error(`Notification ${one.id} was not sent.`, error);
    }
  }

  async #mail({ id, time, to, message }: Notification): Promise<Delivery> {
    const { summary: subject, text, html } = message;
    const file = await writeMail(this.#workspace, { id, time, to, subject, text, html });
    return { sent: true, detail: file };
  }

  async #call({ destination_id = "", message }: Notification): Promise<Delivery> {
    const destination = destinations(this.#workspace).get(destination_id);
    const secret = (name: string) => destination && secretOf(this.#workspace, destination, name);
    const url = secret("url");
    if (url === undefined)
      return { sent: false, detail: "The URL of the webhook is not known any more; set it again." };
    const webhook = { url, username: secret("username"), password: secret("password") };
    return postWebhook(webhook, message.payload, this.#stop.signal);
  }
}

const senders = new WeakMap<Workspace, Sender>();

/** What sends the workspace's notifications. It closes with the workspace, after all that is started later. */
export function senderOf(workspace: Workspace): Sender {
  const known = senders.get(workspace);
  if (known !== undefined) return known;
  const sender = new Sender(workspace);
  senders.set(workspace, sender);
  workspace.onClose(() => sender.close());
  return sender;
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
    const detail = "There is no such notification destination any more.";
    return { to: [], destination_id, channel: "WEBHOOK", status: "NOT_SENT", detail };
  }
  const { kind, addresses = [] } = destination;
  const channel = typeOf(kind);
  if (kind === "email" || kind === "generic_webhook")
    return { to: addresses, destination_id, channel, status: "PENDING" };
  const detail = `The local workspace sends nothing to destinations of the type ${channel}.`;
  return { to: [], destination_id, channel, status: "NOT_SENT", detail };
}
