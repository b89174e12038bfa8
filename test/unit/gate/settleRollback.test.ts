import { expect, test } from "vitest";
import { verdictLine } from "../../../components/gate/record";
import { GateRun } from "./gateRun";

/** A gate that has promoted 1, then 2. */
async function promotedTwice() {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  await gate.up();
  return gate;
}

const order = (to: string) => ({
  ...{ model: "ml.models.churn", to, reason: "answers are slow", by: "ada" },
});

async function rolledBack() {
  const gate = await promotedTwice();
  gate.rollback = order("1");
  await gate.up();
  gate.rollback = null;
  return gate;
}

test("an earlier champion comes back, and the update says by whom and why", async () => {
  const gate = await promotedTwice();
  gate.rollback = order("1");
  const seen = await gate.preview();
  expect(verdictLine(seen)).toBe(
    "churn v1 → champion: ROLLED BACK (rollback from v2 by ada: answers are slow)",
  );
  expect(seen.left).toBe("1");
  const state = await gate.up(seen);
  expect(gate.registry.aliases.get("champion")).toBe("1");
  expect(state).toMatchObject({ champion: "1", previousChampion: "2" });
  expect(state.history.map(({ version, ground }) => `${version} ${ground}`)).toEqual([
    "1 rules",
    "2 rules",
    "1 rollback",
  ]);
  const tags = gate.registry.versions.get("2")?.tags;
  expect(tags?.get("mlops_gate_verdict")).toBe("rejected");
});

test("what was rolled back is not promoted again by what was measured then", async () => {
  const gate = await rolledBack();
  expect(gate.registry.aliases.get("challenger")).toBe("2");
  const seen = await gate.preview();
  expect(verdictLine(seen)).toMatch(
    /^churn v2 → champion: REFUSED \(rejected by ada at .*: answers are slow\); v1 stays champion$/,
  );
  expect(await gate.up(seen)).toMatchObject({ champion: "1" });
  expect(await gate.changes()).toBe(false);
});

test("something else that is measured afterwards is no new evidence", async () => {
  const gate = await rolledBack();
  gate.registry.runs.set("run-2", { val_auc_roc: 0.87, later: 1 });
  expect((await gate.preview()).verdict.reason).toMatch(/^rejected by ada/);
});

test("neither is it where the rejection was taken from the tags", async () => {
  const gate = await rolledBack();
  gate.registry.versions.get("2")?.tags.delete("mlops_gate_rejected");
  gate.registry.runs.set("run-2", { val_auc_roc: 0.87, later: 1 });
  await expect(gate.up()).rejects.toThrow("it is there again, and nothing was moved");
});

test("new measurements let it be judged again", async () => {
  const gate = await rolledBack();
  gate.registry.runs.set("run-2", { val_auc_roc: 0.88 });
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1" });
});

test("a rejection that was taken from the tags is known to the state, and is put back", async () => {
  const gate = await rolledBack();
  const tags = gate.registry.versions.get("2")?.tags;
  tags?.delete("mlops_gate_rejected");
  await expect(gate.up()).rejects.toThrow(/churn v2 was rejected by ada .* it is there again/);
  expect(tags?.get("mlops_gate_rejected")).toContain("answers are slow");
  expect(gate.registry.aliases.get("champion")).toBe("1");
});

test.each([
  ["7", "there is no version 7"],
  ["2", "the version is champion already"],
  ["3", "the version has never been champion"],
])("version %s does not come back: %s", async (to, why) => {
  const gate = await promotedTwice();
  gate.registry.nominate("3", { val_auc_roc: 0.9 });
  gate.rollback = order(to);
  expect((await gate.preview()).verdict.reason).toContain(why);
  await gate.up();
  expect(gate.registry.aliases.get("champion")).toBe("2");
});

test("evidence that somebody wrote for a version that was never champion brings it to nothing", async () => {
  const gate = await promotedTwice();
  gate.registry.nominate("3", { val_auc_roc: 0.1 });
  const [from, to] = [gate.registry.versions.get("1"), gate.registry.versions.get("3")];
  for (const tag of from?.tags ?? []) to?.tags.set(...tag);
  gate.rollback = order("3");
  expect((await gate.preview()).verdict.reason).toBe("the version has evidence that was changed");
});

test("a rollback that was never recorded is taken over by the next update", async () => {
  const gate = await promotedTwice();
  const recorded = gate.state;
  gate.rollback = order("1");
  await gate.up();
  gate.rollback = null;
  gate.state = recorded;
  expect(await gate.up()).toMatchObject({ champion: "1", left: "1" });
  expect(gate.registry.aliases.get("champion")).toBe("1");
});

test("a reason of any length and with any characters fits into the tag of a rejection", async () => {
  const gate = await promotedTwice();
  gate.rollback = { ...order("1"), reason: '"\u0001\n'.repeat(400), by: "'\"".repeat(300) };
  await gate.up();
  expect(gate.registry.aliases.get("champion")).toBe("1");
  const tag = gate.registry.versions.get("2")?.tags.get("mlops_gate_rejected") ?? "";
  expect(tag.length).toBeLessThanOrEqual(1000);
  expect(tag.length).toBeGreaterThan(600);
});
