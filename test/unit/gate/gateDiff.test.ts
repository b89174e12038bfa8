import { expect, test } from "vitest";
import { GateProvider } from "../../../components/gate/provider";
import type { GateInputs, GateOutputs } from "../../../components/gate/record";
import { GateRun } from "./gateRun";

/** State and inputs of a gate that has settled: promoted, or waiting without any version. */
async function settled(version?: string): Promise<{ olds: GateOutputs; news: GateInputs }> {
  const gate = await GateRun.start();
  if (version !== undefined) gate.registry.nominate(version, { val_auc_roc: 0.86 });
  const olds = await gate.up();
  return { olds, news: await gate.preview() };
}

const diff = async (olds: GateOutputs, news: GateInputs) => {
  const { changes, replaces } = await new GateProvider().diff("id", olds, news);
  return { changes, replaces };
};
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
  ["a bound", (n) => ({ ...n, rules: n.rules.map((rule) => ({ ...rule, bound: 0.8 })) })],
  [
    "a comparison",
    (n) => ({ ...n, rules: n.rules.map((rule) => ({ ...rule, comparison: ">=" })) }),
  ],
  ["another rule", (n) => ({ ...n, rules: [...n.rules, ...n.rules] })],
  ["onFailure", (n) => ({ ...n, onFailure: "block" })],
  ["the candidate", (n) => ({ ...n, candidate: n.candidate && { ...n.candidate, version: "2" } })],
  ["the verdict", (n) => ({ ...n, verdict: { ...n.verdict, outcome: "refused" } })],
  ["no candidate any more", (n) => ({ ...n, candidate: null })],
  ["a champion of nobody", (n) => ({ ...n, observed: { version: "1", gated: false } })],
  ["a champion moved", (n) => ({ ...n, observed: { version: "2", gated: false } })],
  ["no champion any more", (n) => ({ ...n, observed: null, lost: true })],
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
