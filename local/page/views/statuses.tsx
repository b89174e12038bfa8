import type { VNode } from "preact";
import type { AlertView } from "../alerts";
import type { Severity } from "../attention";
import type { EndpointState } from "../endpoints";
import type { GateView } from "../gate";
import type { Standing } from "../jobs";
import { Status, type Tone } from "./parts";

const severities: Record<Severity, readonly [Tone, string]> = {
  critical: ["bad", "Critical"],
  serious: ["bad", "Serious"],
  minor: ["minor", "Minor"],
  unknown: ["unknown", "Unknown"],
};

/** How bad a concern is. */
export function SeverityStatus({ severity }: { severity: Severity }): VNode {
  const [tone, text] = severities[severity];
  return <Status tone={tone}>{text}</Status>;
}

const endpointStates: Record<EndpointState, readonly [Tone, string]> = {
  ready: ["good", "Ready"],
  updating: ["busy", "Ready, an update is under way"],
  behind: ["bad", "Ready, but the last update failed"],
  starting: ["busy", "Not ready yet"],
  failed: ["bad", "Not ready, the update failed"],
  empty: ["none", "Serves nothing yet"],
};

/** How far an endpoint is. */
export function EndpointStatus({ state }: { state: EndpointState }): VNode {
  const [tone, text] = endpointStates[state];
  return <Status tone={tone}>{text}</Status>;
}

const standings: Record<Standing, Tone> = {
  waiting: "busy",
  running: "busy",
  succeeded: "good",
  failed: "bad",
  canceled: "minor",
  skipped: "none",
};

/** How a run or task stands; `word` is Databricks' own for it, shown where it says more. */
export function RunStatus({ standing, word }: { standing: Standing; word: string }): VNode {
  const plain = ["SUCCESS", "FAILED", "CANCELED", "RUNNING", "SKIPPED"].includes(word);
  const text = standing.charAt(0).toUpperCase() + standing.slice(1);
  return (
    <Status tone={standings[standing]}>
      {plain ? text : `${text} (${word.toLowerCase().replaceAll("_", " ")})`}
    </Status>
  );
}

const alertStates: Record<AlertView["state"], readonly [Tone, string]> = {
  OK: ["good", "OK"],
  TRIGGERED: ["bad", "Triggered"],
  ERROR: ["bad", "Could not be evaluated"],
  UNKNOWN: ["unknown", "Not evaluated yet"],
};

/** What an alert found last. */
export function AlertStatus({ state }: { state: AlertView["state"] }): VNode {
  const [tone, text] = alertStates[state];
  return <Status tone={tone}>{text}</Status>;
}

const verdicts: Record<string, Tone> = {
  promoted: "good",
  superseded: "none",
  refused: "bad",
  rejected: "bad",
  canary: "busy",
  inconclusive: "minor",
  waiting: "busy",
};

/** What the promotion gate decided. */
export function VerdictStatus({ gate }: { gate: GateView | undefined }): VNode {
  if (gate === undefined) return <Status tone="none">No verdict yet</Status>;
  const { verdict } = gate;
  const tone = Object.hasOwn(verdicts, verdict) ? verdicts[verdict] : undefined;
  return (
    <Status tone={tone ?? "unknown"}>{verdict.charAt(0).toUpperCase() + verdict.slice(1)}</Status>
  );
}
