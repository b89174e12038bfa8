import type { VNode } from "preact";
import type { AlertView, NotificationView } from "../alerts";
import { plural } from "./format";
import { Status, Table, Time } from "./parts";
import { AlertStatus } from "./statuses";

/** Alerts with their state and what they sent. */
export function AlertTable({
  alerts,
  asOf,
}: {
  alerts: readonly AlertView[];
  asOf: number;
}): VNode {
  return (
    <>
      <Table
        caption="Alerts"
        head={["Alert", "State", "Last evaluated", "Fires when", "Schedule", "Tells"]}
      >
        {alerts.map((alert) => (
          <tr>
            <th scope="row">{alert.name}</th>
            <td>
              <AlertStatus state={alert.state} />
              {alert.value === undefined ? null : <div class="quiet">{alert.value}</div>}
              {alert.error === undefined ? null : <div class="quiet reason">{alert.error}</div>}
            </td>
            <td>
              {alert.evaluatedAt === undefined ? (
                "Never"
              ) : (
                <Time at={alert.evaluatedAt} asOf={asOf} />
              )}
            </td>
            <td>{alert.condition}</td>
            <td>
              <code>{alert.schedule}</code>
              {alert.paused ? (
                <>
                  {" "}
                  <Status tone="minor">Paused</Status>
                </>
              ) : null}
            </td>
            <td>
              {alert.recipients === 0 ? (
                <Status tone="none">Nobody</Status>
              ) : (
                plural(alert.recipients, "destination")
              )}
            </td>
          </tr>
        ))}
      </Table>
      <Notifications alerts={alerts} asOf={asOf} />
    </>
  );
}

function Notifications({ alerts, asOf }: { alerts: readonly AlertView[]; asOf: number }): VNode {
  const sent = alerts
    .flatMap(({ name, notifications }) => notifications.map((one) => ({ name, ...one })))
    .sort((a, b) => b.at - a.at);
  if (sent.length === 0) return <p class="quiet">No notification was sent yet.</p>;
  return (
    <Table caption="Notifications" head={["Sent", "Alert", "What", "To", "Delivery"]}>
      {sent.map(({ at, name, summary, to, status, detail }) => (
        <tr>
          <th scope="row">
            <Time at={at} asOf={asOf} short />
          </th>
          <td>{name}</td>
          <td class="reason">{summary}</td>
          <td class="reason">{to}</td>
          <td>
            {deliveries[status]}
            {detail === undefined ? null : <div class="quiet reason">{detail}</div>}
          </td>
        </tr>
      ))}
    </Table>
  );
}

const deliveries: Record<NotificationView["status"], VNode> = {
  SENT: <Status tone="good">Sent</Status>,
  PENDING: <Status tone="busy">Being sent</Status>,
  FAILED: <Status tone="bad">Failed</Status>,
  NOT_SENT: <Status tone="minor">Not sent</Status>,
};
