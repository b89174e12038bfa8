import { expect, test } from "vitest";
import { gateOf } from "../../../../local/page/gate";
import { policyOf } from "../../gate/standing";
import { writtenEvidence } from "../../gate/writtenEvidence";

const asTags = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).map(([key, value]) => ({ key, value }));
const tags = (all: Record<string, string>) =>
  asTags(
    Object.fromEntries(Object.entries(all).map(([key, value]) => [`mlops_gate_${key}`, value])),
  );

test("the gate's tags say nothing of a version that was not decided on", () => {
  expect(gateOf([{ key: "team", value: "x" }])).toBeUndefined();
});

test("the gate's tags hold verdict, reason and what it rests on", () => {
  const found = gateOf(
    tags({
      verdict: "promoted",
      reason: "f1 0.9 > 0.8",
      run_id: "r",
      promoted_at: "2026-01-02T03:04:05Z",
      previous_champion: "1",
      refused: "f1 0.9, must be > 0.95",
      data_version: "7",
    }),
  );
  expect(found).toEqual({
    verdict: "promoted",
    reason: "f1 0.9 > 0.8",
    runId: "r",
    at: Date.parse("2026-01-02T03:04:05Z"),
    previousChampion: "1",
    proof: "none",
    evidence: [
      { key: "refused before", value: "f1 0.9, must be > 0.95" },
      { key: "data version", value: "7" },
    ],
  });
});

test("the gate's tags refuse a version that has no verdict", () => {
  expect(gateOf(tags({ refused: "f1 missing" }))).toMatchObject({
    verdict: "refused",
    reason: "f1 missing",
    evidence: [],
  });
});

test("a version that was rolled back is rejected, by whom and why", () => {
  const note = { fingerprint: "f", reason: "slow answers", by: "ann", at: "2026-11-20T10:00:00Z" };
  const rejected = JSON.stringify(note);
  const found = gateOf(tags({ verdict: "rejected", reason: "f1 0.9 > 0.8", rejected }));
  expect(found).toMatchObject({
    verdict: "rejected",
    reason: "slow answers",
    evidence: [{ key: "rejected by", value: "ann, 2026-11-20T10:00:00Z" }],
  });
});

test("a version on its way to all of the traffic says how far it is", () => {
  const canary = JSON.stringify({ step: 1, percent: 25, since: "2026-11-20T10:00:00Z" });
  expect(gateOf(tags({ canary, refused: "f1 missing" }))).toMatchObject({
    verdict: "canary",
    reason: "25 % of the traffic since 2026-11-20T10:00:00Z",
  });
  expect(gateOf(tags({ canary: "", verdict: "promoted", reason: "fine" }))).toMatchObject({
    verdict: "promoted",
    reason: "fine",
  });
});

test.each(["", "{", "null", "[]", '"x"', '{"percent":"a"}'])(
  "a note that is %s is none",
  (note) => {
    expect(gateOf(tags({ canary: note }))).toBeUndefined();
    expect(gateOf(tags({ verdict: "rejected", reason: "r", rejected: note }))).toMatchObject({
      verdict: "rejected",
      evidence: [],
    });
  },
);

test("evidence is shown in words instead of its parts, with the beginning of its digest", async () => {
  const written = await writtenEvidence();
  const digest = (written["mlops_gate_evidence_digest"] ?? "").slice(7, 19);
  expect(gateOf([...asTags(written), ...tags({ verdict: "promoted" })])).toMatchObject({
    proof: "intact",
    evidence: [
      { key: "promoted by", value: "its rules" },
      { key: "approved by", value: 'Änne "the 1st"' },
      { key: "data set", value: "holdout abc" },
      { key: "commit", value: "0123456789ab" },
      { key: "evidence", value: `intact, sha256 ${digest}` },
    ],
  });
});

test("a promotion that people decided says who, why and until when", async () => {
  const expires = "2026-11-21T00:00:00Z";
  const written = await writtenEvidence({
    verdict: { ground: "breakglass", reason: "", checks: [] },
    policy: policyOf([], {
      breakglass: { version: "3", reason: "fraud wave", by: "ann", expires },
    }),
  });
  expect(gateOf([...asTags(written), ...tags({ verdict: "promoted" })])?.evidence).toEqual(
    expect.arrayContaining([
      { key: "promoted by", value: `breakglass by ann until ${expires}` },
      { key: "said for it", value: "fraud wave" },
    ]),
  );
});

test.each<[string, (written: Record<string, string>) => void]>([
  ["a part was changed", (all) => (all["mlops_gate_evidence_1"] = "1/1:{}")],
  ["a part is gone", (all) => delete all["mlops_gate_evidence_1"]],
  ["the digest was changed", (all) => (all["mlops_gate_evidence_digest"] = "sha256:0")],
  ["the digest is gone", (all) => delete all["mlops_gate_evidence_digest"]],
])("where %s, the page says that the evidence was changed", async (_what, change) => {
  const written = await writtenEvidence();
  change(written);
  expect(gateOf([...asTags(written), ...tags({ verdict: "promoted" })])).toMatchObject({
    proof: "broken",
    evidence: [{ key: "evidence", value: "changed since the promotion" }],
  });
});
