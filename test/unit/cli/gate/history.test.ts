import { describe, expect, test } from "vitest";
import type { RecordedPromotion, RecordedRejection } from "../../../../cli/gate/deployedGate";
import { entriesOf, type VersionRecord } from "../../../../cli/gate/entries";
import type { History } from "../../../../cli/gate/entries";
import { historyText } from "../../../../cli/gate/historyText";
import { returnable } from "../../../../cli/gate/rollbackPlan";
import {
  digestOf,
  evidenceTags,
  makeEvidence,
  readEvidence,
  type EvidenceInput,
} from "../../../../components/gate/evidence/evidence";

const MODEL = "ml.models.churn";

const given = (
  version: string,
  at: string,
  change: Partial<EvidenceInput> = {},
): EvidenceInput => ({
  model: MODEL,
  version: {
    version,
    status: "READY",
    runId: `run${version}0000000`,
    run: {
      ...{ id: `run${version}`, deleted: false, experiment: "/Shared/churn", metrics: {} },
      ...{ ambiguous: [], dataset: null, comparedWith: null, signature: null },
      commit: "d20ace7968ba43c0219f62d71334c1095bab1602",
    },
    tags: {},
    fingerprint: "f",
    rejection: null,
  },
  verdict: {
    ground: "rules",
    reason: `auc 0.9${version} > 0.85`,
    checks: [{ name: "auc", measured: 0.9, required: "> 0.85", bound: 0.85, result: "passed" }],
  },
  policy: {
    ...{ rules: [], experiment: "/Shared/churn", signature: "any", canary: [] },
    ...{ breakglass: null, approvals: [], dryRun: false },
  },
  previousChampion: null,
  at,
  ...change,
});

const back = (version: string, at: string): EvidenceInput =>
  given(version, at, {
    verdict: { ground: "rollback", reason: "…", checks: [] },
    rollback: { reason: "complaints", by: "ann" },
    previousChampion: "2",
  });

/** A version whose tags have this evidence, and what the state then knows. */
async function promoted(input: EvidenceInput) {
  const statement = await makeEvidence(input);
  const digest = await digestOf(statement);
  const { version } = input.version;
  const tags = evidenceTags(statement, digest);
  const evidence = await readEvidence(tags, MODEL, version);
  const { ground, reason } = statement.predicate.promotion;
  const found: VersionRecord = { version, evidence, rejection: null };
  const recorded: RecordedPromotion = { version, digest, at: input.at, ground, reason };
  return { found, recorded, tags };
}

const MORNING = "2026-11-20T08:00:00.000Z";
const NOON = "2026-11-20T12:00:00.000Z";
const EVENING = "2026-11-20T18:00:00.000Z";

const rejection: RecordedRejection = {
  ...{ version: "2", fingerprint: "f", reason: "complaints", by: "ann", at: EVENING },
};

/** v1, then v2, then back to v1. */
async function rolledBack() {
  const [first, second] = [await promoted(given("1", MORNING)), await promoted(given("2", NOON))];
  const third = await promoted(back("1", EVENING));
  const { fingerprint, reason, by, at } = rejection;
  return {
    versions: [
      { ...second.found, rejection: { fingerprint, metrics: [], reason, by, at } },
      third.found,
    ],
    state: {
      history: [first.recorded, second.recorded, third.recorded],
      rejected: [rejection],
    },
    tags: third.tags,
  };
}

