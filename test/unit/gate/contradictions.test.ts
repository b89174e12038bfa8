import { expect, test } from "vitest";
import { readChampion } from "../../../components/gate/reading/readFacts";
import { CANARY_TAG, LEFT_TAG, REJECTED_TAG } from "../../../components/gate/registry";
import type { CanaryStep } from "../../../components/gate/decision/rule";
import { RegistryDouble } from "./registryDouble";
import { ABOVE, NO_WORSE, policyOf, promote, standingOf } from "./standing";

const COMPARING = policyOf([ABOVE, NO_WORSE]);
const MODEL = "ml.models.churn";

/** Champion 1 and candidate 2. */
async function two() {
  const registry = await RegistryDouble.start();
  registry.nominate("1", { val_auc_roc: 0.86 });
  await promote(registry, "1");
  registry.nominate("2", { val_auc_roc: 0.87 });
  return registry;
}

/** What contradicts itself once `path` answers `body` about whatever it is asked. */
async function contradictionsIf(path: string, body: unknown): Promise<readonly string[]> {
  const registry = await two();
  registry.intercept = (request) => (request.path.endsWith(path) ? { body } : undefined);
  return (await standingOf(registry, COMPARING)).facts.contradictions;
}

const model = (fields: object) => ({ registered_model: { name: MODEL, ...fields } });
const version = (fields: object) => ({
  model_version: { name: MODEL, version: "2", status: "READY", run_id: "run-2", ...fields },
});
const alias = (name: unknown, points: unknown) => ({ alias: name, version: points });

test.each([
  {},
  [],
  "null",
  { registered_model: null },
  model({ name: "ml.models.other" }),
  model({ aliases: "challenger" }),
  model({ aliases: [null] }),
  model({ aliases: [{ alias: "challenger" }] }),
  model({ aliases: [alias(1, "1")] }),
  ...[null, "", "one", "1.5", 1.5, -1, 0, "0", true, {}].map((odd) =>
    model({ aliases: [alias("challenger", odd)] }),
  ),
  model({ tags: "many" }),
  model({ tags: [{ key: 1 }] }),
  model({ tags: [{ key: "a", value: 1 }] }),
])("a model answered as %j is no model: there is no candidate", async (body) => {
  const registry = await two();
  registry.intercept = ({ path }) =>
    path.endsWith("registered-models/get") ? { body } : undefined;
  const { facts, champion } = await standingOf(registry, COMPARING);
  expect(facts.contradictions).toEqual([
    `the registry's answer about ${MODEL} is none that Unity Catalog gives`,
  ]);
  expect([facts.candidate, champion]).toEqual([null, null]);
  await expect(readChampion(registry, MODEL)).rejects.toThrow("is none that Unity Catalog gives.");
});

test.each(["challenger", "champion"])(
  "an alias %s at two versions is one at none",
  async (name) => {
    const aliases = [alias(name, "1"), alias("other", "1"), alias(name, "2")];
    expect(await contradictionsIf("registered-models/get", model({ aliases }))).toEqual([
      `the alias ${name} points at version 1 and at version 2`,
    ]);
  },
);

test("an alias that is listed twice at one version is there once", async () => {
  const aliases = [alias("challenger", "2"), alias("challenger", 2)];
  expect(await contradictionsIf("registered-models/get", model({ aliases }))).toEqual([]);
});

test.each(["challenger", "champion"])(
  "an alias %s at a version that is not there",
  async (name) => {
    const registry = await two();
    registry.aliases.set(name, "9");
    const { facts } = await standingOf(registry, COMPARING);
    expect(facts.contradictions).toEqual([`${MODEL} has no version 9`]);
  },
);

test.each([
  {},
  { model_version: null },
  version({ version: null }),
  version({ version: "two" }),
  version({ version: undefined }),
  version({ name: "ml.models.other" }),
  version({ status: undefined }),
  version({ status: 3 }),
  version({ run_id: 7 }),
  version({ run_id: ["run-2"] }),
  version({ tags: {} }),
  version({
    tags: [{ key: "mlops_gate_verdict" }, { key: "mlops_gate_verdict", value: "promoted" }],
  }),
])("a version answered as %j is no candidate", async (body) => {
  const registry = await two();
  registry.intercept = ({ path, query }) =>
    path.endsWith("model-versions/get") && query["version"] === "2" ? { body } : undefined;
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.contradictions).toEqual([
    `the registry's answer about version 2 of ${MODEL} is none that Unity Catalog gives`,
  ]);
  expect(facts.candidate).toBeNull();
});

test("a version that is answered with another's content is no candidate", async () => {
  expect(await contradictionsIf("model-versions/get", version({ version: "7" }))).toEqual([
    `asked for version 1 of ${MODEL}, the registry answered version 7`,
    `asked for version 2 of ${MODEL}, the registry answered version 7`,
  ]);
});

