import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { operation } from "../../../local/route";
import { createServer } from "../../../local/server";
import { issue } from "../../../local/tokens";
import { openWorkspace } from "./harness";

/** A workspace that counts: over real HTTP, because a connection that breaks is what is tried here. */
async function open() {
  const { workspace } = openWorkspace([]);
  let count = 0;
  let at = 0;
  const server = createServer(workspace, [
    operation("GET /api/count", { answers: "raw", handle: () => ({ count }) }),
    operation("GET /api/file", {
      answers: "raw",
      handle: ({ reply }) => reply.type("text/plain").send(Readable.from(["x".repeat(5000)])),
    }),
    operation("POST /api/count", {
      answers: "raw",
      body: z.strictObject({ by: z.int() }),
      handle: ({ body }) => {
        at = Date.now();
        return { count: (count += body.by) };
      },
    }),
    operation("DELETE /api/count", {
      answers: "raw",
      handle: ({ reply }) => {
        count = 0;
        return reply.status(204).send();
      },
    }),
  ]);
  const host = await server.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  const call = async (method: string, path: string, body?: unknown, token = workspace.token) => {
    const answer = await fetch(host + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, headers } = answer;
    return { status, headers, text: await answer.text() };
  };
  const add = () => call("POST", "/api/count", { by: 1 });
  const put = async (plan: object, token?: string) => {
    const { status, text } = await call("PUT", "/local/faults", plan, token);
    return { status, said: JSON.parse(text) as unknown };
  };
  const on = async (...rules: object[]) => {
    expect(await put({ rules })).toMatchObject({ status: 200 });
  };
  return { workspace, call, add, put, on, counted: () => count, changedAt: () => at };
}

const everything = [200, 200, 200, 200];

test("a status is answered as Databricks does, and the request has no effect", async () => {
  const { add, on, counted } = await open();
  await on({ kind: "status", status: 429, retryAfter: 2 });
  const { status, headers, text } = await add();
  expect(status).toBe(429);
  expect(headers.get("retry-after")).toBe("2");
  expect(JSON.parse(text)).toEqual({
    error_code: "REQUEST_LIMIT_EXCEEDED",
    message: "A fault that was switched on.",
    details: [],
  });
  expect(counted()).toBe(0);
});

test("after the handler, the effect stays and the answer is lost", async () => {
  const { add, on, counted } = await open();
  await on(
    { kind: "status", status: 500, when: "after", count: 1 },
    { kind: "drop", when: "after", count: 1 },
    { kind: "truncate", count: 1 },
  );
  expect((await add()).status).toBe(500);
  await expect(add()).rejects.toThrow();
  await expect(add()).rejects.toThrow();
  expect(counted()).toBe(3);
  expect(await add()).toMatchObject({ status: 200, text: '{"count":4}' });
});

test("before the handler, a connection that breaks has no effect", async () => {
  const { add, on, counted } = await open();
  await on({ kind: "drop", count: 1 });
  await expect(add()).rejects.toThrow("fetch failed");
  expect(counted()).toBe(0);
  expect((await add()).status).toBe(200);
});

test.each([
  ["GET", "/api/file"],
  ["DELETE", "/api/count"],
])("an answer that is a stream or empty can be lost, too: %s %s", async (method, path) => {
  const { call, on } = await open();
  await on(
    { kind: "truncate", count: 1 },
    { kind: "drop", when: "after", count: 1 },
    { kind: "status", status: 503, when: "after", count: 1 },
  );
  await expect(call(method, path)).rejects.toThrow();
  await expect(call(method, path)).rejects.toThrow();
  expect(await call(method, path)).toMatchObject({
    status: 503,
    text: expect.stringContaining("TEMPORARILY_UNAVAILABLE") as unknown,
  });
  expect((await call(method, path)).status).toBeLessThan(205);
});

test.each(["before", "after"])("an answer comes late, delayed %s the effect", async (when) => {
  const { add, on, changedAt } = await open();
  await on({ kind: "delay", delay: 200, when });
  const begun = Date.now();
  expect((await add()).status).toBe(200);
  const waited = when === "before" ? changedAt() - begun : Date.now() - changedAt();
  // Timers may come a millisecond early.
  expect(waited).toBeGreaterThan(195);
});

test("any body can be answered, also one that is no JSON", async () => {
  const { call, on } = await open();
  await on(
    { kind: "status", status: 200, body: "<html>sign in</html>", count: 1 },
    { kind: "status", status: 200, body: { version: null } },
  );
  const page = await call("GET", "/api/count");
  expect(page.text).toBe("<html>sign in</html>");
  expect(page.headers.get("content-type")).toContain("text/html");
  expect((await call("GET", "/api/count")).text).toBe('{"version":null}');
});

test("a stale read is what was read before, once for each time that it strikes", async () => {
  const { add, call, on } = await open();
  const read = async () => (await call("GET", "/api/count")).text;
  await on({ kind: "stale", path: "/api/count", count: 1 });
  expect(await read()).toBe('{"count":0}');
  expect(await read()).toBe('{"count":0}');
  await add();
  expect(await read()).toBe('{"count":0}');
  expect(await read()).toBe('{"count":1}');
  expect(JSON.parse((await call("GET", "/local/faults")).text)).toMatchObject({
    everyone: { rules: [{ kind: "stale", seen: 4, struck: 1 }] },
  });
});

