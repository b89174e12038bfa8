/*
 * The shape of the gate's evidence: a statement of in-toto whose predicate is that of test results, with the
 * fields of SLSA's verification summary that fit. Where null could stand there is no field instead: the engine
 * does not keep null apart from what is absent.
 * https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 * https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
 * https://slsa.dev/spec/v1.1/verification_summary
 */

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1";
/** The type that the engine knows the gate's resource by. */
const VERIFIER = "pulumi-nodejs:dynamic/mlops:PromotionGate";

/** What a promotion rests on. */
export type Ground = "rules" | "breakglass" | "rollback";

/** https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md */
export interface ResourceDescriptor {
  readonly name: string;
  readonly uri?: string;
  /** By the name of the algorithm. That of a data set is MLflow's own, 8 hexadecimal digits: `mlflow`. */
  readonly digest?: Readonly<Record<string, string>>;
  /** The name that a data set was logged with: `name`. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One rule: what was measured, what had to hold. */
export interface EvidenceCheck {
  readonly name: string;
  /** None if nothing was measured. */
  readonly measured?: number | string;
  readonly required: string;
  /** Where there is one. */
  readonly bound?: number;
  readonly result: "passed" | "failed" | "unknown";
}

/** Why a version became champion: the field of the predicate that is neither in-toto's nor SLSA's. */
export interface Promotion {
  readonly ground: Ground;
  /** Of the rules, the verdict's; else what the person who decided has said. */
  readonly reason: string;
  /** Who decided; nobody if the rules did. */
  readonly by?: string;
  /** When the breakglass ends, RFC 3339. */
  readonly expires?: string;
  /** The champion before; none if it is the first. */
  readonly previousChampion?: string;
  /** Who approved this version, by tag or in the approvals file. */
  readonly approvers: readonly string[];
  readonly checks: readonly EvidenceCheck[];
}

/** The predicate. */
export interface Predicate {
  /**
   * `PASSED`: every rule held, and that is why. `WARNED`: nothing that was measured failed, but it was not the
   * rules that decided. `FAILED`: promoted although a rule failed, or could not be measured.
   */
  readonly result: "PASSED" | "WARNED" | "FAILED";
  /** What it was judged by: `policy`, `run`, `dataset`, `commit`; those that are known. */
  readonly configuration: readonly ResourceDescriptor[];
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  /** Rules that failed, and those that could not be measured. */
  readonly failedTests: readonly string[];
  readonly verifier: { readonly id: string };
  /** RFC 3339. */
  readonly timeVerified: string;
  /** As MLflow names a version: `models:/<full name>/<version>`. */
  readonly resourceUri: string;
  readonly policy: ResourceDescriptor;
  readonly promotion: Promotion;
}

/** Evidence of one promotion. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  /** The one version. Its digest is over model, version and all that was measured of it. */
  readonly subject: readonly [ResourceDescriptor];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: Predicate;
}

/** What a statement is made of. */
export interface Parts {
  readonly model: string;
  readonly version: string;
  /** SHA-256, see {@link Statement.subject}. */
  readonly subjectDigest: string;
  readonly policyDigest: string;
  readonly configuration: readonly ResourceDescriptor[];
  readonly at: string;
  readonly promotion: Promotion;
}

/** Puts the parts where the specifications want them. */
export function buildStatement(parts: Parts): Statement {
  const { model, version, subjectDigest, policyDigest, configuration, at, promotion } = parts;
  const resourceUri = uriOf(model, version);
  const policy = { name: "policy", digest: { sha256: policyDigest } };
  const named = (passed: boolean): string[] =>
    promotion.checks
      .filter(({ result }) => (result === "passed") === passed)
      .map(({ name }) => name);
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: model, uri: resourceUri, digest: { sha256: subjectDigest } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      result: resultOf(promotion),
      configuration: [policy, ...configuration],
      passedTests: named(true),
      warnedTests: [],
      failedTests: named(false),
      verifier: { id: VERIFIER },
      timeVerified: at,
      resourceUri,
      policy,
      promotion,
    },
  };
}

/** What in-toto calls the result; see {@link Predicate.result}. */
export function resultOf({
  ground,
  checks,
}: Pick<Promotion, "ground" | "checks">): Predicate["result"] {
  if (checks.some(({ result }) => result !== "passed")) return "FAILED";
  return ground === "rules" && checks.length > 0 ? "PASSED" : "WARNED";
}

/** Whether a statement is about this version of this model. */
export function isAbout({ subject }: Statement, model: string, version: string): boolean {
  return subject[0].name === model && subject[0].uri === uriOf(model, version);
}

function uriOf(model: string, version: string): string {
  return `models:/${model}/${version}`;
}
