import type { Check, Verdict } from "../decision/decide";
import { digestOf } from "./digest";
import type { Version } from "../decision/facts";
import { isStatement } from "./isStatement";
import type { Policy } from "../decision/rule";
import {
  buildStatement,
  type EvidenceCheck,
  type Promotion,
  type ResourceDescriptor,
  type Statement,
} from "./statement";

export { digestOf } from "./digest";
export { DIGEST_TAG, evidenceTags, readEvidence, type Evidence } from "./evidenceTags";

/** What evidence is made of. */
export interface EvidenceInput {
  /** Full name of the registered model. */
  readonly model: string;
  readonly version: Version;
  readonly verdict: Pick<Verdict, "ground" | "reason" | "checks">;
  readonly policy: Policy;
  /** The champion before; null if there is none. */
  readonly previousChampion: string | null;
  /** When it was decided, RFC 3339. */
  readonly at: string;
  /** Who rolls back and why, if the verdict's ground is `rollback`. */
  readonly rollback?: { readonly reason: string; readonly by: string };
}

/**
 * Evidence of a promotion.
 * @throws Error if there is nothing to give evidence of: a verdict without a ground, rules of which one does not
 * hold, a breakglass of another version, a rollback by nobody, or a time that is none.
 */
export async function makeEvidence(input: EvidenceInput): Promise<Statement> {
  const { model, version, policy, at } = input;
  const { runId, fingerprint } = version;
  const statement = buildStatement({
    model,
    version: version.version,
    subjectDigest: await digestOf({ model, version: version.version, fingerprint }),
    policyDigest: await digestOf(withoutNulls(policy)),
    configuration: [
      ...(runId === null ? [] : [{ name: "run", uri: `runs:/${runId}` }]),
      ...datasetOf(version),
      ...commitOf(version),
    ],
    at,
    promotion: promotionOf(input),
  });
  if (isStatement(statement)) return statement;
  const what = `the promotion of version ${version.version} of ${model}`;
  throw new Error(`There is no evidence for ${what}: its verdict contradicts its checks.`);
}

function datasetOf({ run }: Version): ResourceDescriptor[] {
  const dataset = run?.dataset ?? null;
  if (dataset === null) return [];
  const { name, digest } = dataset;
  return [{ name: "dataset", digest: { mlflow: digest }, annotations: { name } }];
}

function commitOf({ run }: Version): ResourceDescriptor[] {
  const commit = run?.commit ?? null;
  return commit === null ? [] : [{ name: "commit", digest: { gitCommit: commit } }];
}

function promotionOf(input: EvidenceInput): Promotion {
  const { verdict, version, policy, previousChampion } = input;
  return {
    ...decisionOf(input),
    ...(previousChampion === null ? {} : { previousChampion }),
    approvers: approversOf(version, policy),
    checks: verdict.checks.map(kept),
  };
}

/** A check in what JSON knows: no null, NaN, infinity or -0. */
function kept({ name, measured, required, bound, result }: Check): EvidenceCheck {
  const isText = typeof measured === "string" || !Number.isFinite(measured);
  return {
    name,
    ...(measured === null ? {} : { measured: isText ? String(measured) : measured + 0 }),
    required,
    ...(bound === null || !Number.isFinite(bound) ? {} : { bound: bound + 0 }),
    result,
  };
}

function decisionOf({
  model,
  version,
  verdict,
  policy,
  rollback,
}: EvidenceInput): Pick<Promotion, "ground" | "reason" | "by" | "expires"> {
  const { ground, reason } = verdict;
  const { breakglass } = policy;
  if (ground === "rules") return { ground, reason };
  if (ground === "rollback" && rollback !== undefined) {
    return { ground, reason: rollback.reason, by: rollback.by };
  }
  if (ground === "breakglass" && breakglass?.version === version.version) {
    const { reason: why, by, expires } = breakglass;
    return { ground, reason: why, by, expires };
  }
  throw new Error(`There is no ground to promote version ${version.version} of ${model}.`);
}

/** Who has approved, as the rules on approval ask for it. */
function approversOf({ version, tags }: Version, { rules, approvals }: Policy): string[] {
  const names = rules.flatMap((rule) => {
    if (rule.kind !== "approval") return [];
    const { tag, approvers } = rule;
    const given =
      tag === null
        ? approvals.filter((one) => one.version === version).map(({ by }) => by)
        : [Object.hasOwn(tags, tag) ? (tags[tag] ?? "") : ""];
    return given.filter((by) => by !== "" && (approvers.length === 0 || approvers.includes(by)));
  });
  return [...new Set(names)];
}

/** A policy that went through the engine, which drops null, has the same digest as before. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  if (typeof value !== "object" || value === null) return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([key, member]) => [key, withoutNulls(member)]));
}
