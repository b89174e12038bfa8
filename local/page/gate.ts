/** What the promotion gate decided about a version, as it left it on the version's tags. */
export interface GateView {
  /** `promoted`, `superseded` by the next champion, `refused`; other gates may have other words. */
  readonly verdict: string;
  /** The measured values against their bounds. */
  readonly reason: string | undefined;
  /** The run that the values were measured in. */
  readonly runId: string | undefined;
  /** When, in ms. */
  readonly at: number | undefined;
  readonly previousChampion: string | undefined;
  /** Further evidence, by the tag's name in words. */
  readonly evidence: readonly { readonly key: string; readonly value: string }[];
}

const PREFIX = "mlops.gate.";
/** What is shown by itself; `refused` is the reason of a version that has no verdict yet. */
const shown = ["verdict", "reason", "run_id", "promoted_at", "previous_champion", "refused"];

/** Reads the tags `mlops.gate.*`; undefined if the gate said nothing about the version. */
export function gateOf(
  tags: readonly { readonly key: string; readonly value: string }[],
): GateView | undefined {
  const own = new Map(
    tags.flatMap(({ key, value }) =>
      key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value] as const] : [],
    ),
  );
  const refused = own.get("refused");
  const verdict = own.get("verdict") ?? (refused === undefined ? undefined : "refused");
  if (verdict === undefined) return undefined;
  const time = Date.parse(own.get("promoted_at") ?? "");
  return {
    verdict,
    reason: own.get("reason") ?? refused,
    runId: own.get("run_id") === "" ? undefined : own.get("run_id"),
    at: Number.isNaN(time) ? undefined : time,
    previousChampion: own.get("previous_champion"),
    evidence: [
      // One that passed later was refused before.
      ...(refused === undefined || verdict === "refused"
        ? []
        : [{ key: "refused before", value: refused }]),
      ...[...own]
        .filter(([key]) => !shown.includes(key))
        .map(([key, value]) => ({ key: key.replaceAll("_", " "), value })),
    ],
  };
}
