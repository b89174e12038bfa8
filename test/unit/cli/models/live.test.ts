import { expect, test } from "vitest";
import type { DeployedModel } from "../../../../cli/models/deployed";
import { readModel, unreadModel } from "../../../../cli/models/live";
import { writtenEvidence } from "../../gate/writtenEvidence";
import { refusal, startHttpDouble, type Reply } from "../../httpDouble";

const MODEL = "ml.models.churn";
const ALIASES = `/api/2.1/unity-catalog/models/${MODEL}/aliases`;
const TAGS = "/api/2.0/mlflow/unity-catalog/model-versions/get";
const ENDPOINT = "/api/2.0/serving-endpoints/churn";
const ALERT = "/api/2.0/alerts/a1";
const WAREHOUSE = "/api/2.0/sql/warehouses/w1";
const STATEMENTS = "/api/2.0/sql/statements";

const churn: DeployedModel = {
  name: "churn",
  owner: "growth",
  registeredModel: MODEL,
  gate: {
    facts: { candidate: { version: "2" } },
    verdict: { outcome: "refused", reason: "auc too low" },
  },
  endpoints: ["churn"],
  hasEndpoint: true,
  alert: { id: "a1", query: "SELECT drift", warehouseId: "w1", threshold: 0.1 },
  hasAlert: true,
};

const absent = refusal(404, "RESOURCE_DOES_NOT_EXIST", "no");
const tags = (version: string, entries: Record<string, string>): Reply => ({
  body: {
    model_version: {
      ...{ name: MODEL, version, status: "READY", run_id: "r1" },
      tags: Object.entries(entries).map(([key, value]) => ({ key, value })),
    },
  },
});
const PROMOTED = {
  mlops_gate_verdict: "promoted",
  mlops_gate_reason: "auc 0.9 > 0.8",
  mlops_gate_promoted_at: "2026-11-01T10:00:00Z",
};
const served = (ready: string, config_update: string, more: object = {}): Reply => ({
  body: {
    state: { ready, config_update },
    config: { served_entities: [{ entity_version: "1", state: {} }] },
    ...more,
  },
});
const alias = (version: number): Reply => ({ body: { version, created_at: 1_790_000_000_000 } });

/** A double of a workspace in which version 1 is a healthy champion, changed by `replies`. */
async function read(
  replies: Record<string, Reply>,
  deployed: Partial<DeployedModel> = {},
  startsWarehouse = false,
) {
  const healthy: Record<string, Reply> = {
    [`${ALIASES}/champion`]: alias(1),
    [`${ALIASES}/challenger`]: alias(1),
    [`${TAGS}?1`]: tags("1", { ...PROMOTED, ...(await writtenEvidence({}, "1")) }),
    [ENDPOINT]: served("READY", "NOT_UPDATING"),
    [ALERT]: { body: { evaluation: { state: "OK", last_evaluated_at: "2026-11-02T10:15:00Z" } } },
    [WAREHOUSE]: { body: { state: "RUNNING" } },
    [STATEMENTS]: {
      body: {
        status: { state: "SUCCEEDED" },
        result: { data_array: [["2026-11-02T00:00:00Z", "700", "0.0312", "age", "BASELINE"]] },
      },
    },
  };
  const double = await startHttpDouble(({ path, query }) => {
    const key = path === TAGS ? `${TAGS}?${query["version"] ?? ""}` : path;
    return { ...healthy, ...replies }[key] ?? absent;
  });
  const source = { connection: { host: double.host, token: "t" }, startsWarehouse };
  return { row: await readModel({ ...churn, ...deployed }, source), received: double.received };
}

test("a healthy model", async () => {
  expect((await read({})).row).toEqual({
    name: "churn",
    registeredModel: MODEL,
    owner: "growth",
    champion: { status: "known", version: "1", since: "2026-11-01T10:00:00Z" },
    challenger: { status: "none" },
    gate: { status: "known", version: "1", verdict: "promoted", reason: "auc 0.9 > 0.8" },
    endpoints: {
      status: "known",
      list: [{ name: "churn", health: "ready", versions: ["1"] }],
    },
    drift: {
      status: "known",
      state: "ok",
      evaluatedAt: "2026-11-02T10:15:00Z",
      threshold: 0.1,
      score: 0.0312,
      column: "age",
      windowStart: "2026-11-02T00:00:00Z",
    },
  });
});

