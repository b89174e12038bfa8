import { expect, test } from "vitest";
import { refusal, type Received, type Reply } from "../httpDouble";
import { GateRun } from "./gateRun";
import { RegistryDouble } from "./registryDouble";
import { standingOf } from "./standing";

/** What goes wrong, and what the message then has to say. */
const FAULTS: [string, Reply, string][] = [
  ["500", refusal(500, "INTERNAL_ERROR", "disk full"), "with 500: disk full"],
  ["403", refusal(403, "PERMISSION_DENIED", "not yours"), "with 403: not yours"],
  ["no JSON", { body: "<html>maintenance</html>" }, "not JSON: <html>maintenance"],
];
const CALLS: [string, (request: Received) => boolean][] = [
  ["reading the model", ({ path }) => path.endsWith("/registered-models/get")],
  ["reading the candidate", ({ path, query }) => isVersion(path) && query["version"] === "2"],
  ["reading the champion", ({ path, query }) => isVersion(path) && query["version"] === "1"],
  ["reading the run", ({ path }) => path.endsWith("/runs/get")],
  ["reading the experiment", ({ path }) => path.endsWith("/experiments/get")],
  ["reading a history", ({ path }) => path.endsWith("/metrics/get-history")],
];
const isVersion = (path: string): boolean => path.endsWith("/model-versions/get");

test.each(CALLS.flatMap(([what, which]) => FAULTS.map((fault) => ({ what, which, fault }))))(
  "$fault.0 while $what: an error, at preview and at update, and nothing moves",
  async ({ which, fault: [, reply, message] }) => {
    const gate = await GateRun.make();
    gate.registry.nominate("1", { val_auc_roc: 0.86 });
    await gate.up();
    gate.registry.nominate("2", { val_auc_roc: 0.87 });
    const seen = await gate.preview();
    const writes = gate.registry.writes.length;
    gate.registry.intercept = (request) =>
      which(request)
        ? { headers: { "retry-after": "0.001" }, ...(typeof reply === "object" ? reply : {}) }
        : undefined;
    await expect(gate.preview()).rejects.toThrow(message);
    await expect(gate.up(seen)).rejects.toThrow(message);
    expect(gate.registry.writes).toHaveLength(writes);
    expect(gate.registry.aliases.get("champion")).toBe("1");
  },
);

test.each([
  ["evidence cannot be written", "/model-versions/set-tag"],
  ["the alias cannot be set", "/aliases/champion"],
])("%s: an error, and the champion stays", async (_what, suffix) => {
  const gate = await GateRun.make();
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
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  gate.registry.intercept = ({ method }) =>
    method === "PUT" ? refusal(404, "RESOURCE_DOES_NOT_EXIST", "gone") : undefined;
  await expect(gate.up()).rejects.toThrow("ml.models.churn has no version 1 any more.");
});

test("a host that is not a workspace is an error, not an empty registry", async () => {
  const registry = await RegistryDouble.start();
  registry.intercept = () => ({ status: 404, body: "<html>Not Found</html>" });
  await expect(standingOf(registry)).rejects.toThrow("with 404");
});

test("no error holds the token, whatever the registry echoes", async () => {
  const registry = await RegistryDouble.start();
  registry.nominate("1", { val_auc_roc: 0.86 });
  registry.intercept = ({ headers }) =>
    refusal(403, "PERMISSION_DENIED", `no, ${String(headers.authorization)}`);
  const said = await standingOf(registry).catch(String);
  expect(said).toContain("with 403: no, Bearer [token]");
  expect(said).not.toContain(registry.token);
});

test("evidence that the registry does not take for want of the version moves no alias", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  gate.registry.intercept = ({ path }) =>
    path.endsWith("/set-tag") ? refusal(404, "RESOURCE_DOES_NOT_EXIST", "gone") : undefined;
  await expect(gate.up()).rejects.toThrow("ml.models.churn has no version 1 any more.");
  expect(gate.registry.aliases.has("champion")).toBe(false);
});

test("a former champion that was deleted does not stand in the way of the next", async () => {
  const gate = await GateRun.make();
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  gate.registry.versions.delete("1");
  gate.registry.aliases.delete("champion");
  expect(await gate.up()).toMatchObject({ champion: "2", previousChampion: "1" });
});
