/** What the promotion gate decided about a version, as it left it on the version's tags. */
export interface GateView {
  /** e.g. `promoted`, `superseded`, `refused`; other gates may have other words. */
  readonly verdict: string;
  /** The measured values against their bounds. */
  readonly reason: string | undefined;
  /** The run that the values were measured in. */
  readonly runId: string | undefined;
  /** When, in ms. */
  readonly at: number | undefined;
  readonly previousChampion: string | undefined;
  /** Further evidence, by the tag's name without its prefix. */
  readonly evidence: readonly { readonly key: string; readonly value: string }[];
}

const PREFIX = "mlops.gate.";
const shown = ["verdict", "reason", "run_id", "promoted_at", "decided_at", "previous_champion"];

/** Reads the tags `mlops.gate.*`; undefined if the gate said nothing about the version. */
export function gateOf(
  tags: readonly { readonly key: string; readonly value: string }[],
): GateView | undefined {
  const own = new Map(
    tags.flatMap(({ key, value }) =>
      key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value] as const] : [],
    ),
  );
  const verdict = own.get("verdict");
  if (verdict === undefined) return undefined;
  const time = Date.parse(own.get("promoted_at") ?? own.get("decided_at") ?? "");
  return {
    verdict,
    reason: own.get("reason"),
    runId: own.get("run_id") === "" ? undefined : own.get("run_id"),
    at: Number.isNaN(time) ? undefined : time,
    previousChampion: own.get("previous_champion"),
    evidence: [...own]
      .filter(([key]) => !shown.includes(key))
      .map(([key, value]) => ({ key, value })),
  };
}
