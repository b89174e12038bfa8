import { expect, test } from "vitest";
import { explanationText, type Explanation } from "../../../../cli/gate/explanationText";
import { planText } from "../../../../cli/gate/rollbackPlan";

const explanation: Explanation = {
  ...{ formatVersion: 1, stack: "dev", name: "churn", model: "ml.models.churn", version: "3" },
  line: "churn v3 → champion: REFUSED (auc 0.84, must be > 0.85); v2 stays champion",
  verdict: {
    ...{ outcome: "refused", reason: "auc 0.84, must be > 0.85", ground: null, canary: null },
    checks: [
      { name: "auc", measured: 0.84, required: "> 0.85", bound: 0.85, result: "failed" },
      { name: "tag stage", measured: null, required: "there", bound: null, result: "unknown" },
    ],
  },
  facts: {
    at: 0,
    candidate: {
      ...{ version: "3", status: "READY", runId: "5f1c", tags: {}, fingerprint: "f" },
      rejection: null,
      run: {
        ...{ id: "5f1c", deleted: false, experiment: "/Shared/churn", metrics: {} },
        ...{ ambiguous: [], comparedWith: null, commit: null, signature: null },
        dataset: { name: "ml.validation.holdout", digest: "a1b2c3d4" },
      },
    },
    champion: "2",
    baseline: null,
    promotedAt: null,
    canary: null,
    contradictions: [],
  },
  evidence: { state: "none" },
};

const show = (change: Partial<Explanation> = {}): string =>
  explanationText({ ...explanation, ...change }, { width: 100, colour: false });

test("an explanation says the verdict, each rule with its number, and what was looked at", () => {
  expect(show()).toBe(
    [
      "churn v3 → champion: REFUSED (auc 0.84, must be > 0.85); v2 stays champion",
      "",
      "rule       measured  must be  result",
      "auc        0.84      > 0.85   failed",
      "tag stage  missing   there    unknown",
      "",
      "run: 5f1c of /Shared/churn",
      "data: ml.validation.holdout, digest a1b2c3d4",
      "commit: not recorded",
      "champion: v2",
      "compared with: nothing",
      "evidence: none: it was never promoted",
      "Decided by what dev was last deployed with; nothing was changed.",
    ].join("\n"),
  );
});

test("an explanation of a version that was promoted says what became of the evidence", () => {
  const broken = show({ evidence: { state: "broken", why: "its digest does not match" } });
  expect(broken).toContain("evidence: broken: its digest does not match");
});

test("a rollback says beforehand what it changes, and what it does not", () => {
  const order = { model: "ml.models.churn", to: "1", reason: "complaints", by: "ann" };
  expect(planText("churn", "dev", "2", order)).toBe(
    [
      "churn in dev: v2 → v1",
      "  alias and endpoint change in one update; nothing else of the stack does",
      "  v2 is rejected: what it measured so far does not promote it again",
      "  by ann: complaints",
    ].join("\n"),
  );
  expect(planText("churn", "dev", null, order)).not.toContain("is rejected");
});
