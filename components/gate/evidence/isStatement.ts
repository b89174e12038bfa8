import { field } from "../../workspace/answer";
import {
  PREDICATE_TYPE,
  STATEMENT_TYPE,
  resultOf,
  type EvidenceCheck,
  type Promotion,
  type ResourceDescriptor,
  type Statement,
} from "./statement";

const GROUNDS = ["rules", "breakglass", "rollback"];
const RESULTS = ["passed", "failed", "unknown"];

/** Whether `value` is evidence that says nothing against itself: of rules that hold if rules were the ground. */
export function isStatement(value: unknown): value is Statement {
  const [subject, ...others] = listOf(field(value, "subject"));
  const predicate = field(value, "predicate");
  const promotion = field(predicate, "promotion");
  if (!isPromotion(promotion) || !isDescriptor(subject) || others.length > 0) return false;
  const result = resultOf(promotion);
  return (
    field(value, "_type") === STATEMENT_TYPE &&
    field(value, "predicateType") === PREDICATE_TYPE &&
    subject.uri !== undefined &&
    subject.uri === field(predicate, "resourceUri") &&
    field(predicate, "result") === result &&
    (promotion.ground === "rules") === (result === "PASSED") &&
    isTime(field(predicate, "timeVerified")) &&
    isText(field(field(predicate, "verifier"), "id")) &&
    isDescriptor(field(predicate, "policy")) &&
    isListOf(field(predicate, "configuration"), isDescriptor) &&
    ["passedTests", "warnedTests", "failedTests"].every((name) =>
      isListOf(field(predicate, name), isText),
    )
  );
}

function isPromotion(value: unknown): value is Promotion {
  const absentOr = (name: string, is: (inner: unknown) => boolean): boolean => {
    const inner = field(value, name);
    return inner === undefined || is(inner);
  };
  const ground = field(value, "ground");
  return (
    isOneOf(ground, GROUNDS) &&
    isText(field(value, "reason")) &&
    (ground === "rules" || (isSaid(field(value, "reason")) && isSaid(field(value, "by")))) &&
    (ground !== "breakglass" || isTime(field(value, "expires"))) &&
    absentOr("by", isText) &&
    absentOr("expires", isTime) &&
    absentOr("previousChampion", isText) &&
    isListOf(field(value, "approvers"), isText) &&
    isListOf(field(value, "checks"), isCheck)
  );
}

function isCheck(value: unknown): value is EvidenceCheck {
  const [measured, bound] = [field(value, "measured"), field(value, "bound")];
  return (
    isText(field(value, "name")) &&
    isText(field(value, "required")) &&
    isOneOf(field(value, "result"), RESULTS) &&
    (measured === undefined || isNumber(measured) || isText(measured)) &&
    (bound === undefined || isNumber(bound))
  );
}

function isDescriptor(value: unknown): value is ResourceDescriptor {
  const [uri, digest] = [field(value, "uri"), field(value, "digest")];
  const annotations = field(value, "annotations");
  return (
    isText(field(value, "name")) &&
    (uri !== undefined || digest !== undefined) &&
    (uri === undefined || isText(uri)) &&
    (digest === undefined || isTexts(digest)) &&
    (annotations === undefined || isTexts(annotations))
  );
}

function isTexts(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isText);
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => is(item));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isOneOf(value: unknown, names: readonly string[]): boolean {
  return typeof value === "string" && names.includes(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isSaid(value: unknown): boolean {
  return isText(value) && value.trim() !== "";
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && Number.isFinite(Date.parse(value));
}
