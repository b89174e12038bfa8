import { checkBound, checkRange, checkSlices } from "./checkBounds";
import { checkGain } from "./checkGain";
import { checkAge, checkApproval, checkTag } from "./checkProvenance";
import type { Check, Subject } from "./check";
import type { Rule } from "./rule";

/** Holds one rule against the candidate. A rule of a kind that nobody knows fails. */
export function checkRule(rule: Rule, subject: Subject): Check {
  switch (rule.kind) {
    case "metric":
      return checkBound(rule.metric, subject.run.metrics, rule.comparison, rule.bound);
    case "rows":
      return checkBound(rule.metric, subject.run.metrics, ">=", rule.atLeast);
    case "range":
      return checkRange(rule, subject);
    case "slices":
      return checkSlices(rule, subject);
    case "champion":
      return checkGain(rule, subject);
    case "tag":
      return checkTag(rule, subject);
    case "approval":
      return checkApproval(rule, subject);
    case "age":
      return checkAge(rule, subject);
    default:
      return {
        name: "a rule of an unknown kind",
        measured: null,
        required: "known",
        bound: null,
        result: "unknown",
      };
  }
}

/** Whether a rule says on its own how good a model must be; a first model is judged by nothing else. */
export const isAbsolute = ({ kind }: Rule): boolean =>
  kind === "metric" || kind === "range" || kind === "slices";
