import type { Cell } from "../shared/textTable";
import type { Drift, Endpoint, Fact, ModelRow } from "./facts";

/** The columns, in order. */
export const COLUMNS = ["model", "champion", "challenger", "gate", "endpoint", "drift", "owner"];

/**
 * A model's row, one cell for each of {@link COLUMNS}.
 * @param now - In ms, for ages.
 */
export function cellsOf(model: ModelRow, now: number): Cell[] {
  const aged = ({ version, since }: { version: string; since?: string }): Cell =>
    plain(since === undefined ? `v${version}` : `v${version}, ${age(since, now)}`);
  return [
    plain(model.name),
    cell(model.champion, aged, "none yet"),
    cell(model.challenger, aged, "none"),
    cell(
      model.gate,
      ({ version, verdict, reason }) => ({
        text: `v${version} ${verdict}${reason === undefined ? "" : `: ${reason}`}`,
        tone: VERDICT_TONES[verdict],
      }),
      "nothing to judge",
    ),
    cell(model.endpoints, ({ list }) => endpointsCell(list), "none yet"),
    cell(model.drift, (drift) => driftCell(drift, now), "none yet"),
    plain(model.owner),
  ];
}

/** What does not fit a cell: why something is unknown, or has failed. */
export function notesOf(model: ModelRow): string[] {
  const { champion, challenger, gate, endpoints, drift } = model;
  const facts = Object.entries({ champion, challenger, gate, endpoints, drift });
  const unknown = new Map<string, string[]>();
  for (const [name, fact] of facts) {
    if (fact.status !== "unknown") continue;
    unknown.set(fact.reason, [...(unknown.get(fact.reason) ?? []), name]);
  }
  const failures = endpoints.status === "known" ? endpoints.list : [];
  return [
    ...[...unknown].map(([reason, names]) => `${names.join(", ")} unknown: ${reason}`),
    ...failures.flatMap(({ name, failure }) =>
      failure === undefined ? [] : [`last update of ${name}: ${failure}`],
    ),
    ...(drift.status === "known" && drift.scoreReason !== undefined
      ? [`no drift score: ${drift.scoreReason}`]
      : []),
  ];
}

function cell<T extends object>(fact: Fact<T>, show: (value: T) => Cell, none: string): Cell {
  switch (fact.status) {
    case "known":
      return show(fact);
    case "none":
      return { text: none, tone: "quiet" };
    case "not configured":
      return { text: "not configured", tone: "quiet" };
    case "unknown":
      return { text: "unknown", tone: "warning" };
  }
}

const plain = (text: string): Cell => ({ text, tone: "plain" });

const VERDICT_TONES = {
  promoted: "good",
  refused: "warning",
  rejected: "warning",
  error: "bad",
  canary: "plain",
  inconclusive: "warning",
  waiting: "quiet",
  bypassed: "bad",
} as const;

const HEALTH = {
  ready: "ready",
  updating: "updating",
  behind: "ready, but the last update failed",
  "not ready": "not ready",
  failed: "failed",
  missing: "has been deleted",
} as const;

function endpointsCell(list: readonly Endpoint[]): Cell {
  const shown = list.map(({ name, health, versions }) => {
    const serves = versions.length === 0 ? "" : ` v${versions.join(", v")}`;
    return `${list.length === 1 ? "" : `${name}: `}${HEALTH[health]}${serves}`;
  });
  const isBad = list.some(({ health }) => ["behind", "failed", "missing"].includes(health));
  const isGood = list.every(({ health }) => health === "ready");
  return { text: shown.join("; "), tone: isBad ? "bad" : isGood ? "good" : "plain" };
}

const STATES = {
  ok: "ok",
  drifted: "DRIFTED",
  error: "cannot be evaluated",
  "not evaluated": "not evaluated yet",
} as const;
const STATE_TONES = {
  ok: "good",
  drifted: "bad",
  error: "warning",
  "not evaluated": "quiet",
} as const;

function driftCell(drift: Drift, now: number): Cell {
  const { state, score, threshold, column, windowStart, evaluatedAt } = drift;
  const number = (value: number): string => String(Number(value.toPrecision(3)));
  const limit = threshold === undefined ? "" : ` of at most ${number(threshold)}`;
  const parts = [
    STATES[state],
    ...(score === undefined
      ? []
      : [`${number(score)}${limit}${column === undefined ? "" : ` (${column})`}`]),
    ...(windowStart === undefined ? [] : [`on ${windowStart.slice(0, 10)}`]),
    ...(evaluatedAt === undefined ? [] : [`looked ${age(evaluatedAt, now)} ago`]),
  ];
  return { text: parts.join(", "), tone: STATE_TONES[state] };
}

/** e.g. `3 d`; the largest unit that there is one of. */
export function age(since: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  if (!Number.isFinite(minutes)) return since;
  if (minutes >= 24 * 60) return `${Math.floor(minutes / (24 * 60))} d`;
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h` : `${minutes} min`;
}
