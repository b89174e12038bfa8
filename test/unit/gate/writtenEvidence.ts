import { digestOf } from "../../../components/gate/evidence/digest";
import { makeEvidence, type EvidenceInput } from "../../../components/gate/evidence/evidence";
import { evidenceTags } from "../../../components/gate/evidence/evidenceTags";
import { policyOf } from "./standing";

/** The tags of evidence, as a promotion of version 3 of `ml.models.churn` writes them. */
export async function writtenEvidence(
  change: Partial<EvidenceInput> = {},
  version = "3",
): Promise<Record<string, string>> {
  const run = {
    ...{ id: "r1", deleted: false, experiment: "/x", metrics: {}, ambiguous: [] },
    ...{ dataset: { name: "holdout", digest: "abc" }, commit: "0123456789abcdef" },
    ...{ comparedWith: null, signature: null },
  };
  const statement = await makeEvidence({
    model: "ml.models.churn",
    version: {
      ...{ version, status: "READY", runId: "r1", run, fingerprint: "f", rejection: null },
      tags: { approver: 'Änne "the 1st"' },
    },
    verdict: {
      ground: "rules",
      reason: "fine",
      checks: [{ name: "f1", measured: 0.9, required: "> 0.8", bound: 0.8, result: "passed" }],
    },
    policy: policyOf([{ kind: "approval", tag: "approver", approvers: [] }]),
    previousChampion: null,
    at: "2026-11-20T10:00:00.000Z",
    ...change,
  });
  return evidenceTags(statement, await digestOf(statement));
}
