import { expect, test } from "vitest";
import { verdictLine } from "../../../components/gate/record";
import { above, atMost } from "../../../components/gate/rules";
import { GateRun } from "./gateRun";
import { policyOf } from "./standing";

test("a first version that passes becomes champion, with its evidence written before the alias", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86, loss: 0.4 });
  const seen = await gate.preview();
  expect(verdictLine(seen)).toBe("churn v1 → champion: PROMOTED (val_auc_roc 0.86 > 0.85)");

  const state = await gate.up(seen);

  expect(gate.registry.aliases.get("champion")).toBe("1");
  const written = gate.registry.writes.map((write) => write.replace(/(evidence_\w+)=.*/, "$1"));
  expect(written).toEqual([
    "TAG 1 mlops_gate_evidence_1",
    "TAG 1 mlops_gate_evidence_2",
    "TAG 1 mlops_gate_evidence_digest",
    "TAG 1 mlops_gate_reason=val_auc_roc 0.86 > 0.85",
    "TAG 1 mlops_gate_run_id=run-1",
    `TAG 1 mlops_gate_promoted_at=${String(state.promotedAt)}`,
    "TAG 1 mlops_gate_verdict=promoted",
    "PUT champion 1",
    "TAG model mlops_gate_champion=1",
  ]);
  expect(state).toMatchObject({ champion: "1", verdict: { outcome: "promoted" } });
  expect(Date.parse(state.promotedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
  expect(state.previousChampion).toBeUndefined();
});

test("the next champion supersedes it, and the one before is on record", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  expect(await gate.changes()).toBe(true);

  const state = await gate.up();

  expect(gate.registry.aliases.get("champion")).toBe("2");
  expect(state).toMatchObject({ champion: "2", previousChampion: "1" });
  expect(gate.registry.writes).toContain("TAG 2 mlops_gate_previous_champion=1");
  expect(gate.registry.writes.slice(-3)).toEqual([
    "PUT champion 2",
    "TAG 1 mlops_gate_verdict=superseded",
    "TAG model mlops_gate_champion=2",
  ]);
});

test("after a promotion nothing changes any more: no diff, and an update writes nothing", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  const first = await gate.up();
  const writes = gate.registry.writes.length;

  expect(verdictLine(await gate.preview())).toContain("CHAMPION (val_auc_roc");
  expect(await gate.changes()).toBe(false);
  const second = await gate.up();
  expect(gate.registry.writes).toHaveLength(writes);
  expect(second.promotedAt).toBe(first.promotedAt);
});

test("a refresh after a promotion changes nothing either", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  const state = await gate.up();
  expect(await gate.refresh()).toEqual(state);
  expect(await gate.changes()).toBe(false);
});

test("deleting the gate leaves the champion that serves", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  const writes = gate.registry.writes.length;
  await gate.provider.delete();
  expect(gate.registry.writes).toHaveLength(writes);
  expect(gate.registry.aliases.get("champion")).toBe("1");
});

test("only the rules' metrics are evidence: others may come and go without a change", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86, train_loss: 0.1 });
  const { facts } = await gate.up();
  expect(facts.candidate?.run?.metrics).toEqual({
    val_auc_roc: { value: 0.86, at: expect.any(Number) as number },
  });
  gate.registry.runs.set("run-1", { later: 1, val_auc_roc: 0.86 });
  expect(await gate.changes()).toBe(false);
});

test("the order in which the server lists metrics does not matter", async () => {
  const gate = await GateRun.make({
    policy: policyOf([above("val_auc_roc", 0.85), atMost("loss", 0.5)]),
  });
  gate.registry.nominate("1", { val_auc_roc: 0.86, loss: 0.5 });
  await gate.up();
  gate.registry.runs.set("run-1", { loss: 0.5, val_auc_roc: 0.86 });
  expect(await gate.changes()).toBe(false);
});

test("while no version is nominated, the gate waits and writes nothing, even if it blocks", async () => {
  const gate = await GateRun.make({ onFailure: "block" });
  expect(verdictLine(await gate.preview())).toBe(
    "churn → champion: WAITING (no version is nominated)",
  );
  expect((await gate.up()).champion).toBeUndefined();
  expect(gate.registry.writes).toEqual([]);
  expect(await gate.changes()).toBe(false);
});

test("a version that was made before its rule is promoted as soon as the rule lets it", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.84 });
  await gate.up();
  expect(gate.registry.aliases.has("champion")).toBe(false);
  gate.registry.runs.set("run-1", { val_auc_roc: 0.8501 });
  expect(await gate.changes()).toBe(true);
  await gate.up();
  expect(gate.registry.aliases.get("champion")).toBe("1");
});
