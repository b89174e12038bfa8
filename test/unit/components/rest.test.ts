import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, expect, test, vi } from "vitest";
import { callWorkspace, type Call } from "../../../components/workspace/rest";
import { refusal, startHttpDouble, type Reply } from "../httpDouble";

const TOKEN = "dapi-never-shown";
const GET: Call = { method: "GET", path: "/api/2.0/things/get?id=7" };

afterEach(() => {
  vi.restoreAllMocks();
});

/** Tells the timers of this file's calls from those that other files' calls have left behind. */
const here = new AsyncLocalStorage<true>();

/** Calls a double that answers with `replies` in turn, the last one for ever. */
async function call(replies: readonly [Reply, ...Reply[]], what: Call = GET) {
  const double = await startHttpDouble(
    (_request, count) => replies[Math.min(count, replies.length) - 1] ?? replies[0],
  );
  const answer = here.run(true, () => callWorkspace({ host: double.host, token: TOKEN }, what));
  const outcome = await answer.then(
    (value) => ({ value, message: undefined }),
    (error: unknown) => ({ value: undefined, message: String(error) }),
  );
  expect(outcome.message ?? "").not.toContain(TOKEN);
  return { ...double, ...outcome };
}

/** Makes the pauses of `callWorkspace` a millisecond long and returns how long they would have been. */
function shortPauses(): number[] {
  const pauses: number[] = [];
  const original = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation((then, milliseconds = 0) => {
    // Node's own HTTP client sets timers too.
    const ours = here.getStore() && new Error().stack?.includes("components/workspace/rest");
    if (ours) pauses.push(milliseconds);
    return original(then, ours ? 1 : milliseconds);
  });
  return pauses;
}

const throttled = (status: number, retryAfter: string): Reply => ({
  status,
  body: { error_code: "X", message: "slow down" },
  headers: { "retry-after": retryAfter },
});

test("an answer is parsed, and the call carries method, query, token and body", async () => {
  const body = { name: "ml.models.churn", version: 3 };
  const post: Call = { method: "POST", path: "/api/2.0/things/set?dry=1", body };
  const { value, received } = await call([{ body: { done: true } }], post);
  expect(value).toEqual({ done: true });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    method: "POST",
    path: "/api/2.0/things/set",
    query: { dry: "1" },
    body,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
  });
});

test("an empty answer is an empty object", async () => {
  expect((await call([{ body: "" }])).value).toEqual({});
});

test.each([429, 500, 502, 503, 504])("%d is tried again until it works", async (status) => {
  const { value, received } = await call([
    refusal(status, "X", "later"),
    refusal(status, "X", "later"),
    { body: { fine: true } },
  ]);
  expect(value).toEqual({ fine: true });
  expect(received).toHaveLength(3);
});

test.each([400, 401, 403, 409, 501])("%d is final", async (status) => {
  const { message, host, received } = await call([refusal(status, "X", 'not "so"')]);
  expect(message).toContain(`${host} answered GET /api/2.0/things/get with ${status}: not`);
  expect(received).toHaveLength(1);
});

test("five attempts at most, with growing pauses, and then the last answer's message", async () => {
  const pauses = shortPauses();
  const { message, received } = await call([{ status: 503, body: { message: "still starting" } }]);
  expect(message).toContain("with 503: still starting");
  expect(received).toHaveLength(5);
  expect(pauses).toEqual([200, 400, 800, 1600]);
});

test("Retry-After is the pause, up to half a minute; a date is no number of seconds", async () => {
  const pauses = shortPauses();
  await call([
    throttled(429, "2"),
    throttled(503, "0.5"),
    throttled(429, "Wed, 21 Oct 2099 07:28:00 GMT"),
    { body: {} },
  ]);
  expect(pauses).toEqual([2000, 500, 800]);
  pauses.length = 0;
  await call([throttled(429, "3600"), { body: {} }]);
  expect(pauses).toEqual([30_000]);
});

test("a broken connection is tried again", async () => {
  shortPauses();
  const { value, received } = await call(["drop", { body: { fine: true } }]);
  expect(value).toEqual({ fine: true });
  expect(received).toHaveLength(2);
});

test("a workspace that is not there is named", async () => {
  shortPauses();
  const connection = { host: "http://127.0.0.1:1", token: TOKEN };
  await expect(here.run(true, () => callWorkspace(connection, GET))).rejects.toThrow(
    /^GET \/api\/2\.0\/things\/get at http:\/\/127\.0\.0\.1:1 failed: /,
  );
});

