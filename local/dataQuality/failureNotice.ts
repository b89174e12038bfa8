import { senderOf } from "../notifications/deliver";
import { factLines, factTable, type Facts } from "../notifications/facts";
import type { Workspace } from "../workspace";
import type { Monitor } from "./monitors";
import type { Refresh } from "./refreshRecords";

/** Tells those whom the monitor's `notification_settings` name, by mail, that a refresh has failed. */
export async function tellOfFailure(
  workspace: Workspace,
  { table, config }: Monitor,
  { object_id, refresh_id, message = "", end_time_ms = Date.now() }: Refresh,
): Promise<void> {
  const emails = config.notification_settings?.on_failure?.email_addresses ?? [];
  if (emails.length === 0) return;
  const facts: Facts = [
    ["Table", table],
    ["Refresh", String(refresh_id)],
    ["Reason", message],
    ["Ended at", new Date(end_time_ms).toISOString()],
  ];
  await senderOf(workspace).notify([{ emails }], {
    about: { kind: "monitor", object_id, refresh_id },
    summary: `The monitor of ${table} could not be refreshed`,
    text: factLines(facts),
    html: factTable(facts),
    // Webhooks cannot be named here.
    payload: {},
  });
}
