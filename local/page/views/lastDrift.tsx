import type { VNode } from "preact";
import type { DriftPoint, MonitorView } from "../monitors";
import { Sparkline } from "./chart";
import { figure } from "./format";
import { NotConfigured, Status, Time, Unknown, type Tone } from "./parts";

/** The drift of a monitor's last window, with those before it as a small line. */
export function LastDrift({
  monitor,
  asOf,
}: {
  monitor: MonitorView | undefined;
  asOf: number;
}): VNode {
  if (monitor === undefined) return <NotConfigured />;
  if (monitor.status === "FAILED") return <Status tone="bad">The monitor failed</Status>;
  if (!monitor.drift.known) return <Unknown why={monitor.drift.why} />;
  const { points, lastRefresh } = monitor.drift.value;
  const computedAt = lastRefresh?.end_time_ms;
  const last = points.at(-1);
  const threshold = monitor.alert?.threshold;
  if (last === undefined)
    return (
      <Status tone="none">
        {computedAt === undefined ? "Not computed yet" : "No window to compare yet"}
      </Status>
    );
  const [tone, words] = driftWords[last.verdict];
  return (
    <>
      <Status tone={tone}>
        {`${figure(Number(last.score.toFixed(3)))}${words}${tone === "none" ? "" : ` ${threshold ?? ""}`}`}
      </Status>
      <Sparkline points={points} threshold={threshold} />
      <div class="quiet">
        {last.column}
        {computedAt === undefined ? null : (
          <>
            , computed <Time at={computedAt} asOf={asOf} short />
          </>
        )}
      </div>
    </>
  );
}

const driftWords: Record<DriftPoint["verdict"], readonly [Tone, string]> = {
  above: ["bad", " above"],
  within: ["good", " within"],
  few: ["none", ", too few rows to tell"],
  open: ["none", ", no threshold"],
};
