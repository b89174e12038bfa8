import { describe, expect, test } from "vitest";
import { GateRun } from "./gateRun";

/** A gate that promoted 1, and a version 9 that nobody ever measured. */
async function promoted(onAliasDrift: "restore" | "fail" = "restore") {
  const gate = await GateRun.make({ onAliasDrift });
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.versions.set("9", { status: "READY", runId: "run-9", tags: new Map() });
  return gate;
}

test("refresh reports an alias that somebody moved, and the next preview shows a change", async () => {
  const gate = await promoted();
  gate.registry.aliases.set("champion", "9");
  expect((await gate.refresh()).observed).toEqual({
    version: "9",
    evidence: "none",
    gated: false,
  });
  expect(await gate.changes()).toBe(true);
  gate.registry.aliases.delete("champion");
  expect((await gate.refresh()).observed).toBeNull();
  expect(await gate.changes()).toBe(true);
});

test("what refresh found is a change even with the inputs of the last update", async () => {
  const gate = await promoted();
  const last = await gate.preview();
  gate.registry.aliases.set("champion", "9");
  const found = await gate.refresh();
  expect(await gate.provider.diff("id", found, last)).toMatchObject({ changes: true });
});

test("without a refresh the preview shows the change too", async () => {
  const gate = await promoted();
  gate.registry.aliases.set("champion", "9");
  expect(await gate.changes()).toBe(true);
  gate.registry.aliases.delete("champion");
  expect(await gate.changes()).toBe(true);
});

test.each(["9", undefined])(
  "a candidate that passes is champion again after it read %s",
  async (now) => {
    const gate = await promoted();
    if (now === undefined) gate.registry.aliases.delete("champion");
    else gate.registry.aliases.set("champion", now);
    await gate.up();
    expect(gate.registry.aliases.get("champion")).toBe("1");
    expect(await gate.changes()).toBe(false);
  },
);

test("while the candidate is refused, a deleted alias is restored in one update", async () => {
  const gate = await promoted();
  gate.registry.nominate("2", { val_auc_roc: 0.5 });
  await gate.up();
  gate.registry.aliases.delete("champion");
  const seen = await gate.preview();
  // The endpoint stays at what the gate left, so that nothing has to be brought along.
  expect(seen.left).toBe("1");
  await gate.up(seen);
  expect(gate.registry.aliases.get("champion")).toBe("1");
  expect(await gate.changes()).toBe(false);
});

test.each([
  ["at once", () => Promise.resolve()],
  ["after a refresh", (gate: GateRun) => gate.refresh()],
])("an alias moved back to a former champion is restored %s", async (_when, meanwhile) => {
  const gate = await promoted();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  await gate.up();
  gate.registry.nominate("3", { val_auc_roc: 0.5 });
  await gate.up();
  gate.registry.aliases.set("champion", "1");
  await meanwhile(gate);
  expect(await gate.changes()).toBe(true);
  expect((await gate.up()).left).toBe("2");
  expect(gate.registry.aliases.get("champion")).toBe("2");
  await gate.up();
  expect(await gate.changes()).toBe(false);
});

test("what was put there by hand is not on record as the previous champion", async () => {
  const gate = await promoted();
  gate.registry.aliases.set("champion", "9");
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1" });
});

test("while the candidate is refused, an alias on a version never promoted is put back", async () => {
  const gate = await promoted();
  gate.registry.nominate("2", { val_auc_roc: 0.5 });
  gate.registry.aliases.set("champion", "9");
  expect((await gate.up()).left).toBe("1");
  expect(gate.registry.aliases.get("champion")).toBe("1");
});

test("a champion set by hand before there was a gate stops the first update", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.5 });
  gate.registry.aliases.set("champion", "1");
  await expect(gate.up()).rejects.toThrow("version 1, which this gate never promoted");
  expect(gate.registry.writes).toEqual([]);
});

test("a candidate that was made champion by hand and passes gets its evidence", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  gate.registry.aliases.set("champion", "1");
  await gate.up();
  expect(gate.registry.writes).toContain("TAG 1 mlops_gate_verdict=promoted");
  expect(await gate.changes()).toBe(false);
});

