import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { servingEndpointOperations } from "../../../local/api/servingEndpoints";
import { servingInvocationOperations } from "../../../local/api/servingInvocations";
import { clientRequestId } from "../../../local/serving/clientRequestId";
import { draw } from "../../../local/serving/invoke";
import { servingOf } from "../../../local/serving/modelServing";
import { RateLimits } from "../../../local/serving/rateLimits";
import { endpoints, type EndpointRecord } from "../../../local/serving/records";
import { requestTime } from "../../../local/serving/requestTime";
import { quantile } from "../../../local/serving/traffic";
import { openWorkspace, serve, type Harness } from "./harness";

const path = "/api/2.0/serving-endpoints";

const endpoint: EndpointRecord = {
  id: "1",
  name: "churn",
  creator: "me",
  creation_timestamp: 1,
  last_updated_timestamp: 1,
  tags: [],
  update: "NOT_UPDATING",
};

function open(): Harness {
  const harness = openWorkspace([...servingEndpointOperations, ...servingInvocationOperations]);
  serve(harness.workspace);
  return harness;
}

describe("the traffic split", () => {
  const routes = fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 5 })
    .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
    .map((points) =>
      points.slice(1).map((end, i) => ({
        name: String(i),
        percentage: end - (points[i] ?? 0),
      })),
    );

  test("gives every route its share of a hundred points", () => {
    fc.assert(
      fc.property(routes, (routes) => {
        const drawn = Array.from({ length: 100 }, (_, point) => draw(routes, point + 0.5));
        for (const { name, percentage } of routes)
          expect(drawn.filter((one) => one === name)).toHaveLength(percentage);
      }),
    );
  });
});

describe("rate limits", () => {
  const limited = (calls: number) => ({
    ...endpoint,
    ai_gateway: { rate_limits: [{ calls, renewal_period: "minute" as const }] },
  });

  test("refuse the call above the limit, and let it through a minute later", () => {
    const limits = new RateLimits();
    limits.count(limited(2), 0);
    limits.count(limited(2), 1000);
    expect(() => {
      limits.count(limited(2), 2000);
    }).toThrow("takes 2 requests a minute");
    limits.count(limited(2), 60_001);
  });

  test("do not concern an endpoint without them", () => {
    const limits = new RateLimits();
    for (let i = 0; i < 1000; i++) limits.count(endpoint, i);
  });
});

describe("the client's id of a request", () => {
  test.each([
    ['{"client_request_id": "a", "inputs": [NaN, -Infinity, Infinity]}', "a"],
    [
      '{"inputs": ["NaN \\"client_request_id\\""], "client_request_id": "NaN \\" \\\\"}',
      'NaN " \\',
    ],
    ['{"client_request_id": "\\ud800"}', "\ufffd"],
    ['{"client_request_id": 1}', undefined],
    ['{"inputs": {"client_request_id": "a"}}', undefined],
    ['{"client_request_id": ', undefined],
    ["client_request_id\na", undefined],
  ])("of %s is %s", (body, id) => {
    expect(clientRequestId(body)).toBe(id);
    expect(clientRequestId(Buffer.from(body))).toBe(id);
  });
});

describe("the time of a request", () => {
  const now = new Date("2026-11-21T12:00:00.000Z");

  test.each([
    [undefined, "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T13:00:00.123456+02:00", "2026-11-21T11:00:00.123Z"],
    ["2026-10-22T12:00:00Z", "2026-10-22T12:00:00.000Z"],
  ])("that says %s is %s", (header, time) => {
    expect(requestTime(header, now).toISOString()).toBe(time);
  });

  test.each([
    "2026-11-21T12:00:00.001Z",
    "2026-10-22T11:59:59Z",
    "2026-11-21T11:00:00",
    "2026-11-21",
    "1763726400",
    "",
    "2026-11-20T12:00:00Z, 2026-11-20T12:00:00Z",
  ])("cannot be '%s'", (header) => {
    expect(() => requestTime(header, now)).toThrow(`x-local-request-time is '${header}'; it must`);
  });
});

