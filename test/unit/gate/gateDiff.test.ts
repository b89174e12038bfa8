import { expect, test } from "vitest";
import { GateProvider } from "../../../components/gate/provider";
import type { GateInputs, GateOutputs } from "../../../components/gate/record";
import { GateRun } from "./gateRun";
import { above, atLeast } from "../../../components/gate/rules";
import { ABOVE, policyOf } from "./standing";

/** State and inputs of a gate that has settled: promoted, or waiting without any version. */
async function settled(version?: string): Promise<{ olds: GateOutputs; news: GateInputs }> {
  const gate = await GateRun.make();
  if (version !== undefined) gate.registry.nominate(version, { val_auc_roc: 0.86 });
  const olds = await gate.up();
  return { olds, news: await gate.preview() };
}

const diff = async (olds: GateOutputs, news: GateInputs) => {
  const { changes, replaces } = await new GateProvider().diff("id", olds, news);
  return { changes, replaces };
};
const CHAMPION = { version: "1", evidence: "intact", gated: true } as const;
const STEP = { percent: 10, minRequests: 100, rules: [] };
const BREAKGLASS = { version: "1", reason: "r", by: "ada", expires: "2026-11-22T00:00:00Z" };

function withCandidate(
  inputs: GateInputs,
  candidate: GateInputs["facts"]["candidate"],
): GateInputs {
  return { ...inputs, facts: { ...inputs.facts, candidate } };
}

const none = { changes: false, replaces: [] };

/** Rewrites every object in `value`, innermost first. */
function rewritten<T>(value: T, entries: (given: [string, unknown][]) => [string, unknown][]): T {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(entries(Object.entries(inner)))
        : inner,
    ),
  ) as T;
}

test.each(["1", undefined])("with version %s: no change where nothing changed", async (version) => {
  const { olds, news } = await settled(version);
  expect(await diff(olds, news)).toEqual(none);
});

test.each(["1", undefined])("with version %s: the order of keys is no change", async (version) => {
  const { olds, news } = await settled(version);
  const reverse = (given: [string, unknown][]) => given.reverse();
  expect(await diff(rewritten(olds, reverse), news)).toEqual(none);
  expect(await diff(olds, rewritten(news, reverse))).toEqual(none);
});

test.each(["1", undefined])("with version %s: null and absent are the same", async (version) => {
  const { olds, news } = await settled(version);
  const withoutNull = (given: [string, unknown][]) => given.filter(([, member]) => member !== null);
  expect(await diff(rewritten(olds, withoutNull), news)).toEqual(none);
  const withNull: GateOutputs = JSON.parse(
    JSON.stringify({ champion: null, previousChampion: null, promotedAt: null, ...olds }),
  ) as GateOutputs;
  expect(await diff(withNull, news)).toEqual(none);
});

test.each<[string, (news: GateInputs) => GateInputs]>([
  ["a bound", (n) => ({ ...n, policy: policyOf([above("val_auc_roc", 0.8)]) })],
  ["a comparison", (n) => ({ ...n, policy: policyOf([atLeast("val_auc_roc", 0.85)]) })],
  ["another rule", (n) => ({ ...n, policy: policyOf([ABOVE, ABOVE]) })],
  ["a step of traffic", (n) => ({ ...n, policy: policyOf([ABOVE], { canary: [STEP] }) })],
  ["a breakglass", (n) => ({ ...n, policy: policyOf([ABOVE], { breakglass: BREAKGLASS }) })],
  ["what a moved alias does", (n) => ({ ...n, onAliasDrift: "fail" })],
  ["onFailure", (n) => ({ ...n, onFailure: "block" })],
  [
    "the candidate",
    (n) => withCandidate(n, n.facts.candidate && { ...n.facts.candidate, version: "2" }),
  ],
  ["the verdict", (n) => ({ ...n, verdict: { ...n.verdict, outcome: "refused" } })],
  ["no candidate any more", (n) => withCandidate(n, null)],
  ["a champion of nobody", (n) => ({ ...n, observed: { ...CHAMPION, gated: false } })],
  ["a champion moved", (n) => ({ ...n, observed: { ...CHAMPION, version: "2" } })],
  ["no champion any more", (n) => ({ ...n, observed: null })],
  [
    "a rollback",
    (n) => ({ ...n, rollback: { model: n.model, to: "1", reason: "slow", by: "ada" } }),
  ],
])("a change: %s", async (_what, change) => {
  const { olds, news } = await settled("1");
  expect(await diff(olds, change(news))).toEqual({ changes: true, replaces: [] });
});

test("another model is another gate", async () => {
  const { olds, news } = await settled("1");
  expect(await diff(olds, { ...news, model: "ml.models.other" })).toEqual({
    changes: true,
    replaces: ["model"],
  });
});

test("a state written by other logic is brought up to date", async () => {
  const { olds, news } = await settled("1");
  expect(await diff({ ...olds, logic: olds.logic - 1 }, news)).toMatchObject({ changes: true });
});
