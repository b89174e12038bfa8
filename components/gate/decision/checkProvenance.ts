import type { Check, Subject } from "./check";
import type { Version } from "./facts";
import { isFiniteNumber, isPast, measuredOf, shownTime, timeOf } from "./measured";
import type { AgeRule, ApprovalRule, Rule, TagRule } from "./rule";

/** Whether the version carries a tag, with one of the values. */
export function checkTag({ tag, values }: TagRule, { candidate }: Subject): Check {
  const measured = textOf(candidate.tags, tag);
  const fits = measured !== null && (values.length === 0 || values.includes(measured));
  return {
    name: `tag ${tag}`,
    measured,
    required: values.length === 0 ? "set" : values.join(" or "),
    bound: null,
    result: measured === null ? "unknown" : fits ? "passed" : "failed",
  };
}

/** Whether somebody who may has approved the version. */
export function checkApproval({ tag, approvers }: ApprovalRule, subject: Subject): Check {
  const { candidate, policy, facts } = subject;
  const required = `by ${approvers.length === 0 ? "somebody" : approvers.join(" or ")}`;
  const name = tag === null ? "approval in the approvals file" : `approval in the tag ${tag}`;
  const listed = policy.approvals.filter(
    ({ version, by, at }) =>
      version === candidate.version && isText(by) && isPast(timeOf(at), facts.at),
  );
  const found =
    tag === null ? listed.map(({ by }) => by) : [textOf(candidate.tags, tag)].filter(isText);
  const approver = found.find((by) => approvers.length === 0 || approvers.includes(by));
  return {
    name,
    measured: approver ?? found[0] ?? null,
    required,
    bound: null,
    result: approver !== undefined ? "passed" : found.length > 0 ? "failed" : "unknown",
  };
}

/** Measured when the candidate was promoted, if it has been: a champion does not age out of its promotion. */
export function checkAge({ maxHours }: AgeRule, { run, facts, policy }: Subject): Check {
  const times = ownMetrics(policy.rules).map((metric) => measuredOf(run.metrics, metric)?.at);
  const oldest = Math.min(...times.map((at) => at ?? NaN));
  const asOf = facts.promotedAt === null ? facts.at : timeOf(facts.promotedAt);
  const hours = (asOf - oldest) / 3_600_000;
  const known = isFiniteNumber(hours) && isFiniteNumber(maxHours) && maxHours > 0;
  return {
    name: "evidence",
    measured: isFiniteNumber(oldest) ? `of ${shownTime(oldest)}` : null,
    required: `at most ${String(maxHours)} h old`,
    bound: maxHours,
    result: known ? (hours <= maxHours ? "passed" : "failed") : "unknown",
  };
}

/** The candidate's own metrics that rules ask for, each once. */
function ownMetrics(rules: readonly Rule[]): string[] {
  const names = rules.flatMap((rule) => {
    if (rule.kind === "slices") return rule.metrics;
    return "metric" in rule ? [rule.metric] : [];
  });
  return [...new Set(names)];
}

function textOf(tags: Version["tags"], name: string): string | null {
  const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
  return isText(value) ? value : null;
}

const isText = (value: string | null | undefined): value is string =>
  typeof value === "string" && value.trim() !== "";
