import { expect, test } from "vitest";
import { verdictLine } from "../../../components/gate/record";
import { below } from "../../../components/gate/rules";
import { GateRun } from "./gateRun";
import { ABOVE, policyOf } from "./standing";

const rules = [below("error_rate", 0.05)];
const policy = policyOf([ABOVE], {
  canary: [
    { percent: 10, minRequests: 100, rules },
    { percent: 50, minRequests: 100, rules },
  ],
});
const good = { val_auc_roc: 0.87 };

/** A champion 1, and a candidate 2 that answers the first share of the traffic. */
async function started() {
  const gate = await GateRun.make({ policy });
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", good);
  await gate.up();
  return gate;
}

/** Logs what was measured of the candidate's traffic, just now. */
function measure(gate: GateRun, percent: number, error_rate: number, requests = 100): void {
  gate.registry.runs.set("run-2", {
    ...gate.registry.runs.get("run-2"),
    [`canary_${String(percent)}_requests`]: requests,
    [`canary_${String(percent)}_error_rate`]: error_rate,
  });
  gate.registry.run("2").loggedAt = Date.now() + 1000;
}

const canaryTag = (gate: GateRun): string | undefined =>
  gate.registry.versions.get("2")?.tags.get("mlops_gate_canary");

test("the first champion takes no canary: there is nobody beside it", async () => {
  const gate = await GateRun.make({ policy });
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  expect(await gate.up()).toMatchObject({ champion: "1" });
});

test("a candidate answers its first share, and nothing changes until that is measured", async () => {
  const gate = await started();
  const seen = await gate.preview();
  expect(verdictLine(seen)).toMatch(/^churn v2 → champion: CANARY 10 % \(.*; v1 stays champion$/);
  expect(seen.verdict.canary).toEqual({ step: 0, percent: 10 });
  expect(canaryTag(gate)).toContain('"step":0,"percent":10');
  expect(gate.registry.aliases.get("champion")).toBe("1");
  expect(await gate.changes()).toBe(false);
  measure(gate, 10, 0, 99);
  expect((await gate.up()).verdict.canary).toEqual({ step: 0, percent: 10 });
});

test("each step that holds leads to the next, and the last one to the promotion", async () => {
  const gate = await started();
  measure(gate, 10, 0.01);
  expect((await gate.up()).verdict).toMatchObject({ outcome: "canary", canary: { percent: 50 } });
  measure(gate, 50, 0.01);
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1" });
  expect(canaryTag(gate)).toBe("");
  expect(await gate.changes()).toBe(false);
});

test("a step that fails rejects the candidate, which does not begin again", async () => {
  const gate = await started();
  measure(gate, 10, 0.2);
  const seen = await gate.preview();
  expect(verdictLine(seen)).toBe(
    "churn v2 → champion: REFUSED (canary 10 % error_rate 0.2, must be < 0.05); v1 stays champion",
  );
  await gate.up(seen);
  expect(await gate.changes()).toBe(false);
  expect((await gate.preview()).verdict.reason).toMatch(/^rejected by its canary at /);
  gate.registry.versions.get("2")?.tags.delete("mlops_gate_rejected");
  await expect(gate.up()).rejects.toThrow("was rejected by its canary");
});

test("an update that was interrupted after it noted the next step goes on from there", async () => {
  const gate = await started();
  measure(gate, 10, 0.01);
  const recorded = gate.state;
  await gate.up();
  gate.state = recorded;
  expect((await gate.up()).progress).toMatchObject({ version: "2", step: 1 });
});

test("a step that somebody skipped by a tag is not skipped", async () => {
  const gate = await started();
  const tags = gate.registry.versions.get("2")?.tags;
  const before = canaryTag(gate);
  tags?.set("mlops_gate_canary", '{"step":1,"percent":50,"since":"2020-01-01T00:00:00Z"}');
  measure(gate, 50, 0);
  expect((await gate.preview()).verdict.outcome).toBe("promoted");
  await expect(gate.up()).rejects.toThrow("is not as far on its canary as its tag said");
  expect(canaryTag(gate)).toBe(before);
  expect(gate.registry.aliases.get("champion")).toBe("1");
  expect((await gate.up()).verdict.canary).toEqual({ step: 0, percent: 10 });
});

test("moving the alias to a candidate by hand does not spare it the canary", async () => {
  const gate = await started();
  gate.registry.aliases.set("champion", "2");
  expect((await gate.up()).verdict.outcome).toBe("canary");
  expect(gate.registry.aliases.get("champion")).toBe("1");
});
