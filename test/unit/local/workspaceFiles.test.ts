import { describe, expect, test } from "vitest";
import { workspaceFileOperations } from "../../../local/api/workspaceFiles";
import { parseForm } from "../../../local/form";
import { openWorkspace } from "./harness";

const base64 = (text: string) => Buffer.from(text).toString("base64");

function open() {
  const harness = openWorkspace(workspaceFileOperations);
  const post = (name: string, body: unknown) =>
    harness.call("POST", `/api/2.0/workspace/${name}`, body);
  const get = (name: string, path: string, more = "") =>
    harness.call("GET", `/api/2.0/workspace/${name}?path=${encodeURIComponent(path)}${more}`);
  const put = (path: string, text: string, overwrite = false) =>
    post("import", { path, content: base64(text), format: "RAW", overwrite });
  return { ...harness, reopen: harness.reopen, post, get, put };
}

describe("a workspace file", () => {
  test("is read as it was written, also by the next process", async () => {
    const { post, get, put, reopen } = open();
    await post("mkdirs", { path: "/Shared/jobs/churn" });
    expect(await put("/Shared/jobs/churn/train.py", "print('ä')\n")).toMatchObject({ status: 200 });
    reopen();
    const { body } = await get("export", "/Workspace/Shared/jobs/churn/train.py");
    expect(body).toMatchObject({ content: base64("print('ä')\n"), file_type: "py" });
  });

  test("keeps its id and creation time when overwritten", async () => {
    const { get, put } = open();
    await put("/Shared/a.txt", "one");
    const before = (await get("get-status", "/Shared/a.txt")).body;
    await put("/Shared/a.txt", "three", true);
    const { body } = await get("get-status", "/Shared/a.txt");
    expect(body).toMatchObject({ size: 5, object_type: "FILE" });
    expect(pick(body, "object_id", "created_at")).toEqual(pick(before, "object_id", "created_at"));
  });

  test("answers to both forms of its path in the form asked for", async () => {
    const { get, put } = open();
    await put("/Workspace/Shared/a.txt", "");
    expect((await get("get-status", "/Shared/a.txt")).body).toMatchObject({
      path: "/Shared/a.txt",
    });
    expect((await get("list", "/Workspace/Shared")).body).toMatchObject({
      objects: [{ path: "/Workspace/Shared/a.txt", size: 0 }],
    });
  });

  test.each([
    ["an existing file", "/Shared/a.txt", 400, "RESOURCE_ALREADY_EXISTS", false],
    ["a folder", "/Shared", 400, "INVALID_PARAMETER_VALUE", true],
    ["a missing folder", "/Shared/none/a.txt", 404, "RESOURCE_DOES_NOT_EXIST", false],
    ["a file as folder", "/Shared/a.txt/b", 404, "RESOURCE_DOES_NOT_EXIST", false],
    ["a relative path", "Shared/b.txt", 400, "INVALID_PARAMETER_VALUE", false],
    ["a way out", "/Shared/../../token", 400, "INVALID_PARAMETER_VALUE", false],
  ])("is refused in place of %s", async (_what, path, status, error_code, overwrite) => {
    const { get, put } = open();
    await put("/Shared/a.txt", "before");
    expect(await put(path, "after", overwrite)).toMatchObject({ status, body: { error_code } });
    expect((await get("export", "/Shared/a.txt")).body).toMatchObject({
      content: base64("before"),
    });
  });

  test("larger than 10 MB is refused", async () => {
    const { put } = open();
    const { status, body } = await put("/Shared/big", "x".repeat(10 * 1024 * 1024 + 1));
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error_code: "MAX_NOTEBOOK_SIZE_EXCEEDED" },
    });
  });

  test("comes as a form too", async () => {
    const body = [
      "--b",
      'Content-Disposition: form-data; name="path"',
      "",
      "/Shared/a.bin",
      "--b",
      'Content-Disposition: form-data; name="content"; filename="content"',
      "Content-Type: application/octet-stream",
      "",
      "\u0000\r\n--x\u00ff",
      "--b--",
      "",
    ].join("\r\n");
    const form = await parseForm("multipart/form-data; boundary=b", Buffer.from(body, "latin1"));
    expect(form).toEqual({
      path: "/Shared/a.bin",
      content: Buffer.from("\u0000\r\n--x\u00ff", "latin1"),
    });
  });
});

describe("a notebook", () => {
  test("is what AUTO makes of a file with the header, and what SOURCE makes", async () => {
    const { get, post } = open();
    const content = base64("# Databricks notebook source\nprint(1)\n");
    await post("import", { path: "/Shared/auto.py", content, format: "AUTO" });
    await post("import", { path: "/Shared/n", content: base64("1"), language: "PYTHON" });
    for (const [path, text] of [
      ["/Shared/auto", "# Databricks notebook source\nprint(1)\n"],
      ["/Shared/n", "# Databricks notebook source\n1"],
    ] as const) {
      expect((await get("get-status", path)).body).toMatchObject({
        object_type: "NOTEBOOK",
        language: "PYTHON",
      });
      expect((await get("export", path)).body).toMatchObject({ content: base64(text) });
    }
  });

  test.each(["DBC", "HTML", "JUPYTER", "R_MARKDOWN"])("is not taken as %s", async (format) => {
    const { post } = open();
    expect(await post("import", { path: "/Shared/x", content: "", format })).toMatchObject({
      status: 501,
    });
  });
});

describe("a folder", () => {
  test("is made with those above it, more than once", async () => {
    const { get, post } = open();
    await post("mkdirs", { path: "/Shared/a/b" });
    expect(await post("mkdirs", { path: "/Workspace/Shared/a/b/" })).toMatchObject({ status: 200 });
    expect((await get("list", "/Shared")).body).toMatchObject({
      objects: [{ path: "/Shared/a", object_type: "DIRECTORY" }],
    });
  });

  test("is not made where a file is", async () => {
    const { post, put } = open();
    await put("/Shared/a", "");
    expect(await post("mkdirs", { path: "/Shared/a/b" })).toMatchObject({
      status: 400,
      body: { error_code: "RESOURCE_ALREADY_EXISTS" },
    });
  });

  test("with something in it is only deleted when asked to", async () => {
    const { get, post, put, reopen } = open();
    await post("mkdirs", { path: "/Shared/a/b" });
    await put("/Shared/a/b/c", "");
    await put("/Shared/ab", "");
    expect(await post("delete", { path: "/Shared/a" })).toMatchObject({
      status: 400,
      body: { error_code: "DIRECTORY_NOT_EMPTY" },
    });
    await post("delete", { path: "/Shared/a", recursive: true });
    reopen();
    expect((await get("list", "/Shared")).body).toMatchObject({
      objects: [{ path: "/Shared/ab" }],
    });
    expect(await get("get-status", "/Shared/a/b/c")).toMatchObject({ status: 404 });
    expect(await post("delete", { path: "/Shared/a" })).toMatchObject({
      status: 404,
      body: { error_code: "RESOURCE_DOES_NOT_EXIST" },
    });
  });

  test("that every workspace has stays", async () => {
    const { post } = open();
    expect(await post("delete", { path: "/Shared", recursive: true })).toMatchObject({
      status: 400,
    });
  });
});

function pick(body: unknown, ...names: string[]): unknown {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => names.includes(name)));
}
