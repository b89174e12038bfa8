import { expect, test } from "vitest";
import type { GateInputs } from "../../../components/gate/record";
import { GateRun } from "./gateRun";
import type { RegistryDouble } from "./registryDouble";

/** Nominates a good version, shows it in a preview, and lets something happen before the update. */
async function between(happens: (registry: RegistryDouble) => void) {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  const seen: GateInputs = await gate.preview();
  happens(gate.registry);
  return { gate, seen };
}

test.each<[string, (registry: RegistryDouble) => void, string]>([
  [
    "the metric",
    (registry) => registry.runs.set("run-1", { val_auc_roc: 0.84 }),
    "churn v1 → champion: REFUSED (val_auc_roc 0.84, must be > 0.85)",
  ],
  [
    "the metric, to one that would pass too",
    (registry) => registry.runs.set("run-1", { val_auc_roc: 0.87 }),
    "churn v1 → champion: PROMOTED (val_auc_roc 0.87 > 0.85)",
  ],
  [
    "the nominated version, to one that would pass too",
    (registry) => {
      registry.nominate("2", { val_auc_roc: 0.86 });
    },
    "churn v2 → champion: PROMOTED (val_auc_roc 0.86 > 0.85)",
  ],
  [
    "the nomination, which was taken back",
    (registry) => registry.aliases.delete("challenger"),
    "churn → champion: WAITING (no version is nominated)",
  ],
  [
    "the version's status",
    (registry) => {
      registry.nominate("1", { val_auc_roc: 0.86 }, "FAILED_REGISTRATION");
    },
    "INCONCLUSIVE (the version is FAILED_REGISTRATION)",
  ],
  ["the run", (registry) => registry.runs.delete("run-1"), "INCONCLUSIVE (run run-1 is not there"],
])("%s changed: nothing moves, and both sides are said", async (_what, happens, now) => {
  const { gate, seen } = await between(happens);
  const message = await gate.up(seen).then(
    () => "it went through",
    (error: unknown) => String(error),
  );
  expect(message).toMatch(/facts that have changed since|SUPERSEDED/);
  expect(message).toContain("churn v1 → champion: ");
  expect(message).toContain("nothing was moved. Now: ");
  expect(message).toContain(now);
  expect(gate.registry.writes).toEqual([]);
});

test("a candidate that was refused in the preview is not promoted behind its back", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.84 });
  const seen = await gate.preview();
  gate.registry.nominate("2", { val_auc_roc: 0.9 });
  await expect(gate.up(seen)).rejects.toThrow(
    "churn v1 → champion: SUPERSEDED (the nominated version was 1 and is 2); nothing was moved.",
  );
  expect(gate.registry.writes).toEqual([]);
  await gate.up();
  expect(gate.registry.aliases.get("champion")).toBe("2");
});

test("a verdict that was forged in the inputs promotes nothing", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.84 });
  const seen = await gate.preview();
  const forged: GateInputs = { ...seen, verdict: { ...seen.verdict, outcome: "promoted" } };
  await expect(gate.up(forged)).rejects.toThrow("facts that have changed since");
  expect(gate.registry.writes).toEqual([]);
});

test("the update compares facts, not how the engine happens to keep them", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  const seen = await gate.preview();
  const reordered = JSON.parse(
    JSON.stringify(seen, (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ),
  ) as GateInputs;
  await gate.up(reordered);
  expect(gate.registry.aliases.get("champion")).toBe("1");
});

/** Champion 1 and a candidate 2 that is refused; both passed or failed long ago. */
async function withRefused() {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.5 });
  return gate;
}

test("a champion that is another one than the program saw fails the update: the endpoint is built on it", async () => {
  const gate = await withRefused();
  gate.registry.aliases.set("champion", "2");
  const seen = await gate.preview();
  gate.registry.aliases.set("champion", "1");
  await expect(gate.up(seen)).rejects.toThrow("SUPERSEDED (the champion was 2 and is 1)");
});

test("so does one that the gate of another stack promoted between program and creation", async () => {
  const gate = await withRefused();
  gate.state = undefined;
  const seen = await gate.preview();
  const tags = new Map([["mlops_gate_verdict", "promoted"]]);
  gate.registry.versions.set("9", { status: "READY", runId: "run-9", tags });
  gate.registry.aliases.set("champion", "9");
  await expect(gate.up(seen)).rejects.toThrow("nothing was moved. Now: churn v2");
  await expect(gate.up(seen)).rejects.toThrow("SUPERSEDED (the champion was 1 and is 9)");
  expect(gate.state).toBeUndefined();
});