test("a rival that was refused, with the reason that its tag keeps", async () => {
  const { row } = await read({
    [`${ALIASES}/challenger`]: alias(2),
    [`${TAGS}?2`]: tags("2", { mlops_gate_refused: "auc 0.7, must be > 0.8" }),
  });
  expect(row.challenger).toMatchObject({ status: "known", version: "2" });
  expect(row.gate).toEqual({
    status: "known",
    version: "2",
    verdict: "refused",
    reason: "auc 0.7, must be > 0.8",
  });
});

test("a rival that could not be judged, as the last update left it", async () => {
  const { row } = await read(
    {
      [`${ALIASES}/challenger`]: alias(2),
      [`${TAGS}?2`]: tags("2", { mlops_gate_refused: "auc missing" }),
    },
    {
      gate: {
        facts: { candidate: { version: "2" } },
        verdict: { outcome: "inconclusive", reason: "auc missing" },
      },
    },
  );
  expect(row.gate).toMatchObject({ version: "2", verdict: "inconclusive", reason: "auc missing" });
});

test("a rival that no update has seen waits; one that was champion before does too", async () => {
  const rival = { [`${ALIASES}/challenger`]: alias(3) };
  const fresh = await read({ ...rival, [`${TAGS}?3`]: tags("3", {}) });
  expect(fresh.row.gate).toEqual({ status: "known", version: "3", verdict: "waiting" });
  const former = { mlops_gate_verdict: "superseded", mlops_gate_refused: "once" };
  const again = await read({ ...rival, [`${TAGS}?3`]: tags("3", former) });
  expect(again.row.gate).toMatchObject({ verdict: "waiting" });
});

test("a rival that people rejected, or that answers some of the traffic, says so", async () => {
  const rival = { [`${ALIASES}/challenger`]: alias(2) };
  const rejected = JSON.stringify({ fingerprint: "f", reason: "slow", by: "ann", at: "x" });
  const former = { mlops_gate_verdict: "rejected", mlops_gate_rejected: rejected };
  expect((await read({ ...rival, [`${TAGS}?2`]: tags("2", former) })).row.gate).toMatchObject({
    ...{ verdict: "rejected", reason: "slow (ann)" },
  });
  const canary = { mlops_gate_canary: JSON.stringify({ step: 1, percent: 25, since: "x" }) };
  expect((await read({ ...rival, [`${TAGS}?2`]: tags("2", canary) })).row.gate).toMatchObject({
    ...{ verdict: "canary", reason: "25 % of the traffic" },
  });
});

test("a champion that somebody made by hand", async () => {
  const { row } = await read({ [`${TAGS}?1`]: tags("1", {}) });
  expect(row.gate).toEqual({ status: "known", version: "1", verdict: "bypassed" });
  expect(row.champion).toMatchObject({ since: new Date(1_790_000_000_000).toISOString() });
});

test("a champion that somebody moved back to, or whose evidence somebody changed", async () => {
  const evidence = await writtenEvidence({}, "1");
  const former = { ...PROMOTED, ...evidence, mlops_gate_verdict: "superseded" };
  expect((await read({ [`${TAGS}?1`]: tags("1", former) })).row.gate).toMatchObject({
    verdict: "bypassed",
  });
  const forged = { ...PROMOTED, ...(await writtenEvidence({}, "7")) };
  expect((await read({ [`${TAGS}?1`]: tags("1", forged) })).row.gate).toMatchObject({
    ...{ verdict: "bypassed", reason: "its evidence was changed" },
  });
});

test("nothing was trained yet: none, which is neither unknown nor not configured", async () => {
  const { row } = await read(
    { [`${ALIASES}/champion`]: absent, [`${ALIASES}/challenger`]: absent },
    { endpoints: [], alert: undefined },
  );
  const none = { status: "none" };
  expect(row).toMatchObject({ champion: none, challenger: none, gate: none });
  expect(row).toMatchObject({ endpoints: none, drift: none });
});

