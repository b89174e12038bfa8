import type { Verdict } from "./decision/decide";
import type { CanaryProgress, Facts, Rejection } from "./decision/facts";
import type { Champion } from "./reading/readFacts";
import type { Rollback } from "./decision/rollback";
import type { Policy } from "./decision/rule";
import type { Ground, Statement } from "./evidence/statement";

/** `hold` keeps the champion and lets the update finish; `block` fails it before anything downstream changes. */
export type OnFailure = "hold" | "block";

/** What an update does about an alias that somebody else moved: puts it back, or fails. */
export type OnAliasDrift = "restore" | "fail";

/** What the program saw and decided; all of it plain, so that a preview shows it. */
export interface GateInputs {
  /** Full name of the registered model. */
  readonly model: string;
  readonly policy: Policy;
  readonly onFailure: OnFailure;
  readonly onAliasDrift: OnAliasDrift;
  /** Workspace folder of the lease that a promotion takes. */
  readonly folder: string;
  /** An earlier champion that is asked back; null but for the update of a rollback. */
  readonly rollback: Rollback | null;
  /** Without the time, which is another one at update. */
  readonly facts: Omit<Facts, "at">;
  readonly verdict: Verdict;
  /** The champion that the program saw. Not compared by `diff`, except to find a moved alias. */
  readonly observed: Champion | null;
  /** The version that the model's tag says that the gate left as champion; null if it says nothing. */
  readonly noted: string | null;
  /**
   * The champion that the program expects after the update, `none` if it expects none. Always there:
   * where the state does not say, the engine answers an update that leaves the gate out with this.
   */
  readonly left: string;
}

/** One promotion by this gate. */
export interface Promoted {
  readonly version: string;
  /** SHA-256 of its evidence. */
  readonly digest: string;
  /** RFC 3339. */
  readonly at: string;
  readonly ground: Ground;
  readonly reason: string;
}

/** A version that this gate saw rejected. */
export interface Rejected extends Rejection {
  readonly version: string;
}

/** What only the state knows; the registry's tags are held against it. */
export interface GateMemory {
  /** Identifies this gate among those of other states; what a lease is taken by. */
  readonly holder: string;
  /** The version that this gate left as champion, whoever moved the alias since; none if there is none. */
  readonly champion?: string;
  readonly previousChampion?: string;
  /** RFC 3339; none while nothing was promoted. */
  readonly promotedAt?: string;
  /** Of the champion's promotion. */
  readonly evidence?: Statement;
  /** Promotions by this gate, the newest last; at most {@link MOST_KEPT}. */
  readonly history: readonly Promoted[];
  /** The newest last; at most {@link MOST_KEPT}. */
  readonly rejected: readonly Rejected[];
  /** How far the candidate's canary has come; none without one. */
  readonly progress?: CanaryProgress;
}

/** What the state keeps; `left`, `noted` and `observed` are then those after the update, or as refresh found them. */
export interface GateOutputs extends GateInputs, GateMemory {
  readonly logic: number;
}

/** How much of the past the state keeps. */
export const MOST_KEPT = 50;

/**
 * Raised with every change of what the state keeps, so that the next update writes it anew: until then, refresh
 * and diff read the state of an older gate.
 */
export const LOGIC = 5;

/** The one line that people read in a preview: what happens to the alias, and why. */
export function verdictLine(gate: Omit<GateInputs, "folder" | "left">): string {
  const { model, facts, verdict, observed } = gate;
  const version = facts.candidate?.version;
  const head = `${shortName(model)}${version === undefined ? "" : ` v${version}`} → champion`;
  const stays =
    observed === null ? "there is no champion yet" : `v${observed.version} stays champion`;
  const word = wordOf(gate);
  const said = `${head}: ${word} (${verdict.reason})`;
  const keeps = ["CANARY", "REFUSED", "INCONCLUSIVE", "DRY RUN"];
  return keeps.some((one) => word.startsWith(one)) ? `${said}; ${stays}` : said;
}

/** The verdict in the word that people read. */
export function wordOf({
  facts,
  verdict,
  observed,
  onFailure,
  policy,
}: Pick<GateInputs, "facts" | "verdict" | "observed" | "onFailure" | "policy">): string {
  const { outcome, canary, ground } = verdict;
  if (outcome === "waiting") return "WAITING";
  if (outcome === "superseded") return "SUPERSEDED";
  if (outcome === "canary") return `CANARY ${String(canary?.percent ?? 0)} %`;
  if (outcome === "promoted") {
    if (ground === "rollback") return "ROLLED BACK";
    if (ground === "breakglass") return "PROMOTED BY BREAKGLASS";
    return observed?.version === facts.candidate?.version ? "CHAMPION" : "PROMOTED";
  }
  if (policy.dryRun) return "DRY RUN";
  if (outcome === "error") return "ERROR";
  if (onFailure === "block") return "BLOCKED";
  return outcome === "inconclusive" ? "INCONCLUSIVE" : "REFUSED";
}

/** The last part of a full name. */
export const shortName = (model: string): string => model.split(".").at(-1) ?? model;

/** Whether a verdict fails the update: an error always does, what is not promoted where the gate blocks. */
export function fails({
  verdict: { outcome },
  onFailure,
  policy,
}: Pick<GateInputs, "verdict" | "onFailure" | "policy">): boolean {
  if (outcome === "error" || outcome === "superseded") return true;
  return (
    onFailure === "block" && !policy.dryRun && (outcome === "refused" || outcome === "inconclusive")
  );
}

/** Text that is equal for equal facts: keys in order, and null like absent, as the engine keeps them. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, member]) => member !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}
