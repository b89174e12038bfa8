/** How a gate stands, the gravest first. */
export const standings = [
  "ERROR",
  "SUPERSEDED",
  "BLOCKED",
  "PROMOTED BY BREAKGLASS",
  "ROLLED BACK",
  "INCONCLUSIVE",
  "REFUSED",
  "DRY RUN",
  "CANARY",
  "PROMOTED",
  "CHAMPION",
  "WAITING",
] as const;

/** See {@link standings}. */
export type Standing = (typeof standings)[number];

/** One thing that a gate looked at. */
export interface Check {
  /** e.g. `val_auc_roc`, `tag stage`, `signature`. */
  readonly name: string;
  /** As it is written; `missing` if it is not there. */
  readonly measured: string;
  /** e.g. `> 0.842`; empty where only the announced line is known, which does not repeat it. */
  readonly required: string;
  /** `unknown`: it is not there, or no number. */
  readonly result: "passed" | "failed" | "unknown";
}

/** The verdict of one gate. */
export interface Gate {
  /** Name of the registered model without catalog and schema. */
  readonly model: string;
  /** The version that was judged; undefined if none is nominated. */
  readonly version: string | undefined;
  readonly standing: Standing;
  /** Percent of the requests that a version on its canary answers; else undefined. */
  readonly percent: number | undefined;
  /** In one line. */
  readonly reason: string;
  /** What follows from it, e.g. `v1 stays champion`; may be empty. */
  readonly consequence: string;
  /** Whether the update changes the gate. */
  readonly changed: boolean;
  /** As far as they are known: of a verdict that was only announced, those that it names. */
  readonly checks: readonly Check[];
}

/** The verdict as it is said of a gate, whether that changes or not. */
export type Said = Omit<Gate, "changed">;

/** The word of a verdict as people read it: with the share of a canary. */
export function wordOf({ standing, percent }: Pick<Gate, "standing" | "percent">): string {
  return percent === undefined ? standing : `${standing} ${String(percent)} %`;
}

/** Whether a gate fails the update. */
export function stops({ standing }: Pick<Gate, "standing">): boolean {
  return standing === "ERROR" || standing === "SUPERSEDED" || standing === "BLOCKED";
}

/** Whether a verdict is news: what stands as it stood is not. */
export function isNews({ changed, standing }: Pick<Gate, "changed" | "standing">): boolean {
  return changed || (standing !== "CHAMPION" && standing !== "WAITING");
}

/** Standings of which the checks say all that there is to say. */
const SAID_BY_CHECKS: readonly Standing[] = ["BLOCKED", "INCONCLUSIVE", "REFUSED", "PROMOTED"];

/** What the checks do not say of a verdict: why a person let it through, what is contradictory; may be empty. */
export function remark({ standing, reason, checks }: Said): string {
  const isChecks = checks.some(({ name }) => reason.startsWith(name));
  if (standing === "CHAMPION" || (isChecks && SAID_BY_CHECKS.includes(standing))) return "";
  return standing === "CANARY" && isChecks ? "" : reason;
}
