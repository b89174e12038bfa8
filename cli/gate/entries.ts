import type { Evidence, IntactEvidence } from "../../components/gate/evidence/evidenceTags";
import type { Rejection } from "../../components/gate/decision/facts";
import type { RecordedPromotion, RecordedRejection } from "./deployedGate";

/** A version as the registry has it, in what concerns the gate. */
export interface VersionRecord {
  readonly version: string;
  readonly evidence: Evidence;
  readonly rejection: Rejection | null;
}

/** One thing that happened to a model's champion. */
export interface Entry {
  /** RFC 3339. */
  readonly at: string;
  readonly version: string;
  readonly what: "promoted" | "let through" | "rolled back to" | "rejected";
  readonly why: string;
  /** Who decided; nobody if the rules did. */
  readonly by?: string;
  /** When the breakglass ended, RFC 3339. */
  readonly expires?: string;
  readonly approvers?: readonly string[];
  /** The champion before. */
  readonly before?: string;
  readonly runId?: string;
  readonly commit?: string;
  /** SHA-256 of the evidence; none for a rejection. */
  readonly digest?: string;
  /**
   * - `intact`: in the version's tags, with the digest that the stack's state has;
   * - `not in the state`: in the version's tags alone, so by another gate, or by somebody who can write tags;
   * - `replaced`: the version was promoted once more since, and its tags have the evidence of that;
   * - `broken`: the version's tags have been changed;
   * - `gone`: the version's tags, or the version, are not there any more;
   * - `none`: of a rejection there is a note, no evidence.
   */
  readonly evidence: "intact" | "not in the state" | "replaced" | "broken" | "gone" | "none";
  /** What is wrong with it. */
  readonly problem?: string;
}

/** The shape of `npm run gate -- history MODEL --json`. */
export interface History {
  /** Raised when a field changes its meaning or goes; fields may be added at any time. */
  readonly formatVersion: 1;
  readonly stack: string;
  /** As its stack's folder is called: `customer-churn`. */
  readonly name: string;
  /** Full name of the registered model. */
  readonly model: string;
  /** The version with the alias; null if none has it. */
  readonly champion: string | null;
  /** The newest first. */
  readonly entries: readonly Entry[];
  /** What could not be read, each a sentence without a full stop. */
  readonly problems: readonly string[];
}

/**
 * All that is known of a model's champions, the newest first. A version's tags hold the evidence of its last
 * promotion; what happened before that, the stack's state knows in short.
 */
export function entriesOf(
  versions: readonly VersionRecord[],
  state: {
    readonly history: readonly RecordedPromotion[];
    readonly rejected: readonly RecordedRejection[];
  },
): Entry[] {
  const byVersion = new Map(versions.map((one) => [one.version, one]));
  const recorded = state.history.map((one) => recordedEntry(one, byVersion.get(one.version)));
  const known = new Set(recorded.map(({ digest }) => digest));
  const found = versions.flatMap(({ version, evidence }) =>
    evidence.state === "intact" && !known.has(evidence.digest)
      ? [evidenceEntry(version, evidence, "not in the state")]
      : [],
  );
  const noted = versions.flatMap(({ version, rejection }) =>
    rejection === null ? [] : [{ version, ...rejection }],
  );
  const rejections = new Map(
    [...state.rejected, ...noted].map((one) => [`${one.version} ${one.at}`, rejectionEntry(one)]),
  );
  // A rollback rejects and promotes at the same time: what it led to comes first.
  return [...recorded, ...found, ...rejections.values()].sort(
    (a, b) =>
      Date.parse(b.at) - Date.parse(a.at) ||
      Number(a.what === "rejected") - Number(b.what === "rejected"),
  );
}

function recordedEntry(recorded: RecordedPromotion, found: VersionRecord | undefined): Entry {
  const { version, digest, at, ground, reason } = recorded;
  const evidence = found?.evidence ?? { state: "none" };
  if (evidence.state === "intact" && evidence.digest === digest) {
    return evidenceEntry(version, evidence, "intact");
  }
  const entry = { at, version, what: WHAT[ground], why: reason, digest };
  if (evidence.state === "broken") {
    return { ...entry, evidence: "broken", problem: evidence.why };
  }
  if (evidence.state === "none") return { ...entry, evidence: "gone" };
  const isLater = Date.parse(evidence.promotedAt) > Date.parse(at);
  return isLater
    ? { ...entry, evidence: "replaced" }
    : { ...entry, evidence: "broken", problem: "it is other evidence than the state's" };
}

const WHAT = {
  rules: "promoted",
  breakglass: "let through",
  rollback: "rolled back to",
} as const;

function evidenceEntry(
  version: string,
  { statement, digest, promotedAt, previousChampion, ground }: IntactEvidence,
  evidence: Entry["evidence"],
): Entry {
  const { promotion } = statement.predicate;
  const { runId, commit } = sourcesOf(statement);
  return {
    at: promotedAt,
    version,
    what: WHAT[ground],
    why: promotion.reason,
    ...(promotion.by === undefined ? {} : { by: promotion.by }),
    ...(promotion.expires === undefined ? {} : { expires: promotion.expires }),
    ...(promotion.approvers.length === 0 ? {} : { approvers: promotion.approvers }),
    ...(previousChampion === null ? {} : { before: previousChampion }),
    ...(runId === undefined ? {} : { runId }),
    ...(commit === undefined ? {} : { commit }),
    digest,
    evidence,
  };
}

/** What a version was judged by, as its evidence says it. */
export function sourcesOf({ predicate }: IntactEvidence["statement"]): {
  readonly runId: string | undefined;
  readonly commit: string | undefined;
} {
  const named = (name: string) => predicate.configuration.find((one) => one.name === name);
  return {
    runId: named("run")?.uri?.replace(/^runs:\//, ""),
    commit: named("commit")?.digest?.["gitCommit"],
  };
}

function rejectionEntry({
  version,
  reason,
  by,
  at,
}: Omit<RecordedRejection, "fingerprint">): Entry {
  return { at, version, what: "rejected", why: reason, by, evidence: "none" };
}