describe("the history of champions", () => {
  test("says who was champion when and why, also one that was it twice", async () => {
    const { versions, state } = await rolledBack();
    expect(entriesOf(versions, state)).toMatchObject([
      {
        at: EVENING,
        version: "1",
        what: "rolled back to",
        why: "complaints",
        by: "ann",
        before: "2",
        evidence: "intact",
      },
      {
        at: EVENING,
        version: "2",
        what: "rejected",
        why: "complaints",
        by: "ann",
        evidence: "none",
      },
      {
        at: NOON,
        version: "2",
        what: "promoted",
        why: "auc 0.92 > 0.85",
        runId: "run20000000",
        commit: "d20ace7968ba43c0219f62d71334c1095bab1602",
        evidence: "intact",
      },
      { at: MORNING, version: "1", what: "promoted", why: "auc 0.91 > 0.85", evidence: "replaced" },
    ]);
  });

  test("says what was changed, what is gone, and what the state does not know", async () => {
    const [one, two, three] = [
      await promoted(given("1", MORNING)),
      await promoted(given("2", NOON)),
      await promoted(given("3", EVENING)),
    ];
    const damaged = { ...one.tags, mlops_gate_evidence_1: "1/1:{}" };
    const versions = [
      three.found,
      { ...one.found, evidence: await readEvidence(damaged, MODEL, "1") },
    ];
    const state = { history: [one.recorded, two.recorded], rejected: [] };
    expect(entriesOf(versions, state)).toMatchObject([
      { version: "3", evidence: "not in the state" },
      { version: "2", evidence: "gone", why: "auc 0.92 > 0.85" },
      { version: "1", evidence: "broken", problem: "it is no evidence of a promotion" },
    ]);
  });

  test("does not take other evidence for that which the state knows", async () => {
    const real = await promoted(given("1", NOON));
    const forged = await promoted(given("1", MORNING, { previousChampion: "7" }));
    const state = { history: [real.recorded], rejected: [] };
    expect(entriesOf([forged.found], state)).toMatchObject([
      { evidence: "broken", problem: "it is other evidence than the state's" },
      { evidence: "not in the state" },
    ]);
  });

  test("names the champions that can come back", async () => {
    const { versions, state } = await rolledBack();
    const entries = entriesOf(versions, state);
    expect(returnable(entries, versions, "1")).toEqual([]);
    expect(returnable(entries, versions, "2")).toEqual(["1"]);
    const free = versions.map((one) => ({ ...one, rejection: null }));
    expect(returnable(entries, free, "1")).toEqual(["2"]);
  });
});

describe("the history for people", () => {
  const show = (history: Partial<History>, width = 140): string =>
    historyText(
      {
        ...{ formatVersion: 1, stack: "dev", name: "churn", model: MODEL, champion: "1" },
        ...{ entries: [], problems: [] },
        ...history,
      },
      { width, colour: false },
    );

  test("is a table, the newest first", async () => {
    const { versions, state } = await rolledBack();
    expect(show({ entries: entriesOf(versions, state) })).toBe(
      [
        "churn  ml.models.churn in dev  champion: v1",
        "when (UTC)        version  what            why                 before  run       commit   evidence",
        "2026-11-20 18:00  v1       rolled back to  by ann: complaints  v2      run10000  d20ace7  intact",
        "2026-11-20 18:00  v2       rejected        by ann: complaints",
        "2026-11-20 12:00  v2       promoted        auc 0.92 > 0.85             run20000  d20ace7  intact",
        "2026-11-20 08:00  v1       promoted        auc 0.91 > 0.85                                replaced",
      ].join("\n"),
    );
  });

  test("says that the alias was moved by hand, or taken away", async () => {
    const { versions, state } = await rolledBack();
    const entries = entriesOf(versions, state);
    expect(show({ entries, champion: "2" })).toContain(
      "  No promotion made v2 champion: the alias was moved by hand.",
    );
    expect(show({ entries, champion: null })).toContain("  The alias is not there any more.");
    expect(show({ entries })).not.toMatch(/alias/);
  });

  test("says that nothing was promoted", () => {
    expect(show({ champion: null })).toBe(
      "churn  ml.models.churn in dev  no champion\n  no version was promoted",
    );
  });

  test("shows what a terminal would take for an order", async () => {
    const { found, recorded } = await promoted(back("1", EVENING));
    const reason = "\u001b[2Jgone";
    const state = { history: [{ ...recorded, reason }], rejected: [] };
    const entries = entriesOf([{ ...found, evidence: { state: "none" } }], state);
    expect(show({ entries })).toContain("\\u{1b}[2Jgone");
  });

  test("is a list where lines are short", async () => {
    const { versions, state } = await rolledBack();
    const text = show({ entries: entriesOf(versions, state) }, 40);
    expect(text).toContain("2026-11-20 18:00\n  version: v1\n  what: rolled back to\n");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});