test("a tag that is not the gate's promotion is none", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.5 });
  gate.registry.versions.get("1")?.tags.set("mlops_gate_verdict", "superseded");
  gate.registry.versions.get("1")?.tags.set("verdict", "promoted");
  gate.registry.aliases.set("champion", "1");
  await expect(gate.up()).rejects.toThrow("version 1, which this gate never promoted");
});

test("an alias that reads otherwise than it was set is an error, not a promotion", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("7", { val_auc_roc: 0.1 });
  gate.registry.nominate("8", { val_auc_roc: 0.86 });
  gate.registry.intercept = ({ method, path }) => {
    if (method !== "PUT" || !path.endsWith("/champion")) return undefined;
    gate.registry.aliases.set("champion", "7");
    return { body: {} };
  };
  await expect(gate.up()).rejects.toThrow(
    "ml.models.churn@champion was set to 8 but reads 7: another update may be running.",
  );
  expect(gate.state).toBeUndefined();
});

test("a gate cannot be imported: there is nothing to import it from", async () => {
  const gate = await GateRun.make();
  await expect(gate.provider.read("ml.models.churn")).rejects.toThrow("cannot be imported");
});

test("a champion that was deleted from the registry cannot be put back: the message says what to do", async () => {
  const gate = await promoted();
  gate.registry.nominate("2", { val_auc_roc: 0.5 });
  gate.registry.aliases.delete("champion");
  gate.registry.versions.delete("1");
  await expect(gate.up()).rejects.toThrow(
    "ml.models.churn@champion was moved by hand from 1 to none. Version 1 is not in the registry " +
      "any more, so it cannot be put back. Nominate a version that passes.",
  );
  gate.registry.nominate("3", { val_auc_roc: 0.87 });
  expect(await gate.up()).toMatchObject({ champion: "3" });
  expect(await gate.changes()).toBe(false);
});

test("a champion whose verdict was taken away gets it back, although the candidate is refused", async () => {
  const gate = await promoted();
  gate.registry.nominate("2", { val_auc_roc: 0.5 });
  gate.registry.versions.get("1")?.tags.delete("mlops_gate_verdict");
  expect(await gate.changes()).toBe(true);
  expect(await gate.up()).toMatchObject({ champion: "1" });
  expect(await gate.changes()).toBe(false);
});

describe("a gate that is told to fail", () => {
  test.each(["9", undefined])("moves nothing where the alias reads %s", async (now) => {
    const gate = await promoted("fail");
    if (now === undefined) gate.registry.aliases.delete("champion");
    else gate.registry.aliases.set("champion", now);
    const writes = gate.registry.writes.length;
    expect(await gate.changes()).toBe(true);
    await expect(gate.up()).rejects.toThrow(
      `was moved by hand from 1 to ${now ?? "none"}. Nothing was changed: this gate is told to fail.`,
    );
    expect(gate.registry.aliases.get("champion")).toBe(now);
    expect(gate.registry.writes).toHaveLength(writes);
  });

  test("promotes nothing either, as long as the alias is not put back", async () => {
    const gate = await promoted("fail");
    gate.registry.aliases.set("champion", "9");
    gate.registry.nominate("2", { val_auc_roc: 0.9 });
    await expect(gate.up()).rejects.toThrow("was moved by hand from 1 to 9");
    expect(gate.registry.aliases.get("champion")).toBe("9");
  });
});

test("evidence that was changed is put right from the state", async () => {
  const gate = await promoted();
  gate.registry.nominate("2", { val_auc_roc: 0.5 });
  await gate.up();
  const tags = gate.registry.versions.get("1")?.tags;
  const before = tags?.get("mlops_gate_evidence_1") ?? "";
  tags?.set("mlops_gate_evidence_1", before.replace("sha256", "sha265"));
  expect(await gate.changes()).toBe(true);
  await gate.up();
  expect(tags?.get("mlops_gate_evidence_1")).toBe(before);
  expect(await gate.changes()).toBe(false);
});
