import type { Candidate, MetricRule, Verdict } from "./decide";
import type { Champion } from "./registry";

/** `hold` keeps the champion and lets the update finish; `block` fails it before anything downstream changes. */
export type OnFailure = "hold" | "block";

/** What the program saw and decided; all of it plain, so that a preview shows it. */
export interface GateInputs {
  /** Full name of the registered model. */
  readonly model: string;
  readonly rules: readonly MetricRule[];
  readonly onFailure: OnFailure;
  readonly candidate: Candidate | null;
  readonly verdict: Verdict;
  /** The champion that the program saw. Not compared by `diff`, except to find a moved alias. */
  readonly observed: Champion | null;
  /** Whether the candidate was promoted before and has lost the alias since. */
  readonly lost: boolean;
  /**
   * The champion that the program expects after the update, `none` if it expects none. Always there:
   * where the state does not say, the engine answers an update that leaves the gate out with this.
   */
  readonly left: string;
}

/** What the state keeps; `left` and `observed` are then the champion after the update, or as refresh found it. */
export interface GateOutputs extends GateInputs {
  /** The version that this gate left as champion, whoever moved the alias since; none if there is none. */
  readonly champion?: string;
  readonly previousChampion?: string;
  /** RFC 3339; none while nothing was promoted. */
  readonly promotedAt?: string;
  readonly logic: number;
}

/**
 * Raised with every change of the behaviour of what the state keeps: the engine runs the code kept in the state for
 * refresh and delete, and only a difference brings the new code there.
 */
export const LOGIC = 4;

/** The one line that people read in a preview: what happens to the alias, and why. */
export function verdictLine({
  model,
  candidate,
  verdict,
  onFailure,
  observed,
}: GateInputs): string {
  const name = model.split(".").at(-1) ?? model;
  if (candidate === null) return `${name} → champion: WAITING (${verdict.reason})`;
  const head = `${name} v${candidate.version} → champion`;
  if (verdict.outcome === "promoted") {
    const standing = observed?.version === candidate.version ? "CHAMPION" : "PROMOTED";
    return `${head}: ${standing} (${verdict.reason})`;
  }
  if (onFailure === "block") return `${head}: BLOCKED (${verdict.reason})`;
  const stays =
    observed === null ? "there is no champion yet" : `v${observed.version} stays champion`;
  return `${head}: REFUSED (${verdict.reason}); ${stays}`;
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
