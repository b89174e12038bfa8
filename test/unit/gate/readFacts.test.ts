import { expect, test } from "vitest";
import { readChampion, readFacts } from "../../../components/gate/reading/readFacts";
import { LEFT_TAG, PREVIOUS_TAG, VERDICT_TAG } from "../../../components/gate/registry";
import type { Rule } from "../../../components/gate/decision/rule";
import { RegistryDouble } from "./registryDouble";
import { ABOVE, NO_WORSE, PROMOTED_AT, policyOf, promote, standingOf } from "./standing";
import { EXPERIMENT } from "./trackingDouble";

const COMPARING = policyOf([ABOVE, NO_WORSE]);

/** Versions 1 to 3, each with a run; the last is nominated. */
async function three() {
  const registry = await RegistryDouble.start();
  for (const [index, auc] of [0.86, 0.87, 0.88].entries()) {
    registry.nominate(String(index + 1), { val_auc_roc: auc, train_loss: 0.1 });
  }
  return registry;
}

/** The registry's calls of one reading. */
async function callsOf(registry: RegistryDouble, reading: () => Promise<unknown>) {
  const before = registry.registryCalls.length;
  await reading();
  return registry.registryCalls.slice(before);
}

test("a first candidate: all that is known of it, and nothing that no rule asks about", async () => {
  const registry = await RegistryDouble.start();
  registry.nominate("1", { val_auc_roc: 0.86, train_loss: 0.1 });
  registry.versions.get("1")?.tags.set("team", "risk");
  const { loggedAt } = registry.run("1");
  const standing = await standingOf(registry);
  expect(standing).toEqual({
    champion: null,
    left: null,
    evidence: { state: "none" },
    candidateEvidence: { state: "none" },
    facts: {
      at: expect.closeTo(Date.now(), -5) as unknown,
      candidate: {
        version: "1",
        status: "READY",
        runId: "run-1",
        run: {
          id: "run-1",
          deleted: false,
          experiment: EXPERIMENT,
          metrics: { val_auc_roc: { value: 0.86, at: loggedAt } },
          ambiguous: [],
          dataset: { name: "holdout", digest: "d1" },
          comparedWith: null,
          commit: "0123abc",
          signature: {
            inputs: [
              { name: "tenure", type: "long", required: true },
              { name: "spend", type: "double", required: true },
            ],
            outputs: [{ name: "", type: "long", required: true }],
          },
        },
        tags: {},
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        rejection: null,
      },
      champion: null,
      baseline: null,
      promotedAt: null,
      canary: null,
      contradictions: [],
    },
  });
});

test("a candidate is compared with the champion; three calls to the registry tell", async () => {
  const registry = await three();
  await promote(registry, "2", "1");
  const calls = await callsOf(registry, async () => {
    const { facts, champion, left, evidence } = await standingOf(registry, COMPARING);
    expect([facts.candidate?.version, facts.champion, facts.baseline?.version]).toEqual([
      "3",
      "2",
      "2",
    ]);
    expect(facts.baseline?.run?.metrics).toMatchObject({ val_auc_roc: { value: 0.87 } });
    expect(facts.promotedAt).toBeNull();
    expect({ champion, left }).toMatchObject({
      champion: { version: "2", evidence: "intact" },
      left: "2",
    });
    expect(evidence).toMatchObject({ state: "intact", promotedAt: PROMOTED_AT });
  });
  expect(calls.sort()).toEqual([
    "GET model-versions/get",
    "GET model-versions/get",
    "GET registered-models/get",
  ]);
});

test("a champion is compared with the one before, and its history is not read again", async () => {
  const registry = await three();
  await promote(registry, "2");
  await promote(registry, "3", "2");
  const calls = await callsOf(registry, async () => {
    const { facts, candidateEvidence } = await standingOf(registry, COMPARING);
    expect([facts.champion, facts.baseline?.version, facts.promotedAt]).toEqual([
      "3",
      "2",
      PROMOTED_AT,
    ]);
    expect(candidateEvidence.state).toBe("intact");
  });
  expect(calls).toHaveLength(3);
  const reads = registry.received.filter(({ path }) => path.endsWith("/get-history"));
  const before = reads.length;
  await standingOf(registry, COMPARING);
  expect(registry.received.filter(({ path }) => path.endsWith("/get-history"))).toHaveLength(
    before,
  );
});

test.each<[string, (registry: RegistryDouble) => void]>([
  ["moved to a version that never passed", ({ aliases }) => aliases.set("champion", "1")],
  ["deleted", ({ aliases }) => aliases.delete("champion")],
])("where the alias was %s, the candidate must still beat what the gate left", async (_, moves) => {
  const registry = await three();
  await promote(registry, "2");
  moves(registry);
  const calls = await callsOf(registry, async () => {
    const { facts, left } = await standingOf(registry, COMPARING);
    expect([facts.baseline?.version, left]).toEqual(["2", "2"]);
  });
  expect(calls.length).toBeLessThanOrEqual(4);
});

test("moved back to an earlier champion, whose evidence is whole, neither lowers the bar", async () => {
  const registry = await three();
  await promote(registry, "1");
  await promote(registry, "2", "1");
  registry.aliases.set("champion", "1");
  const { facts, champion } = await standingOf(registry, COMPARING);
  expect(champion).toMatchObject({ version: "1", evidence: "intact" });
  expect(facts.baseline?.version).toBe("2");
});

test("a candidate made champion by hand is compared with the champion that the gate left", async () => {
  const registry = await three();
  await promote(registry, "2");
  registry.aliases.set("champion", "3");
  const { facts } = await standingOf(registry, COMPARING);
  expect([facts.candidate?.version, facts.baseline?.version, facts.promotedAt]).toEqual([
    "3",
    "2",
    null,
  ]);
});

