import { visible } from "../previewReport/text";
import {
  indented,
  paint,
  textTable,
  wrap,
  type Cell,
  type Display,
  type Tone,
} from "../shared/textTable";
import type { Entry, History } from "./entries";

const COLUMNS = ["when (UTC)", "version", "what", "why", "before", "run", "commit", "evidence"];

const EVIDENCE_TONES: Readonly<Record<Entry["evidence"], Tone>> = {
  intact: "good",
  "not in the state": "warning",
  replaced: "quiet",
  broken: "bad",
  gone: "warning",
  none: "quiet",
};

/** The history for people: a row for each entry, then what has to be said of it. */
export function historyText(history: History, display: Display): string {
  const { stack, name, model, champion, entries } = history;
  const now = champion === null ? "no champion" : `champion: v${champion}`;
  const head = wrap(`${paint(name, "bold", display)}  ${model} in ${stack}  ${now}`, display.width);
  const notes = notesOf(history).flatMap((note) => indented(wrap(note, display.width - 2)));
  if (entries.length === 0)
    return [...head, ...indented(["no version was promoted"]), ...notes].join("\n");
  return [...head, ...textTable(COLUMNS, entries.map(cellsOf), display), ...notes].join("\n");
}

function cellsOf(entry: Entry): Cell[] {
  const { version, what, evidence, before, runId, commit } = entry;
  const plain = (text: string): Cell => ({ text: visible(text), tone: "plain" });
  return [
    plain(minute(entry.at)),
    plain(`v${version}`),
    { text: what, tone: what === "promoted" ? "good" : "warning" },
    plain(whyOf(entry)),
    plain(before === undefined ? "" : `v${before}`),
    plain(runId?.slice(0, 8) ?? ""),
    plain(commit?.slice(0, 7) ?? ""),
    { text: evidence === "none" ? "" : evidence, tone: EVIDENCE_TONES[evidence] },
  ];
}

function whyOf({ why, by, expires, approvers = [] }: Entry): string {
  const until = expires === undefined ? "" : ` until ${minute(expires)}`;
  const who = by === undefined ? "" : `by ${by}${until}: `;
  const approved = approvers.length === 0 ? "" : `; approved by ${approvers.join(", ")}`;
  return `${who}${why}${approved}`;
}

/** What the table does not say by itself. */
function notesOf({ champion, entries, problems }: History): string[] {
  const last = entries.find(({ what }) => what !== "rejected");
  const broken = entries.flatMap(({ version, at, problem }) =>
    problem === undefined ? [] : [`v${version}, ${minute(at)}: ${problem}`],
  );
  const isMoved = champion !== null && champion !== last?.version;
  const isForeign = entries.some(({ evidence }) => evidence === "not in the state");
  return [
    ...(isMoved ? [`No promotion made v${champion} champion: the alias was moved by hand.`] : []),
    ...(champion === null && last !== undefined ? ["The alias is not there any more."] : []),
    ...broken.map((one) => `${one}.`),
    ...(isForeign
      ? [
          "Not in the state: by another stack's gate, by an update that was interrupted, or by hand.",
        ]
      : []),
    ...problems.map((problem) => `Could not be read: ${problem}.`),
  ].map(visible);
}

/** A time to the minute, in UTC; what is none stays as it is. */
export function minute(at: string): string {
  const time = Date.parse(at);
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 16).replace("T", " ") : at;
}