test("an answer that never comes is given up after half a minute, each time", async () => {
  shortPauses();
  const original = AbortSignal.timeout.bind(AbortSignal);
  const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => original(20));
  const { message, received } = await call(["hang"]);
  expect(message).toMatch(/GET \/api\/2\.0\/things\/get at .* failed: .*timeout/);
  expect(received).toHaveLength(5);
  expect(timeout).toHaveBeenCalledWith(30_000);
});

test("a 404 of Databricks means there is none", async () => {
  const { value, message } = await call([refusal(404, "RESOURCE_DOES_NOT_EXIST", "no")]);
  expect({ value, message }).toEqual({ value: undefined, message: undefined });
});

test.each(["<html>Not Found</html>", "", '{"detail":"Not Found"}'])(
  "a 404 of something else is an error: '%s'",
  async (body) => {
    const { message, received } = await call([{ status: 404, body }]);
    expect(message).toContain(`answered GET /api/2.0/things/get with 404: ${body}`);
    expect(received).toHaveLength(1);
  },
);

test("a page to sign in is an error, though it comes with 200", async () => {
  const { message, received } = await call([{ body: "<html>Sign in</html>" }]);
  expect(message).toContain(
    "answered GET /api/2.0/things/get with something that is not JSON: <html>Sign in</html>",
  );
  expect(received).toHaveLength(1);
});

test("a long page is cut", async () => {
  const { message } = await call([{ status: 400, body: "x".repeat(5000) }]);
  expect(message?.length).toBeLessThan(500);
});

test("a query may hold data, so messages name the path only", async () => {
  const { message } = await call([refusal(400, "X", "bad")]);
  expect(message).not.toContain("id=7");
});

test("a path that the server does not know is an error, not an absence", async () => {
  const { message } = await call([refusal(404, "ENDPOINT_NOT_FOUND", "No API found")]);
  expect(message).toContain("with 404: No API found");
});

test.each<[string, Reply]>([
  ["in an error", refusal(400, "X", `Bearer ${TOKEN} is not for you`)],
  ["where the message is cut", refusal(400, "X", `${"x".repeat(290)}${TOKEN}`)],
  ["in a page", { body: `<pre>authorization: Bearer ${TOKEN}</pre>` }],
])(
  "a server that echoes the token %s does not bring it into the message",
  async (_where, reply) => {
    const { message } = await call([reply]);
    expect(message).toContain("[token");
    expect(message).not.toContain(TOKEN.slice(0, 8));
  },
);

test("a token that no header takes is not shown by the refusal", async () => {
  shortPauses();
  const token = `${TOKEN}\nanother line`;
  const connection = { host: "http://127.0.0.1:1", token };
  const message = await here.run(true, () => callWorkspace(connection, GET)).catch(String);
  expect(message).toContain("[token]");
  expect(message).not.toContain(TOKEN);
});

test("a call is not begun when it would come too late", async () => {
  const double = await startHttpDouble(() => ({}));
  const until = () => Promise.resolve(performance.now());
  const late = callWorkspace({ host: double.host, token: TOKEN, until }, GET);
  await expect(late).rejects.toThrow(
    `GET /api/2.0/things/get at ${double.host} would come too late`,
  );
  expect(double.received).toEqual([]);
});

test.each<[string, Reply]>([
  ["waited for", "hang"],
  ["tried again", throttled(429, "1")],
])("a call is not %s when its time is over", async (_what, reply) => {
  const double = await startHttpDouble(() => reply);
  const end = performance.now() + 500;
  const until = () => Promise.resolve(end);
  const late = callWorkspace({ host: double.host, token: TOKEN, until }, GET);
  await expect(late).rejects.toThrow("would come too late");
  expect(double.received).toHaveLength(1);
});

test("whoever gives a call its time can end it", async () => {
  const double = await startHttpDouble(() => throttled(503, "0.001"));
  let asked = 0;
  const until = () =>
    ++asked === 3 ? Promise.reject(new Error("no more")) : Promise.resolve(Infinity);
  const ended = callWorkspace({ host: double.host, token: TOKEN, until }, GET);
  await expect(ended).rejects.toThrow("no more");
  expect(double.received).toHaveLength(2);
});
