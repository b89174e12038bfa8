import { createServer, type IncomingMessage } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { notificationDestinationOperations } from "../../../../local/api/notificationDestinations";
import { senderOf } from "../../../../local/notifications/deliver";
import { sentNotifications, type Message } from "../../../../local/notifications/records";
import { postWebhook } from "../../../../local/notifications/webhook";
import { openWorkspace } from "../harness";
import { mailsOf } from "./mails";

const path = "/api/2.0/notification-destinations";
const message: Message = {
  about: { kind: "alert", alert_id: "a1", state: "TRIGGERED" },
  summary: "drift – größer",
  text: "Value: 0.5",
  html: "<p>Value: 0.5</p>",
  payload: { event: "alert_state_change", url_base: "http://127.0.0.1:1" },
};

interface Received {
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
}

/** A double of somebody's webhook: notes calls, and answers with these statuses, the last one for ever. */
async function webhook(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const status = statuses[received.length] ?? statuses.at(-1) ?? 200;
      received.push({ body, headers: request.headers });
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const address = z.object({ port: z.number() }).parse(server.address());
  return { received, close, url: `http://127.0.0.1:${address.port}/s3cr3t-path` };
}

async function open(url: string, more: object = {}) {
  const harness = openWorkspace(notificationDestinationOperations);
  const answer = await harness.call("POST", path, {
    display_name: "hook",
    config: { generic_webhook: { url, ...more } },
  });
  const destination_id = z.looseObject({ id: z.string() }).parse(answer.body).id;
  const outcome = () => {
    const [last] = sentNotifications(harness.workspace);
    return { status: last?.status, detail: last?.detail };
  };
  const send = () => senderOf(harness.workspace).notify([{ destination_id }], message);
  return { harness, destination_id, send, outcome };
}

const waiting = { timeout: 10_000 };

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a webhook", () => {
  test("gets the payload as JSON, with its user's name and password", async () => {
    const { received, url } = await webhook(200);
    const { send, outcome } = await open(url, { username: "me", password: "p4ss:w" });
    await send();
    await expect.poll(outcome, waiting).toEqual({ status: "SENT", detail: "HTTP 200" });
    expect(received).toMatchObject([
      {
        body: message.payload,
        headers: {
          "content-type": "application/json",
          authorization: `Basic ${Buffer.from("me:p4ss:w").toString("base64")}`,
        },
      },
    ]);
  });

  const post = (url: string) =>
    postWebhook({ url }, message.payload, new AbortController().signal, 1);

  test("is called again after 5xx and 429, four times at most", async () => {
    const twice = await webhook(503, 429, 204);
    expect(await post(twice.url)).toEqual({ sent: true, detail: "HTTP 204" });
    expect(twice.received).toHaveLength(3);
    const never = await webhook(500);
    expect(await post(never.url)).toEqual({ sent: false, detail: "HTTP 500" });
    expect(never.received).toHaveLength(4);
  });

  test.each([404, 401, 302])("is not called again after %s", async (status) => {
    const { received, url } = await webhook(status);
    expect(await post(url)).toEqual({ sent: false, detail: `HTTP ${status}` });
    expect(received).toHaveLength(1);
  });

  test("that is not there leaves a reason without its URL", async () => {
    const { url, close } = await webhook();
    close();
    expect(await post(url)).toEqual({ sent: false, detail: "cannot be reached: ECONNREFUSED" });
  });

  test("that refuses leaves no secret in the records or the log", async () => {
    const log = vi.spyOn(console, "error");
    const { url } = await webhook(404);
    const { harness, send, outcome } = await open(url);
    await send();
    await expect.poll(outcome, waiting).toEqual({ status: "FAILED", detail: "HTTP 404" });
    expect(log).not.toHaveBeenCalled();
    expect(JSON.stringify(sentNotifications(harness.workspace))).not.toContain("s3cr3t");
  });

  test("keeps the parts of its secret that are not sent again, unreadable on disk", async () => {
    const { received, url } = await webhook(200);
    const { harness, destination_id, send, outcome } = await open("http://127.0.0.1:9/old", {
      username: "me",
      password: "p4ssw0rd",
    });
    await harness.call("PATCH", `${path}/${destination_id}`, {
      config: { generic_webhook: { url } },
    });
    await send();
    await expect.poll(outcome, waiting).toMatchObject({ status: "SENT" });
    expect(received[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("me:p4ssw0rd").toString("base64")}`,
    );
    harness.workspace.store.close();
    const disk = readFileSync(join(harness.workspace.root, "workspace.db"), "latin1");
    expect(disk).not.toMatch(/p4ssw0rd|s3cr3t-path/);
    harness.reopen();
  });

  test("is called at the next start when the workspace ended before", async () => {
    const { received, url } = await webhook(503, 200);
    const { harness, send, outcome } = await open(url);
    await send();
    await senderOf(harness.workspace).close();
    // Long enough for another attempt, had it not been given up.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(outcome()).toEqual({ status: "PENDING", detail: undefined });
    harness.reopen();
    await senderOf(harness.workspace).resume();
    await expect.poll(outcome, waiting).toMatchObject({ status: "SENT" });
    expect(received.map(({ body }) => body)).toContainEqual(message.payload);
  });

  test("that was deleted is told of as not sent", async () => {
    const { harness, destination_id, send, outcome } = await open("http://127.0.0.1:9");
    await harness.call("DELETE", `${path}/${destination_id}`);
    await send();
    expect(outcome()).toEqual({
      status: "NOT_SENT",
      detail: "There is no such notification destination any more.",
    });
  });
});

describe("a mail", () => {
  test("is a file of its own, with text and HTML, and keeps every letter", async () => {
    const { workspace } = openWorkspace([]);
    await senderOf(workspace).notify([{ emails: ["a@example.com", "b@example.com"] }], message);
    const [mail] = mailsOf(workspace);
    expect(mail?.to).toBe("a@example.com, b@example.com");
    expect(Buffer.from(mail?.subject ?? "", "latin1").toString()).toBe("drift – größer");
    expect(mail?.source).toMatch(/^From: .*<workspace@localhost>\r\n/);
    expect(mail?.source).toMatch(/\r\nMessage-ID: <\d+@localhost>\r\nDate: [^\r]+\r\n/);
    expect(mail?.source).toMatch(
      /text\/plain[\s\S]*Value: 0.5[\s\S]*text\/html[\s\S]*<p>Value: 0.5/,
    );
  });

  test("that was noted when the workspace ended is written at the next start, once", async () => {
    const harness = openWorkspace([]);
    await senderOf(harness.workspace).notify([{ emails: ["a@example.com"] }], message);
    // The record as a process that was killed while it wrote has left it.
    const noted = harness.workspace.store.collection(
      "notifications",
      z.looseObject({ id: z.string() }),
    );
    for (const one of noted.list()) noted.put(one.id, { ...one, status: "PENDING" });
    harness.reopen();
    await senderOf(harness.workspace).resume();
    expect(mailsOf(harness.workspace)).toHaveLength(1);
    expect(sentNotifications(harness.workspace)).toMatchObject([{ status: "SENT" }]);
  });
});
