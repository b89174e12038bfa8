import type { QuickCandidate } from "./quickCandidates";
import { GOOD } from "./gatedModels";

/** A candidate that may not be promoted. */
export interface Refused {
  readonly candidate: QuickCandidate;
  /** What a gate that holds calls it; one that blocks says BLOCKED. */
  readonly word: "REFUSED" | "INCONCLUSIVE";
  /** The reason that a user reads. */
  readonly why: string;
}

const measured = (auc: number | "NaN" | "Infinity"): QuickCandidate => ({
  metrics: { ...GOOD, val_auc_roc: auc },
});

/** By what is wrong with what it measured; the gate asks for more than 0.842. */
export const numbers = {
  below: {
    candidate: measured(0.8419),
    word: "REFUSED",
    why: "(val_auc_roc 0.8419, must be > 0.842)",
  },
  equal: {
    candidate: measured(0.842),
    word: "REFUSED",
    why: "(val_auc_roc 0.842, must be > 0.842)",
  },
  not_a_number: {
    candidate: measured("NaN"),
    word: "INCONCLUSIVE",
    why: "(val_auc_roc NaN, must be > 0.842)",
  },
  absent: {
    candidate: { metrics: { val_accuracy: 0.9, val_f1: 0.9 } },
    word: "INCONCLUSIVE",
    why: "(val_auc_roc missing, must be > 0.842)",
  },
  // MLflow's store keeps the largest number there is in its place, which is above every bound.
  infinite: {
    candidate: measured("Infinity"),
    word: "INCONCLUSIVE",
    why: "(val_auc_roc Infinity, must be > 0.842)",
  },
} as const satisfies Record<string, Refused>;

/** By what keeps one from being judged whose numbers pass; the champion is version 1. */
export const doubtful = {
  text: {
    candidate: { metrics: GOOD },
    word: "INCONCLUSIVE",
    why: "(val_auc_roc 0.9, must be > 0.842)",
  },
  unready: {
    candidate: { metrics: GOOD, finished: false },
    word: "INCONCLUSIVE",
    why: "(the version is PENDING_REGISTRATION)",
  },
  run_deleted: {
    candidate: { metrics: GOOD },
    word: "INCONCLUSIVE",
    why: "was deleted, so there are no metrics)",
  },
  unsigned: {
    candidate: { metrics: GOOD, inputs: null },
    word: "INCONCLUSIVE",
    why: "(signature missing, must be compatible with v1's)",
  },
  incompatible: {
    candidate: { metrics: GOOD, inputs: ["x", "age"] },
    word: "REFUSED",
    why: "(signature asks for age, must be compatible with v1's)",
  },
} as const satisfies Record<string, Refused>;

/** By what is wrong with the evidence itself: what a user reads. */
export const wrong = {
  twice: "ERROR (val_auc_roc was logged more than once with different values)",
  foreign: "belongs to /Shared/ml_local/foreign-another, not to /Shared/ml_local/foreign)",
  future: "ERROR (val_auc_roc was logged in the future, ",
  two_candidates: "challenger points at version 2 and at version 1",
} as const;

/** The keys of an object, typed. */
export function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}
