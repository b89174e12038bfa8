import type { VNode } from "preact";
import type { Refresh } from "../../dataQuality/refreshRecords";
import type { DriftPoint, DriftView, MonitorView } from "../monitors";
import { DriftChart, isSteep } from "./chart";
import { count, figure, plural, utc } from "./format";
import { Fact, Known, Status, Table, Time, type Tone } from "./parts";

const statuses: Record<MonitorView["status"], VNode> = {
  ACTIVE: <Status tone="good">Active</Status>,
  PENDING: <Status tone="busy">Being set up</Status>,
  FAILED: <Status tone="bad">Failed</Status>,
};

/** Monitors in a table, for a list. */
export function MonitorTable({
  monitors,
  asOf,
}: {
  monitors: readonly MonitorView[];
  asOf: number;
}): VNode {
  return (
    <Table caption="Quality monitors" head={["Table", "State", "Drift", "Last computed"]}>
      {monitors.map(({ table, status, drift }) => (
        <tr>
          <th scope="row">{table}</th>
          <td>{statuses[status]}</td>
          <td>
            <Known reading={drift}>{({ points }) => <>{points.at(-1)?.score ?? "–"}</>}</Known>
          </td>
          <td>
            <Known reading={drift}>{(known) => <Computed drift={known} asOf={asOf} />}</Known>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** A monitor with its drift over time. */
export function MonitorDetails({ monitor, asOf }: { monitor: MonitorView; asOf: number }): VNode {
  const { table, status, failure, schedule, drift, driftTable } = monitor;
  const threshold = monitor.alert?.threshold;
  return (
    <article class="card" aria-labelledby={`monitor-${table}`}>
      <header>
        <h3 id={`monitor-${table}`} class="name">
          {table}
        </h3>
        {statuses[status]}
      </header>
      {failure === undefined ? null : <p class="error">{failure}</p>}
      <dl class="facts">
        <Fact name="Last computed">
          <Known reading={drift}>{(known) => <Computed drift={known} asOf={asOf} />}</Known>
        </Fact>
        <Fact name="Threshold">
          {threshold ?? <Status tone="none">Not configured: no alert looks at this</Status>}
        </Fact>
        <Fact name="Schedule">
          {schedule === undefined ? (
            <Status tone="none">Not configured</Status>
          ) : (
            <code>{schedule}</code>
          )}
        </Fact>
        <Fact name="Measured in">
          <span class="name">{driftTable}</span>
        </Fact>
      </dl>
      <Known reading={drift}>
        {(known) => <Windows drift={known} threshold={threshold} table={table} />}
      </Known>
    </article>
  );
}

function Computed({ drift, asOf }: { drift: DriftView; asOf: number }): VNode {
  const refresh = drift.lastRefresh;
  if (refresh === undefined) return <Status tone="none">Not computed yet</Status>;
  const { state, start_time_ms, end_time_ms, message } = refresh;
  const time = <Time at={end_time_ms ?? start_time_ms} asOf={asOf} />;
  if (state === "SUCCESS") return time;
  const [tone, text] = unfinished[state];
  return (
    <>
      <Status tone={tone}>{text}</Status> {time}
      {message === undefined ? null : <div class="quiet reason">{message}</div>}
    </>
  );
}

const unfinished: Record<Exclude<Refresh["state"], "SUCCESS">, readonly [Tone, string]> = {
  PENDING: ["busy", "Waiting"],
  RUNNING: ["busy", "Being computed"],
  FAILED: ["bad", "The last computation failed"],
  CANCELED: ["minor", "The last computation was canceled"],
};

const verdicts: Record<DriftPoint["verdict"], VNode> = {
  above: <Status tone="bad">Above</Status>,
  within: <Status tone="good">Within</Status>,
  few: <Status tone="unknown">Too few rows to tell</Status>,
  open: <Status tone="none">None</Status>,
};

function Windows({
  drift: { points, granularity },
  threshold,
  table,
}: {
  drift: DriftView;
  threshold: number | undefined;
  table: string;
}): VNode {
  if (points.length === 0) return <p class="quiet">No window has a drift score yet.</p>;
  const above = points.filter(({ verdict }) => verdict === "above").length;
  const title =
    `Largest population stability index of any column in ${plural(points.length, "window")}` +
    (granularity === undefined ? "" : ` of ${granularity}`) +
    (threshold === undefined ? "" : `; ${above} above the threshold ${threshold}`) +
    (isSteep(points, threshold) ? "; square-root scale" : "");
  return (
    <>
      <figure>
        <figcaption>{title}</figcaption>
        <DriftChart points={points} threshold={threshold} title={title} size="wide" />
        <DriftChart points={points} threshold={threshold} title={title} size="narrow" />
      </figure>
      {threshold === undefined ? null : (
        <p class="quiet">
          The alert's own query decides which windows count. Hollow marks have too few rows to tell.
        </p>
      )}
      <details>
        <summary>The same as a table</summary>
        <Table
          caption={`Drift of ${table} by window`}
          head={[
            "Window from",
            "to (UTC)",
            "Score",
            "Column that drifted most",
            "Rows",
            "Threshold",
          ]}
        >
          {[...points].reverse().map(({ start, end, score, column, rows, verdict }) => (
            <tr>
              <th scope="row">{utc(start)}</th>
              <td>{utc(end)}</td>
              <td class="number">{figure(score)}</td>
              <td>{column}</td>
              <td class="number">{count(rows)}</td>
              <td>{verdicts[verdict]}</td>
            </tr>
          ))}
        </Table>
      </details>
    </>
  );
}
