import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogOperations } from "../../../local/api/catalogs";
import { fileOperations } from "../../../local/api/files";
import { fileUploadOperations } from "../../../local/api/fileUploads";
import { schemaOperations } from "../../../local/api/schemas";
import { volumeOperations } from "../../../local/api/volumes";
import type { Method } from "../../../local/route";
import { createServer } from "../../../local/server";
import { volumeFolder } from "../../../local/unityCatalog/containers";
import { openWorkspace } from "./harness";

const uc = "/api/2.1/unity-catalog";
const operations = [
  ...catalogOperations,
  ...schemaOperations,
  ...volumeOperations,
  ...fileOperations,
  ...fileUploadOperations,
];
const files = "/api/2.0/fs/files/Volumes/ml/features/raw";
const directories = "/api/2.0/fs/directories/Volumes/ml/features/raw";

/** A workspace with the volume ml.features.raw, and a way to send bytes. */
async function open() {
  const { workspace, call } = openWorkspace(operations);
  await call("POST", `${uc}/catalogs`, { name: "ml" });
  await call("POST", `${uc}/schemas`, { catalog_name: "ml", name: "features" });
  await call("POST", `${uc}/volumes`, {
    catalog_name: "ml",
    schema_name: "features",
    name: "raw",
    volume_type: "MANAGED",
  });
  const server = createServer(workspace, operations);
  const send = async (
    method: Method,
    url: string,
    payload?: string,
    headers: Record<string, string> = {},
  ) => {
    const answer = await server.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${workspace.token}`,
        ...(payload === undefined ? {} : { "content-type": "application/octet-stream" }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, body: answer.body, headers: answer.headers };
  };
  return { workspace, send, folder: volumeFolder(workspace, "ml.features.raw") };
}

describe("a file", () => {
  test("is written with the folders above it, read back, and deleted", async () => {
    const { send, folder } = await open();
    expect((await send("PUT", `${files}/a/b.txt`, "hello")).status).toBe(204);
    expect(readFileSync(join(folder, "a", "b.txt"), "utf8")).toBe("hello");
    expect(await send("GET", `${files}/a/b.txt`)).toMatchObject({ status: 200, body: "hello" });
    const { headers } = await send("HEAD", `${files}/a/b.txt`);
    expect(headers).toMatchObject({
      "content-length": "5",
      "content-type": "application/octet-stream",
    });
    expect((await send("DELETE", `${files}/a/b.txt`)).status).toBe(204);
    expect((await send("GET", `${files}/a/b.txt`)).status).toBe(404);
  });

  test("is replaced only when asked to, and never by a folder", async () => {
    const { send } = await open();
    await send("PUT", `${files}/a`, "one");
    expect(await send("PUT", `${files}/a`, "two")).toMatchObject({ status: 409 });
    expect((await send("GET", `${files}/a`)).body).toBe("one");
    expect((await send("PUT", `${files}/a?overwrite=true`, "three")).status).toBe(204);
    expect((await send("GET", `${files}/a`)).body).toBe("three");
    expect((await send("PUT", `${files}/a/b`, "x")).status).toBe(409);
    expect((await send("PUT", `${directories}/a`)).status).toBe(409);
  });

  test("leaves nothing behind beside the volume", async () => {
    const { send, workspace } = await open();
    await send("PUT", `${files}/a`, "one");
    await send("PUT", `${files}/a`, "two");
    expect(readdirSync(join(workspace.root, "lakehouse", "uploads"))).toEqual([]);
  });

  test.each([
    ["bytes=1-3", "bytes 1-3/6", "bcd"],
    ["bytes=4-", "bytes 4-5/6", "ef"],
    ["bytes=-2", "bytes 4-5/6", "ef"],
    ["bytes=0-99", "bytes 0-5/6", "abcdef"],
  ])("is read from '%s'", async (range, contentRange, body) => {
    const { send } = await open();
    await send("PUT", `${files}/a`, "abcdef");
    const answer = await send("GET", `${files}/a`, undefined, { range });
    expect(answer).toMatchObject({ status: 206, body });
    expect(answer.headers["content-range"]).toBe(contentRange);
  });

  test("has no range beyond its end", async () => {
    const { send } = await open();
    await send("PUT", `${files}/a`, "abcdef");
    expect((await send("GET", `${files}/a`, undefined, { range: "bytes=6-" })).status).toBe(416);
  });
});

describe("a path", () => {
  test.each([
    "..%2F..%2Ftoken",
    "a%2F..%2F..%2F..%2Ftoken",
    "%2E%2E/x",
    "a//b",
    "a%00b",
    "link/passwd",
    "link",
  ])("that leaves its volume is refused: %s", async (path) => {
    const { send, folder } = await open();
    symlinkSync("/etc", join(folder, "link"));
    for (const method of ["GET", "PUT", "DELETE"] as const) {
      const { status } = await send(method, `${files}/${path}`, method === "PUT" ? "x" : undefined);
      expect([400, 404, 501]).toContain(status);
    }
    expect(existsSync("/etc/x")).toBe(false);
    expect(readdirSync(folder)).toEqual(["link"]);
  });

  test("in a volume that does not exist is not found", async () => {
    const { send } = await open();
    expect((await send("PUT", `${files}2/a`, "x")).status).toBe(404);
    expect((await send("GET", "/api/2.0/fs/directories/Volumes/ml/features/raw2")).status).toBe(
      404,
    );
    expect((await send("GET", "/api/2.0/fs/directories/Volumes/ml")).status).toBe(400);
  });
});

describe("a directory", () => {
  test("is made, listed page by page, and deleted when it is empty", async () => {
    const { send, folder } = await open();
    await send("PUT", `${directories}/d/e`);
    writeFileSync(join(folder, "d", "f"), "12");
    const first = await send("GET", `${directories}/d?page_size=1`);
    const page: unknown = JSON.parse(first.body);
    expect(page).toMatchObject({
      contents: [{ name: "e", path: "/Volumes/ml/features/raw/d/e", is_directory: true }],
    });
    const { next_page_token: token } = page as { next_page_token: string };
    const second: unknown = JSON.parse(
      (await send("GET", `${directories}/d?page_size=1&page_token=${token}`)).body,
    );
    expect(second).toMatchObject({ contents: [{ name: "f", is_directory: false, file_size: 2 }] });
    expect(second).not.toHaveProperty("next_page_token");
    expect((await send("HEAD", `${directories}/d`)).status).toBe(200);
    expect((await send("HEAD", `${directories}/d/f`)).status).toBe(404);
    expect((await send("DELETE", `${directories}/d`)).status).toBe(400);
    expect((await send("DELETE", `${directories}/d/e`)).status).toBe(204);
    expect((await send("DELETE", directories)).status).toBe(400);
  });
});

describe("an upload in parts", () => {
  async function begun() {
    const { send, ...rest } = await open();
    const { body } = await send("POST", `${files}/big?action=initiate-upload`);
    const token = (JSON.parse(body) as { multipart_upload: { session_token: string } })
      .multipart_upload.session_token;
    const answer = await send(
      "POST",
      "/api/2.0/fs/create-upload-part-urls",
      JSON.stringify({
        path: "/Volumes/ml/features/raw/big",
        session_token: token,
        start_part_number: 1,
        count: 2,
        expire_time: new Date(Date.now() + 60_000).toISOString(),
      }),
      { "content-type": "application/json" },
    );
    const { upload_part_urls: links } = JSON.parse(answer.body) as {
      upload_part_urls: { url: string; part_number: number }[];
    };
    const sendPart = async (index: number, content: string) => {
      const { pathname, search } = new URL(links[index]?.url ?? "");
      const stored = await send("PUT", pathname + search, content, { authorization: "" });
      return { part_number: index + 1, etag: String(stored.headers.etag) };
    };
    const complete = (parts: object[]) =>
      send(
        "POST",
        `${files}/big?action=complete-upload&upload_type=multipart&session_token=${token}`,
        JSON.stringify({ parts }),
        { "content-type": "application/json" },
      );
    return { send, sendPart, complete, ...rest };
  }

  test("is there when it is completed, in the parts' order", async () => {
    const { send, sendPart, complete, workspace } = await begun();
    const second = await sendPart(1, "world");
    await sendPart(0, "lost in the net");
    const first = await sendPart(0, "hello ");
    expect((await send("GET", `${files}/big`)).status).toBe(404);
    expect((await complete([first, second])).status).toBe(200);
    expect((await send("GET", `${files}/big`)).body).toBe("hello world");
    expect(readdirSync(join(workspace.root, "lakehouse", "uploads"))).toEqual([]);
  });

  test("is refused with a part missing, or with another content than was sent", async () => {
    const { send, sendPart, complete } = await begun();
    const first = await sendPart(0, "hello ");
    const second = await sendPart(1, "world");
    expect((await complete([second])).status).toBe(400);
    expect((await complete([first, { ...second, etag: first.etag }])).status).toBe(400);
    expect((await complete([second, first])).status).toBe(400);
    expect((await send("GET", `${files}/big`)).status).toBe(404);
  });
});
