import { z } from "zod";
import { evidenceOf, isEvidence, type EvidenceView } from "./evidence";

/** What the promotion gate decided about a version, as it left it on the version's tags. */
export interface GateView {
  /**
   * `promoted`, `superseded` by the next champion, `rejected` by people or a canary, `refused`, `canary` while it
   * answers a share of the traffic; other gates may have other words.
   */
  readonly verdict: string;
  /** The measured values against their bounds, or why people rejected it. */
  readonly reason: string | undefined;
  /** The run that the values were measured in. */
  readonly runId: string | undefined;
  /** When, in ms. */
  readonly at: number | undefined;
  readonly previousChampion: string | undefined;
  /** Whether the evidence of its promotion is as the gate wrote it. */
  readonly proof: EvidenceView["state"];
  /** Further evidence, by the tag's name in words. */
  readonly evidence: readonly { readonly key: string; readonly value: string }[];
}

/** What the names of the gate's tags begin with. */
const PREFIX = "mlops_gate_";
/** What is shown by itself; `refused` is the reason of a version that has no verdict yet. */
const shown = [
  ...["verdict", "reason", "run_id", "promoted_at", "previous_champion"],
  ...["refused", "rejected", "canary"],
];

const rejection = z.object({ reason: z.string(), by: z.string(), at: z.string() });
const canary = z.object({ percent: z.number(), since: z.string() });

/** Whether a tag is the gate's. */
export const isGateTag = ({ key }: { readonly key: string }): boolean => key.startsWith(PREFIX);

/** Reads the tags `mlops_gate_*`; undefined if the gate said nothing about the version. */
export function gateOf(
  tags: readonly { readonly key: string; readonly value: string }[],
): GateView | undefined {
  const own = new Map(
    tags.filter(isGateTag).map(({ key, value }) => [key.slice(PREFIX.length), value]),
  );
  const refused = own.get("refused");
  const rejected = said(rejection, own.get("rejected"));
  const share = said(canary, own.get("canary"));
  const verdict =
    own.get("verdict") ??
    (share !== undefined ? "canary" : refused !== undefined ? "refused" : undefined);
  if (verdict === undefined) return undefined;
  const time = Date.parse(own.get("promoted_at") ?? "");
  const { state, facts } = evidenceOf(own);
  const reasons: Record<string, string | undefined> = {
    rejected: rejected?.reason,
    canary: share && `${share.percent} % of the traffic since ${share.since}`,
  };
  return {
    verdict,
    reason: (Object.hasOwn(reasons, verdict) ? reasons[verdict] : own.get("reason")) ?? refused,
    runId: own.get("run_id") === "" ? undefined : own.get("run_id"),
    at: Number.isNaN(time) ? undefined : time,
    previousChampion: own.get("previous_champion"),
    proof: state,
    evidence: [
      ...facts,
      ...(rejected === undefined
        ? []
        : [{ key: "rejected by", value: `${rejected.by}, ${rejected.at}` }]),
      // One that passed later was refused before.
      ...(refused === undefined || verdict === "refused"
        ? []
        : [{ key: "refused before", value: refused }]),
      ...[...own]
        .filter(([key]) => !shown.includes(key) && !isEvidence(key))
        .map(([key, value]) => ({ key: key.replaceAll("_", " "), value })),
    ],
  };
}

/** A note of the gate in JSON, undefined if there is none that can be read. */
function said<T>(shape: z.ZodType<T>, note: string | undefined): T | undefined {
  try {
    return shape.safeParse(JSON.parse(note ?? "")).data;
  } catch {
    return undefined;
  }
}
