import type { GateInputs } from "./record";

/** A version that answers a part of the requests beside the champion. */
export interface Challenger {
  readonly version: string;
  /** Its share on a canary; undefined for one that was refused, which gets what the endpoint says. */
  readonly percent: number | undefined;
}

/**
 * The version that is champion after an update, undefined if there is none. An alias that was moved by hand is put back to where
 * the gate left it, which is noted at the model.
 */
export function championAfter({
  verdict,
  facts,
  observed,
  noted,
}: Pick<GateInputs, "verdict" | "facts" | "observed" | "noted">): string | undefined {
  if (verdict.outcome === "promoted") return facts.candidate?.version;
  return observed?.gated === true ? observed.version : (noted ?? observed?.version);
}

/** Who answers requests beside the champion after an update. */
export function challengerOf(
  { verdict, facts }: Pick<GateInputs, "verdict" | "facts">,
  championVersion: string | undefined,
): Challenger | undefined {
  const { candidate, canary } = facts;
  if (candidate === null || championVersion === undefined) return undefined;
  const { version, rejection, fingerprint } = candidate;
  if (version === championVersion) return undefined;
  if (verdict.canary !== null) return { version, percent: verdict.canary.percent };
  const isOut = rejection?.fingerprint === fingerprint || canary?.version === version;
  return verdict.outcome === "refused" && !isOut ? { version, percent: undefined } : undefined;
}