test("method, path, offset and count say which requests", async () => {
  const { call, add, on } = await open();
  const fault = { kind: "status", status: 500 };
  const statuses = async () => {
    const found = [];
    for (let n = 0; n < 4; n++) found.push((await add()).status);
    return found;
  };
  await on({ ...fault, method: "GET" });
  expect(await statuses()).toEqual(everything);
  expect((await call("GET", "/api/count?x=1")).status).toBe(500);
  await on({ ...fault, path: "/api/*nt", offset: 1, count: 2 });
  expect(await statuses()).toEqual([200, 500, 500, 200]);
  await on({ ...fault, path: "/api/coun" });
  expect(await statuses()).toEqual(everything);
  await on({ ...fault, path: "/api.count" });
  expect(await statuses()).toEqual(everything);
});

test("a share of the requests is struck, and the same ones for the same seed", async () => {
  const { add, put } = await open();
  const struck = async (seed: number) => {
    const rules = [
      { kind: "status", status: 500, probability: 0.1 },
      { kind: "status", status: 503, probability: 0.1 },
    ];
    await put({ seed, rules });
    const found = [];
    for (let n = 0; n < 200; n++) found.push((await add()).status);
    return found;
  };
  const first = await struck(7);
  expect(await struck(7)).toEqual(first);
  expect(await struck(8)).not.toEqual(first);
  for (const status of [500, 503]) {
    const share = first.filter((one) => one === status).length / first.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.15);
  }
});

test("off means off, and what the rules have done can be read", async () => {
  const { call, add, on } = await open();
  const shown = async () => JSON.parse((await call("GET", "/local/faults")).text) as unknown;
  expect(await shown()).toEqual({});
  await on({ kind: "drop", offset: 5 });
  await add();
  expect(await shown()).toEqual({
    everyone: {
      seed: 1,
      rules: [
        {
          ...{ kind: "drop", path: "*", offset: 5, probability: 1, when: "before" },
          ...{ seen: 1, struck: 0 },
        },
      ],
    },
  });
  expect((await call("DELETE", "/local/faults")).status).toBe(200);
  expect(await shown()).toEqual({});
  expect((await add()).status).toBe(200);
});

test("the call that switches faults is never struck", async () => {
  const { call, on } = await open();
  await on({ kind: "drop" });
  await on({ kind: "status", status: 500, path: "/local/*" });
  expect((await call("DELETE", "/local/faults")).status).toBe(200);
});

test("one caller's faults are no one else's", async () => {
  const { workspace, call, put } = await open();
  const oauth = (client: string, seconds = 60) =>
    issue(workspace.token, workspace.url, { sub: client }, seconds);
  const rules = [{ kind: "status", status: 500 }];
  expect(await put({ scope: "caller", rules }, oauth("one"))).toMatchObject({ status: 200 });
  const read = async (token: string) => (await call("GET", "/api/count", undefined, token)).status;
  // Another token of the same client, as a sign-in gets it after an hour.
  expect(await read(oauth("one", 90))).toBe(500);
  expect(await read(oauth("two"))).toBe(200);
  expect(await read(workspace.token)).toBe(200);
  expect((await call("GET", "/local/faults", undefined, oauth("two"))).text).toBe("{}");
  await call("DELETE", "/local/faults", undefined, oauth("one"));
  expect(await read(oauth("one"))).toBe(500);
  await call("DELETE", "/local/faults?scope=caller", undefined, oauth("one"));
  expect(await read(oauth("one"))).toBe(200);
});

test("who is not signed in neither switches faults nor meets them", async () => {
  const { call, on } = await open();
  for (const method of ["GET", "PUT", "DELETE"]) {
    expect((await call(method, "/local/faults", undefined, "dapi-other")).status).toBe(401);
  }
  await on({ kind: "status", status: 500 });
  expect((await call("GET", "/api/count", undefined, "dapi-other")).status).toBe(401);
  expect((await call("GET", "/api/count", undefined, "a.b.c")).status).toBe(401);
});

test.each([
  [{ rules: [] }, 400, "rules: "],
  [{ rules: [{ kind: "explode" }] }, 400, "rules.0.kind: "],
  [{ rules: [{ kind: "status" }] }, 400, "rules.0.status: "],
  [{ rules: [{ kind: "status", status: 99 }] }, 400, "rules.0.status: "],
  [{ rules: [{ kind: "drop", probability: 0 }] }, 400, "rules.0.probability: "],
  [{ rules: [{ kind: "drop", path: "api" }] }, 400, "rules.0.path: must begin with / or *"],
  [{ rules: [{ kind: "drop", status: 500 }] }, 501, "field 'rules.0.status'"],
  [{ rules: [{ kind: "truncate", when: "before" }] }, 400, "rules.0.when: "],
  [{ rules: [{ kind: "stale", method: "PUT" }] }, 400, "rules.0.method: "],
  [{ seed: -1, rules: [{ kind: "drop" }] }, 400, "seed: "],
])("%j is refused with what is wrong, and changes nothing", async (plan, status, message) => {
  const { put, call } = await open();
  const refusal = await put(plan);
  expect(refusal).toMatchObject({
    status,
    said: { message: expect.stringContaining(message) as unknown },
  });
  expect((await call("GET", "/local/faults")).text).toBe("{}");
});