test.each(["", "v1", "1.0", "-1"])(
  "a model's tag that left '%s' names no version",
  async (left) => {
    const registry = await two();
    registry.modelTags.set(LEFT_TAG, left);
    const { facts, left: read } = await standingOf(registry, COMPARING);
    expect([facts.contradictions, read]).toEqual([
      [`the tag mlops_gate_champion of ${MODEL} names no version`],
      null,
    ]);
  },
);

test.each([
  "{}",
  "rejected",
  "null",
  "[]",
  '{"fingerprint":"f","reason":"r","by":"b"}',
  '{"by":1}',
])("a note of a rejection that says %s may have been one: it contradicts itself", async (note) => {
  const registry = await two();
  registry.versions.get("2")?.tags.set(REJECTED_TAG, note);
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.contradictions).toEqual(["the tag mlops_gate_rejected of version 2 cannot be read"]);
});

test("a rejection is read as it was noted, of whatever was measured then", async () => {
  const registry = await two();
  const note = {
    fingerprint: "f",
    metrics: ["auc"],
    reason: "slow",
    by: "ann",
    at: "2026-11-20T10:00:00Z",
  };
  registry.versions.get("2")?.tags.set(REJECTED_TAG, JSON.stringify(note));
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.candidate?.rejection).toEqual(note);
});

const STEPS: readonly CanaryStep[] = [5, 25].map((percent) => ({
  ...{ percent, minRequests: 100, rules: [] },
}));
const SINCE = "2026-11-20T10:00:00Z";

test.each<[object, number | undefined]>([
  [{ step: 1, percent: 25, since: SINCE }, 1],
  // The step has another share by now: the way begins again.
  [{ step: 1, percent: 50, since: SINCE }, undefined],
  // One that is no more: that is the decision's to say.
  [{ step: 7, percent: 50, since: SINCE }, 7],
])("how far a canary has come, noted as %j, is step %s", async (note, step) => {
  const registry = await two();
  registry.versions.get("2")?.tags.set(CANARY_TAG, JSON.stringify(note));
  const { facts } = await standingOf(registry, policyOf([ABOVE], { canary: STEPS }));
  expect(facts.canary).toEqual(step === undefined ? null : { version: "2", step, since: SINCE });
});

test.each([
  "{}",
  "1",
  '{"step":0.5,"percent":5,"since":"x"}',
  '{"step":0,"percent":"5","since":"x"}',
])("a note of a canary that says %s cannot be", async (note) => {
  const registry = await two();
  registry.versions.get("2")?.tags.set(CANARY_TAG, note);
  const { facts } = await standingOf(registry, policyOf([ABOVE], { canary: STEPS }));
  expect(facts.contradictions).toEqual(["the tag mlops_gate_canary of version 2 cannot be read"]);
});

const run = (fields: object, info: object = {}) => ({
  run: {
    info: { run_id: "run-2", experiment_id: "17", lifecycle_stage: "active", ...info },
    ...fields,
  },
});

test.each([
  {},
  { run: null },
  { run: [] },
  run({}, { run_id: "run-7" }),
  run({}, { run_id: undefined }),
  run({}, { run_id: ["run-2"] }),
])("an answer about another run, or none, is no run: %j", async (body) => {
  const registry = await two();
  registry.intercept = ({ path, query }) =>
    path.endsWith("runs/get") && query["run_id"] === "run-2" ? { body } : undefined;
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.contradictions).toEqual([
    expect.stringMatching(/^asked for run run-2, the server answered run /),
  ]);
  expect(facts.candidate?.run).toBeNull();
});

test.each([
  run({}, { lifecycle_stage: "gone" }),
  run({}, { lifecycle_stage: undefined }),
  run({}, { experiment_id: undefined }),
  run({ data: { metrics: "many" } }),
  run({ data: { metrics: {} } }),
  run({ data: { tags: { a: "b" } } }),
  run({ data: { tags: [{ key: "mlops.signature", value: 1 }] } }),
  run({ inputs: { dataset_inputs: "holdout" } }),
  run({ inputs: { dataset_inputs: [{ dataset: { name: "holdout" } }] } }),
])("a run answered as %j is none that can be believed", async (body) => {
  const registry = await two();
  registry.intercept = ({ path, query }) =>
    path.endsWith("runs/get") && query["run_id"] === "run-2" ? { body } : undefined;
  const { facts } = await standingOf(registry, COMPARING);
  expect(facts.contradictions).toEqual([
    "the server's answer about run run-2 is none that MLflow gives",
  ]);
  expect(facts.candidate?.run).toBeNull();
});

test("contradictions come in one order, whatever came first", async () => {
  const read = await contradictionsIf("runs/get", { run: null });
  expect(read).toEqual([...read].sort());
  expect(read).toHaveLength(2);
});
