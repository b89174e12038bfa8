import { expect, test } from "vitest";
import { verdictLine, type OnFailure } from "../../../components/gate/record";
import { GateRun } from "./gateRun";
import { policyOf } from "./standing";

/** A gate whose model has champion 1 and a worse candidate 2. */
async function withChampion(metrics: Record<string, unknown>, onFailure: OnFailure = "hold") {
  const gate = await GateRun.make({ onFailure });
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", metrics);
  return { gate, writes: gate.registry.writes.length };
}

const BAD = [
  [{ val_auc_roc: 0.8499 }, "REFUSED", "val_auc_roc 0.8499, must be > 0.85"],
  [{ val_auc_roc: 0.85 }, "REFUSED", "val_auc_roc 0.85, must be > 0.85"],
  [{ val_auc_roc: "NaN" }, "INCONCLUSIVE", "val_auc_roc NaN, must be > 0.85"],
  [{ val_auc_roc: "Infinity" }, "INCONCLUSIVE", "val_auc_roc Infinity, must be > 0.85"],
  [{ val_auc_roc: "0.9" }, "INCONCLUSIVE", "val_auc_roc 0.9, must be > 0.85"],
  [{ val_auc_roc: null }, "INCONCLUSIVE", "val_auc_roc null, must be > 0.85"],
  [{ val_auc_roc: true }, "INCONCLUSIVE", "val_auc_roc true, must be > 0.85"],
  [{}, "INCONCLUSIVE", "val_auc_roc missing, must be > 0.85"],
] as const;

test.each(BAD)(
  "hold with %j keeps the champion, says why, and settles",
  async (metrics, word, why) => {
    const { gate, writes } = await withChampion(metrics);
    expect(verdictLine(await gate.preview())).toBe(
      `churn v2 → champion: ${word} (${why}); v1 stays champion`,
    );
    const state = await gate.up();
    expect(state).toMatchObject({ champion: "1", verdict: { reason: why } });
    expect(gate.registry.aliases.get("champion")).toBe("1");
    expect(gate.registry.writes.slice(writes)).toEqual([`TAG 2 mlops_gate_refused=${why}`]);
    expect(await gate.changes()).toBe(false);
  },
);

test.each(BAD)(
  "block with %j fails the update and writes the reason alone",
  async (metrics, _word, why) => {
    const { gate, writes } = await withChampion(metrics, "block");
    const before = gate.state;
    const line = `churn v2 → champion: BLOCKED (${why})`;
    expect(verdictLine(await gate.preview())).toBe(line);
    await expect(gate.up()).rejects.toThrow(line);
    expect(gate.registry.aliases.get("champion")).toBe("1");
    expect(gate.registry.writes.slice(writes)).toEqual([`TAG 2 mlops_gate_refused=${why}`]);
    expect(gate.state).toBe(before);
    // It is not forgotten: the next preview shows the change again, and the next update fails again.
    expect(await gate.changes()).toBe(true);
    await expect(gate.up()).rejects.toThrow(line);
  },
);

test("hold without any champion says so", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.8 });
  expect(verdictLine(await gate.preview())).toBe(
    "churn v1 → champion: REFUSED (val_auc_roc 0.8, must be > 0.85); there is no champion yet",
  );
  expect((await gate.up()).champion).toBeUndefined();
  expect(gate.registry.aliases.has("champion")).toBe(false);
});

test("a version that is not ready is not promoted, however good", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.99 }, "PENDING_REGISTRATION");
  expect(verdictLine(await gate.preview())).toContain(
    "INCONCLUSIVE (the version is PENDING_REGISTRATION)",
  );
  await gate.up();
  expect(gate.registry.aliases.has("champion")).toBe(false);
});

test.each([undefined, ""])("a version with run '%s' is not promoted", async (runId) => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.99 });
  gate.registry.versions.set("1", { status: "READY", runId, tags: new Map() });
  expect((await gate.up()).verdict).toMatchObject({
    outcome: "inconclusive",
    reason: "the version has no run, so no metrics",
  });
  expect(gate.registry.aliases.has("champion")).toBe(false);
});

test("a version whose run was deleted has no metrics and is not promoted", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.99 });
  gate.registry.runs.clear();
  expect((await gate.up()).verdict.reason).toBe("run run-1 is not there, so there are no metrics");
  expect(gate.registry.aliases.has("champion")).toBe(false);
});

test("without rules nothing is promoted", async () => {
  const gate = await GateRun.make({ policy: policyOf([]) });
  gate.registry.nominate("1", { val_auc_roc: 1 });
  expect((await gate.up()).verdict).toMatchObject({ outcome: "inconclusive" });
  expect(gate.registry.aliases.has("champion")).toBe(false);
});