describe("the traffic of an endpoint", () => {
  const answered = (
    status: number,
    durationMs: number,
    second: number,
    servedEntity = "model-1",
  ) => ({
    ...{ status, durationMs, servedEntity },
    time: new Date(second * 1000),
  });

  test("is counted, with latencies of the newest requests, and kept", async () => {
    const { workspace, reopen } = open();
    endpoints(workspace).put("1", endpoint);
    expect(servingOf(workspace).traffic.of("1")).toMatchObject({ requests: 0, p95Ms: undefined });
    const { traffic } = servingOf(workspace);
    for (let i = 0; i < 3000; i++) traffic.add("1", answered(200, 9999, 1));
    for (let i = 1; i <= 1000; i++) traffic.add("1", answered(200, i, i, "model-2"));
    traffic.add("1", answered(400, 1, 5));
    const expected = {
      ...{ requests: 4001, errors: 1, p50Ms: 500, p95Ms: 950, lastRequest: new Date(1_000_000) },
      served: [
        { name: "model-1", requests: 3001, errors: 1 },
        { name: "model-2", requests: 1000, errors: 0 },
      ],
    };
    expect(servingOf(workspace).traffic.of("1")).toEqual(expected);
    await servingOf(workspace).stop();
    const again = reopen();
    serve(again);
    expect(servingOf(again).traffic.of("1")).toEqual(expected);
  });

  test("ends with the endpoint", async () => {
    const { call, workspace } = open();
    endpoints(workspace).put("1", endpoint);
    servingOf(workspace).traffic.add("1", answered(200, 1, 1));
    servingOf(workspace).traffic.save();
    await call("DELETE", `${path}/churn`);
    endpoints(workspace).put("1", endpoint);
    expect(servingOf(workspace).traffic.of("1").requests).toBe(0);
  });

  test("has quantiles that some request really had", () => {
    expect(quantile([], 0.95)).toBeUndefined();
    expect(quantile([7], 0.5)).toBe(7);
    expect(quantile([1, 2], 0.5)).toBe(1);
    expect(quantile([1, 2, 3], 0.95)).toBe(3);
  });
});

describe("serving endpoints", () => {
  test("without a configuration are there, and not ready", async () => {
    const { call } = open();
    await call("POST", path, { name: "churn", tags: [{ key: "team", value: "x" }] });
    expect((await call("GET", `${path}/churn`)).body).toMatchObject({
      name: "churn",
      state: { ready: "NOT_READY", config_update: "NOT_UPDATING" },
      tags: [{ key: "team", value: "x" }],
    });
    expect((await call("POST", "/serving-endpoints/churn/invocations", {})).body).toMatchObject({
      error_code: "INVALID_STATE",
    });
    expect((await call("POST", path, { name: "churn" })).body).toMatchObject({
      error_code: "RESOURCE_ALREADY_EXISTS",
    });
    const large = { inputs: "x".repeat(17 * 1024 * 1024) };
    expect(await call("POST", "/serving-endpoints/churn/invocations", large)).toMatchObject({
      ...{ status: 413, body: { error_code: "BAD_REQUEST" } },
    });
    await call("DELETE", `${path}/churn`);
    expect((await call("GET", `${path}/churn`)).status).toBe(404);
  });

  test.each([
    [{ name: "a b" }, 400, "letters, digits, dashes"],
    [{ name: "a", route_optimized: true }, 400, "route_optimized"],
    [{ name: "a", ai_gateway: { guardrails: {} } }, 501, "ai_gateway.guardrails"],
    [{ name: "a", config: { auto_capture_config: {} } }, 501, "config.auto_capture_config"],
    [{ name: "a", config: { served_entities: [] } }, 400, "at least one entity"],
    [
      {
        name: "a",
        config: {
          served_entities: [{ entity_name: "a.b.c", entity_version: "1", external_model: {} }],
        },
      },
      501,
      "external_model",
    ],
    [
      {
        name: "a",
        config: { served_entities: [{ entity_name: "a.b.c", entity_version: "champion" }] },
      },
      400,
      "'champion' of 'a.b.c' is not a version number",
    ],
    [
      {
        name: "a",
        config: {
          served_entities: [
            {
              entity_name: "a.b.c",
              entity_version: "1",
              environment_vars: { KEY: "{{secrets/s/k}}" },
            },
          ],
        },
      },
      501,
      "the secret in environment variable 'KEY'",
    ],
    [
      { name: "a", ai_gateway: { inference_table_config: { enabled: true } } },
      400,
      "needs catalog_name and schema_name",
    ],
    [
      {
        name: "a",
        ai_gateway: {
          inference_table_config: {
            ...{ enabled: true, catalog_name: "a", schema_name: "b", table_name_prefix: "c.d" },
          },
        },
      },
      400,
      "table_name_prefix 'c.d' must have",
    ],
  ])("refuse %j", async (body, status, message) => {
    const { call, workspace } = open();
    const answer = await call("POST", path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) as string });
    expect(endpoints(workspace).list()).toEqual([]);
  });

  test("take no second update while one is under way", async () => {
    const { call, workspace } = open();
    endpoints(workspace).put("1", { ...endpoint, update: "IN_PROGRESS" });
    const served_entities = [{ entity_name: "a.b.c", entity_version: "1" }];
    const answer = await call("PUT", `${path}/churn/config`, { served_entities });
    expect(answer).toMatchObject({ status: 409, body: { error_code: "RESOURCE_CONFLICT" } });
  });

  test("change their tags: added, replaced, deleted", async () => {
    const { call, workspace } = open();
    const tags = ["a", "b", "c"].map((key) => ({ key, value: "1" }));
    endpoints(workspace).put("1", { ...endpoint, tags });
    const change = { add_tags: [{ key: "b", value: "2" }], delete_tags: ["c"] };
    expect((await call("PATCH", `${path}/churn/tags`, change)).body).toEqual({
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
    });
  });
});
