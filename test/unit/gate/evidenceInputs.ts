import * as fc from "fast-check";
import type { Check, Verdict } from "../../../components/gate/decision/decide";
import type { EvidenceInput } from "../../../components/gate/evidence/evidence";
import type { Run, Version } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";

/** Text with what is hard to keep in a tag: spaces, quotes, other alphabets, halves of a surrogate pair. */
const texts = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 10 }),
  fc.string({ unit: fc.constantFrom(" ", "a", '"', "\\", "ü", "🙂", "\ud83d"), maxLength: 40 }),
);
const said = texts.filter((text) => text.trim() !== "");
const times = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
const versions = fc.nat({ max: 99 }).map(String);

const checks = (result: fc.Arbitrary<Check["result"]>): fc.Arbitrary<Check> =>
  fc.record({
    name: texts,
    measured: fc.oneof(numbers, fc.constantFrom(NaN, Infinity, -0, null), texts),
    required: texts,
    bound: fc.option(fc.oneof(numbers, fc.constant(NaN))),
    result,
  });
const passed = fc.array(checks(fc.constant("passed")), { minLength: 1, maxLength: 12 });
const any = fc.array(checks(fc.constantFrom("passed", "failed", "unknown")), { maxLength: 12 });

const runsOfVersions: fc.Arbitrary<Run> = fc.record({
  id: said,
  deleted: fc.constant(false),
  experiment: fc.constant("/Shared/churn"),
  metrics: fc.constant({}),
  ambiguous: fc.constant([]),
  dataset: fc.option(fc.record({ name: texts, digest: texts })),
  comparedWith: fc.constant(null),
  commit: fc.option(fc.stringMatching(/^[0-9a-f]{40}$/)),
  signature: fc.constant(null),
});
const candidates: fc.Arbitrary<Version> = fc.record({
  version: versions,
  status: fc.constant("READY"),
  runId: fc.option(said),
  run: fc.option(runsOfVersions),
  tags: fc.dictionary(fc.constantFrom("approver", "stage"), texts, { noNullPrototype: true }),
  fingerprint: fc.stringMatching(/^[0-9a-f]{64}$/),
  rejection: fc.constant(null),
});

const approvalRule: Rule = { kind: "approval", tag: "approver", approvers: [] };
const approvalFile: Rule = { kind: "approval", tag: null, approvers: ["ann", "bob"] };
const policies = (version: string): fc.Arbitrary<Policy> =>
  fc.record({
    rules: fc.subarray([approvalRule, approvalFile]),
    experiment: fc.constant("/Shared/churn"),
    signature: fc.constantFrom("compatible", "any"),
    canary: fc.constant([]),
    breakglass: fc.record({
      version: fc.constant(version),
      reason: said,
      by: said,
      expires: times,
    }),
    approvals: fc.array(
      fc.record({
        version: fc.constantFrom(version, "100"),
        by: fc.constantFrom("ann", "carl"),
        at: times,
      }),
      { maxLength: 3 },
    ),
    dryRun: fc.constant(false),
  });

const verdicts: fc.Arbitrary<Pick<Verdict, "ground" | "reason" | "checks">> = fc.oneof(
  fc.record({ ground: fc.constant("rules"), reason: texts, checks: passed }),
  fc.record({ ground: fc.constantFrom("breakglass", "rollback"), reason: texts, checks: any }),
);

/** Everything that evidence can be made of. */
export const evidenceInputs: fc.Arbitrary<EvidenceInput> = candidates.chain((version) =>
  fc.record({
    model: fc.constantFrom("ml.models.churn", "ml_local.models.customer_churn_model"),
    version: fc.constant(version),
    verdict: verdicts,
    policy: policies(version.version),
    previousChampion: fc.option(versions),
    at: times,
    rollback: fc.record({ reason: said, by: said }),
  }),
);