test("what the stack does not have is not configured", async () => {
  const { row, received } = await read(
    {},
    {
      ...{ registeredModel: undefined, gate: undefined, endpoints: [], hasEndpoint: false },
      ...{ alert: undefined, hasAlert: false },
    },
  );
  const not = { status: "not configured" };
  expect(row).toMatchObject({ champion: not, challenger: not, gate: not });
  expect(row).toMatchObject({ endpoints: not, drift: not });
  expect(row).not.toHaveProperty("registeredModel");
  expect(received).toEqual([]);
});

test("what may not be read is unknown with its reason, and the rest is there", async () => {
  const denied = refusal(403, "PERMISSION_DENIED", "not for you");
  const { row } = await read({ [`${ALIASES}/champion`]: denied, [ENDPOINT]: denied });
  const reason = expect.stringContaining("with 403: not for you") as string;
  expect(row.champion).toEqual({ status: "unknown", reason });
  expect(row.endpoints).toEqual({ status: "unknown", reason });
  expect(row.drift).toMatchObject({ status: "known", state: "ok" });
});

const failed = (message: string) => ({
  pending_config: { served_entities: [{ state: { deployment_state_message: message } }] },
});

test.each([
  ["ready", served("READY", "NOT_UPDATING"), {}],
  ["updating", served("READY", "IN_PROGRESS"), {}],
  ["behind", served("READY", "UPDATE_FAILED", failed("no memory")), { failure: "no memory" }],
  ["behind", served("READY", "UPDATE_CANCELED"), {}],
  ["failed", served("NOT_READY", "UPDATE_FAILED", failed("no memory")), { failure: "no memory" }],
  ["not ready", served("NOT_READY", "NOT_UPDATING"), {}],
])("an endpoint is %s", async (health, answer, more) => {
  const { row } = await read({ [ENDPOINT]: answer });
  expect(row.endpoints).toEqual({
    status: "known",
    list: [{ name: "churn", health, versions: ["1"], ...more }],
  });
});

test("an endpoint that somebody deleted is missing", async () => {
  const { row } = await read({ [ENDPOINT]: absent });
  expect(row.endpoints).toMatchObject({ list: [{ health: "missing", versions: [] }] });
});

test("drift, an alert that cannot look, and one that never looked", async () => {
  const evaluation = (state: string): Reply => ({ body: { evaluation: { state } } });
  expect((await read({ [ALERT]: evaluation("TRIGGERED") })).row.drift).toMatchObject({
    state: "drifted",
  });
  expect((await read({ [ALERT]: evaluation("ERROR") })).row.drift).toMatchObject({
    state: "error",
  });
  expect((await read({ [ALERT]: evaluation("UNKNOWN") })).row.drift).toMatchObject({
    state: "not evaluated",
  });
  expect((await read({ [ALERT]: absent })).row.drift).toMatchObject({ status: "unknown" });
});

test("a warehouse that has stopped is started only if that is asked for", async () => {
  const stopped = { [WAREHOUSE]: { body: { state: "STOPPED" } } };
  const { row, received } = await read(stopped);
  expect(row.drift).toMatchObject({
    state: "ok",
    scoreReason: "the warehouse has stopped; --drift starts it",
  });
  expect(received.map(({ path }) => path)).not.toContain(STATEMENTS);
  expect((await read(stopped, {}, true)).row.drift).toMatchObject({ score: 0.0312 });
});

test("a score that cannot be read takes nothing else away", async () => {
  const { row } = await read({
    [STATEMENTS]: { body: { status: { state: "FAILED", error: { message: "no such table" } } } },
  });
  expect(row.drift).toMatchObject({
    state: "ok",
    scoreReason: "The query ended as FAILED: no such table",
  });
});

test("without its workspace, a model is what the state says, and the rest is unknown", () => {
  const unknown = { status: "unknown", reason: "it is down" };
  expect(unreadModel(churn, "it is down")).toEqual({
    ...{ name: "churn", registeredModel: MODEL, owner: "growth" },
    ...{ champion: unknown, challenger: unknown, gate: unknown },
    ...{ endpoints: unknown, drift: unknown },
  });
  expect(unreadModel({ ...churn, hasAlert: false }, "it is down").drift).toEqual({
    status: "not configured",
  });
});
