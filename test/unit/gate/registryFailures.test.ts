import { expect, test } from "vitest";
import { readStanding } from "../../../components/gate/registry";
import { refusal, type Received, type Reply } from "../httpDouble";
import { GateRun } from "./gateRun";
import { RegistryDouble } from "./registryDouble";

/** What goes wrong, and what the message then has to say. */
const FAULTS: [string, Reply, string][] = [
  ["500", refusal(500, "INTERNAL_ERROR", "disk full"), "with 500: disk full"],
  ["403", refusal(403, "PERMISSION_DENIED", "not yours"), "with 403: not yours"],
  ["no JSON", { body: "<html>maintenance</html>" }, "not JSON: <html>maintenance"],
];
const CALLS: [string, (request: Received) => boolean][] = [
  ["reading the challenger", ({ path }) => path.endsWith("/aliases/challenger")],
  ["reading the champion", ({ method, path }) => method === "GET" && path.endsWith("/champion")],
  ["reading the run", ({ path }) => path.endsWith("/runs/get")],
];

test.each(CALLS.flatMap(([what, which]) => FAULTS.map((fault) => ({ what, which, fault }))))(
  "$fault.0 while $what: an error, at preview and at update, and nothing moves",
  async ({ which, fault: [, reply, message] }) => {
    const gate = await GateRun.start();
    gate.registry.nominate("1", { val_auc_roc: 0.86 });
    const seen = await gate.preview();
    gate.registry.intercept = (request) =>
      which(request)
        ? { headers: { "retry-after": "0.001" }, ...(typeof reply === "object" ? reply : {}) }
        : undefined;
    await expect(gate.preview()).rejects.toThrow(message);
    await expect(gate.up(seen)).rejects.toThrow(message);
    expect(gate.registry.writes).toEqual([]);
  },
);

test.each([
  ["evidence cannot be written", "/model-versions/set-tag"],
  ["the alias cannot be set", "/aliases/champion"],
])("%s: an error, and the champion stays", async (_what, suffix) => {
  const gate = await GateRun.start();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  gate.registry.intercept = ({ method, path }) =>
    method !== "GET" && path.endsWith(suffix)
      ? refusal(403, "PERMISSION_DENIED", "read only")
      : undefined;
  await expect(gate.up()).rejects.toThrow("with 403: read only");
  expect(gate.registry.aliases.get("champion")).toBe("1");
  expect(gate.state?.champion).toBe("1");
  gate.registry.intercept = () => undefined;
  await gate.up();
  expect(gate.registry.aliases.get("champion")).toBe("2");
});

test("a version that was deleted before the alias could be set is an error", async () => {
  const gate = await GateRun.start();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  gate.registry.intercept = ({ method }) =>
    method === "PUT" ? refusal(404, "RESOURCE_DOES_NOT_EXIST", "gone") : undefined;
  await expect(gate.up()).rejects.toThrow("ml.models.churn has no version 1 any more.");
});

test.each([
  {},
  [],
  { version: 1 },
  { status: "READY" },
  { version: null, status: "READY" },
  "null",
])("an alias answered as %j is an error that names it", async (body) => {
  const registry = await RegistryDouble.start();
  registry.intercept = () => ({ body });
  await expect(readStanding(registry, registry.model, [])).rejects.toThrow(
    "answer about ml.models.churn@challenger has no version or status",
  );
});

test.each([{}, { run: null }, { run: { data: { metrics: "many" } } }, { run: { data: [] } }])(
  "a run answered as %j has no metrics",
  async (body) => {
    const registry = await RegistryDouble.start();
    registry.nominate("1", { auc: 1 });
    registry.intercept = ({ path }) => (path.endsWith("/runs/get") ? { body } : undefined);
    const { candidate } = await readStanding(registry, registry.model, ["auc"]);
    expect(candidate?.metrics).toEqual({});
  },
);

test("a workspace without the model has neither candidate nor champion", async () => {
  const registry = await RegistryDouble.start();
  registry.intercept = () => refusal(404, "RESOURCE_DOES_NOT_EXIST", "no such model");
  expect(await readStanding(registry, registry.model, ["auc"])).toEqual({
    candidate: null,
    champion: null,
    lost: false,
  });
});

test("a host that is not a workspace is an error, not an empty registry", async () => {
  const registry = await RegistryDouble.start();
  registry.intercept = () => ({ status: 404, body: "<html>Not Found</html>" });
  await expect(readStanding(registry, registry.model, ["auc"])).rejects.toThrow("with 404");
});

test("evidence that the registry does not take for want of the version moves no alias", async () => {
  const gate = await GateRun.start();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  gate.registry.intercept = ({ method }) =>
    method === "POST" ? refusal(404, "RESOURCE_DOES_NOT_EXIST", "gone") : undefined;
  await expect(gate.up()).rejects.toThrow("ml.models.churn has no version 1 any more.");
  expect(gate.registry.aliases.has("champion")).toBe(false);
});

test("a former champion that was deleted does not stand in the way of the next", async () => {
  const gate = await GateRun.start();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  gate.registry.versions.delete("1");
  gate.registry.aliases.delete("champion");
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1" });
});
