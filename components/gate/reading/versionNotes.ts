import type { CanaryProgress, Rejection } from "../decision/facts";
import { CANARY_TAG, REJECTED_TAG } from "../registry";
import type { RegisteredVersion } from "./registryReads";
import type { CanaryStep } from "../decision/rule";
import { numberOf, parsed } from "./values";
import { field } from "../../workspace/answer";

/**
 * What the gate has noted of a version's rejection; null if nobody has rejected it.
 * @param contradictions - Gets a note that is none: it may have been a rejection.
 */
export function rejectionOf(
  { version, tags }: RegisteredVersion,
  contradictions: string[],
): Rejection | null {
  const text = tags.get(REJECTED_TAG);
  if (text === undefined || text === "") return null;
  const note = parsed(text);
  const [fingerprint, reason] = [field(note, "fingerprint"), field(note, "reason")];
  const [by, at, metrics] = [field(note, "by"), field(note, "at"), field(note, "metrics")];
  if (
    typeof fingerprint === "string" &&
    typeof reason === "string" &&
    typeof by === "string" &&
    typeof at === "string" &&
    isTexts(metrics)
  ) {
    return { fingerprint, metrics, reason, by, at };
  }
  contradictions.push(`the tag ${REJECTED_TAG} of version ${version} cannot be read`);
  return null;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

/**
 * How far a version is on its way to all of the traffic; null if it has not begun, or if the step that it is at
 * has another share of the traffic by now.
 * @param contradictions - Gets a note that is none.
 */
export function canaryOf(
  { version, tags }: RegisteredVersion,
  steps: readonly CanaryStep[],
  contradictions: string[],
): CanaryProgress | null {
  const text = tags.get(CANARY_TAG);
  if (text === undefined || text === "") return null;
  const note = parsed(text);
  const [step, percent] = [numberOf(field(note, "step")), field(note, "percent")];
  const since = field(note, "since");
  if (step === null || typeof percent !== "number" || typeof since !== "string") {
    contradictions.push(`the tag ${CANARY_TAG} of version ${version} cannot be read`);
    return null;
  }
  const now = steps[step]?.percent ?? percent;
  return now === percent ? { version, step, since } : null;
}
