import { describe, expect, test } from "vitest";
import { refusal } from "../httpDouble";
import { GateRun } from "./gateRun";

/** Champion 1, and a better 2 whose promotion is about to be written. */
async function before() {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  return gate;
}

/** How many calls write, in a promotion that nobody interrupts. */
const WRITES = 11;

test("a promotion over a champion makes so many writes", async () => {
  const gate = await before();
  const writes = gate.registry.writes.length;
  await gate.up();
  expect(gate.registry.writes.slice(writes)).toHaveLength(WRITES);
});

const cases = Array.from({ length: WRITES }, (_, index) => index + 1).flatMap((write) =>
  (["before", "after"] as const).map((when) => ({ write, when })),
);

describe("a promotion that is cut off can be run again", () => {
  test.each(cases)("cut $when write $write took effect", async ({ write, when }) => {
    const gate = await before();
    let seen = 0;
    gate.registry.intercept = (request) => {
      // Those of the lease have tests of their own.
      const isLease = request.path.startsWith("/api/2.0/workspace/");
      if (request.method === "GET" || isLease || ++seen < write) return undefined;
      if (seen === write && when === "after") gate.registry.answer(request);
      return refusal(403, "PERMISSION_DENIED", "cut off");
    };
    await expect(gate.up()).rejects.toThrow("cut off");
    expect(["1", "2"]).toContain(gate.registry.aliases.get("champion"));
    expect(gate.state?.champion).toBe("1");

    gate.registry.intercept = () => undefined;
    const cut = gate.state;
    const alias = gate.registry.aliases.get("champion");
    expect((await gate.refresh()).champion, "after a refresh").toBe(alias);
    gate.state = cut;
    expect(await gate.changes()).toBe(true);
    const state = await gate.up();
    expect(state).toMatchObject({ champion: "2", previousChampion: "1" });
    expect(gate.registry.aliases.get("champion")).toBe("2");
    const tag = (version: string, key: string) =>
      gate.registry.versions.get(version)?.tags.get(key);
    expect(tag("2", "mlops_gate_verdict")).toBe("promoted");
    expect(tag("2", "mlops_gate_previous_champion")).toBe("1");
    expect(tag("1", "mlops_gate_verdict")).toBe("superseded");
    expect(await gate.changes()).toBe(false);
  });
});

test("a former champion that is nominated again and passes is champion again", async () => {
  const gate = await before();
  await gate.up();
  gate.registry.aliases.set("challenger", "1");
  expect(await gate.up()).toMatchObject({ champion: "1", previousChampion: "2" });
  expect(gate.registry.versions.get("2")?.tags.get("mlops_gate_verdict")).toBe("superseded");
  expect(await gate.changes()).toBe(false);
});

test("a stack that lost its state takes the champion over with its history", async () => {
  const gate = await before();
  await gate.up();
  gate.state = undefined;
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1" });
  expect(gate.registry.aliases.get("champion")).toBe("2");
  expect(await gate.changes()).toBe(false);
});

test("a promotion that was never recorded is taken over when its successor is refused", async () => {
  const gate = await before();
  const recorded = gate.state;
  await gate.up();
  gate.state = recorded;
  gate.registry.nominate("3", { val_auc_roc: 0.5 });
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1", left: "2" });
  expect(gate.registry.aliases.get("champion")).toBe("2");
  expect(await gate.changes()).toBe(false);
});

test("a refresh takes over a promotion that was never recorded, and leaves nothing to write", async () => {
  const gate = await before();
  const recorded = gate.state;
  const { champion, evidence, history } = await gate.up();
  gate.state = recorded;
  expect(await gate.refresh()).toMatchObject({
    champion,
    previousChampion: "1",
    left: "2",
    noted: "2",
  });
  expect(gate.state).toMatchObject({ evidence, history });
  const writes = gate.registry.writes.length;
  await gate.up();
  expect(gate.registry.writes).toHaveLength(writes);
  expect(await gate.changes()).toBe(false);
});

test("a refresh does not take over what the gate would not have promoted", async () => {
  const gate = await before();
  const recorded = gate.state;
  await gate.up();
  gate.state = recorded;
  gate.registry.runs.set("run-2", { val_auc_roc: 0.5 });
  expect(await gate.refresh()).toMatchObject({
    champion: "1",
    left: "1",
    observed: { version: "2" },
  });
  expect(await gate.changes()).toBe(true);
});