test("one that was made champion by hand where the gate left nothing is compared with none", async () => {
  const registry = await three();
  registry.aliases.set("champion", "3");
  const { facts, champion } = await standingOf(registry, COMPARING);
  expect([facts.baseline, facts.promotedAt, champion?.evidence]).toEqual([null, null, "none"]);
});

test("a candidate is compared with a champion by hand where the gate left nothing", async () => {
  const registry = await three();
  registry.aliases.set("champion", "1");
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.baseline?.version).toBe("1");
});

test("no version is compared with itself, even if its tags say that it came before", async () => {
  const registry = await three();
  await promote(registry, "3");
  registry.versions.get("3")?.tags.set(PREVIOUS_TAG, "3");
  expect((await standingOf(registry, COMPARING)).facts.baseline).toBeNull();
});

test("a former champion brought back by hand, after the gate's was deleted, has one before it", async () => {
  const registry = await three();
  await promote(registry, "3", "1");
  await promote(registry, "2", "3");
  registry.versions.delete("2");
  registry.aliases.set("champion", "3");
  expect((await standingOf(registry, COMPARING)).facts.baseline?.version).toBe("1");
});

test("a champion whose alias went elsewhere is compared with the one before it", async () => {
  const registry = await three();
  await promote(registry, "2");
  await promote(registry, "3", "2");
  registry.aliases.set("champion", "1");
  const { facts } = await standingOf(registry, COMPARING);
  expect([facts.candidate?.version, facts.baseline?.version]).toEqual(["3", "2"]);
});

test("what the gate left and was deleted since cannot be compared with: the alias' version is", async () => {
  const registry = await three();
  await promote(registry, "2");
  registry.aliases.set("champion", "1");
  registry.versions.delete("2");
  const { facts } = await standingOf(registry, COMPARING);
  expect([facts.baseline?.version, facts.contradictions]).toEqual(["1", []]);
});

test("a former champion that was deleted leaves nothing to compare a champion with", async () => {
  const registry = await three();
  await promote(registry, "2");
  await promote(registry, "3", "2");
  registry.versions.delete("2");
  const { facts } = await standingOf(registry, COMPARING);
  expect([facts.baseline, facts.promotedAt, facts.contradictions]).toEqual([null, PROMOTED_AT, []]);
});

test.each<[string, (tags: Map<string, string>) => void]>([
  ["its evidence was changed", (tags) => tags.set("mlops_gate_evidence_1", "1/1:{}")],
  ["its evidence was cut", (tags) => tags.delete("mlops_gate_evidence_1")],
  ["its evidence is gone", (tags) => void [...tags.keys()].map((key) => tags.delete(key))],
  ["it was superseded", (tags) => tags.set(VERDICT_TAG, "superseded")],
  ["it was rejected", (tags) => tags.set(VERDICT_TAG, "rejected")],
])("a champion is none by evidence if %s, and its history is read", async (_what, changes) => {
  const registry = await three();
  await promote(registry, "2");
  await promote(registry, "3", "2");
  const tags = registry.versions.get("3")?.tags;
  if (tags !== undefined) changes(tags);
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.promotedAt).toBeNull();
  // It is never held against itself, which it would pass.
  expect(facts.baseline?.version).not.toBe("3");
  const histories = registry.received.filter(
    ({ path, query }) => path.endsWith("/get-history") && query["run_id"] === "run-3",
  );
  expect(histories.map(({ query }) => query["metric_key"])).toContain("val_auc_roc");
});

test("a workspace without the model has nothing, by one call", async () => {
  const registry = await three();
  const { facts, ...standing } = await readFacts(registry, "ml.models.other", COMPARING);
  const none = { state: "none" };
  expect(standing).toEqual({ champion: null, left: null, evidence: none, candidateEvidence: none });
  expect(facts).toMatchObject({ candidate: null, champion: null, baseline: null });
  expect(facts).toMatchObject({ promotedAt: null, canary: null, contradictions: [] });
  expect(registry.received).toHaveLength(1);
});

test("a version that is asked for is judged instead of the nominated one", async () => {
  const registry = await three();
  await promote(registry, "2");
  const { facts } = await standingOf(registry, COMPARING, "1");
  expect([facts.candidate?.version, facts.baseline?.version]).toEqual(["1", "2"]);
});

test("one that is asked for and is not there is no candidate", async () => {
  const registry = await three();
  const { facts } = await standingOf(registry, COMPARING, "9");
  expect([facts.candidate, facts.contradictions]).toEqual([null, []]);
});

test("the tags that rules name are kept, whatever their values", async () => {
  const registry = await three();
  const tags = registry.versions.get("3")?.tags;
  for (const [key, value] of [
    ["stage", "prod"],
    ["approver", ""],
    ["team", "risk"],
  ] as const) {
    tags?.set(key, value);
  }
  const rules: Rule[] = [
    { kind: "tag", tag: "stage", values: [] },
    { kind: "approval", tag: "approver", approvers: [] },
    { kind: "approval", tag: null, approvers: [] },
    { kind: "tag", tag: "absent", values: [] },
  ];
  const { facts } = await standingOf(registry, policyOf(rules));
  expect(facts.candidate?.tags).toEqual({ stage: "prod", approver: "" });
});

test("readChampion says who is champion and who was left, in two calls", async () => {
  const registry = await three();
  await promote(registry, "2");
  registry.modelTags.set(LEFT_TAG, "1");
  registry.versions.get("2")?.tags.set(PREVIOUS_TAG, "1");
  const calls = await callsOf(registry, async () => {
    expect(await readChampion(registry, registry.model)).toMatchObject({
      champion: { version: "2", evidence: "intact" },
      left: "1",
    });
  });
  expect(calls).toHaveLength(2);
});
