import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogOperations } from "../../../local/api/catalogs";
import { schemaOperations } from "../../../local/api/schemas";
import { volumeOperations } from "../../../local/api/volumes";
import { workspaceBindingOperations } from "../../../local/api/workspaceBindings";
import { openWorkspace, type Harness } from "./harness";

const uc = "/api/2.1/unity-catalog";
const open = () =>
  openWorkspace([
    ...catalogOperations,
    ...schemaOperations,
    ...volumeOperations,
    ...workspaceBindingOperations,
  ]);

async function openWithSchema(): Promise<Harness> {
  const harness = open();
  await harness.call("POST", `${uc}/catalogs`, { name: "ml" });
  await harness.call("POST", `${uc}/schemas`, { catalog_name: "ml", name: "features" });
  return harness;
}

const volume = { catalog_name: "ml", schema_name: "features", name: "raw", volume_type: "MANAGED" };

describe("catalogs", () => {
  test("a new catalog has the schema default, and reads back what was set", async () => {
    const { call, tables } = open();
    const made = await call("POST", `${uc}/catalogs`, {
      name: "Ml",
      comment: "models",
      properties: { team: "data-science" },
    });
    expect(made).toMatchObject({
      status: 200,
      body: { name: "ml", comment: "models", owner: "local.admin@example.com" },
    });
    expect((await call("GET", `${uc}/catalogs/ML`)).body).toEqual(made.body);
    expect(tables.schemas).toContain("ml.default");
    expect((await call("GET", `${uc}/schemas?catalog_name=ml`)).body).toMatchObject({
      schemas: [{ full_name: "ml.default" }],
    });
  });

  test("a second one of the same name is refused", async () => {
    const { call } = open();
    await call("POST", `${uc}/catalogs`, { name: "ml" });
    expect(await call("POST", `${uc}/catalogs`, { name: "ML" })).toMatchObject({
      status: 400,
      body: { error_code: "CATALOG_ALREADY_EXISTS" },
    });
  });

  test.each(["a.b", "a b", "a/b", "", "x".repeat(256)])(
    "the name '%s' is refused",
    async (name) => {
      const { call } = open();
      expect(await call("POST", `${uc}/catalogs`, { name })).toMatchObject({
        status: 400,
        body: { error_code: "INVALID_PARAMETER_VALUE" },
      });
    },
  );

  test("fields that would have no effect are refused by name", async () => {
    const { call } = open();
    expect(await call("POST", `${uc}/catalogs`, { name: "ml", share_name: "x" })).toMatchObject({
      status: 501,
      body: { message: expect.stringContaining("'share_name'") as unknown },
    });
    await call("POST", `${uc}/catalogs`, { name: "ml" });
    expect(
      await call("PATCH", `${uc}/catalogs/ml`, { enable_predictive_optimization: "ENABLE" }),
    ).toMatchObject({ status: 501 });
    expect(
      await call("PATCH", `${uc}/catalogs/ml`, { enable_predictive_optimization: "INHERIT" }),
    ).toMatchObject({ status: 200 });
  });

  test("an isolated catalog can be read only when bound to the workspace", async () => {
    const { call } = open();
    await call("POST", `${uc}/catalogs`, { name: "ml" });
    await call("PATCH", `${uc}/catalogs/ml`, { isolation_mode: "ISOLATED" });
    expect(await call("GET", `${uc}/catalogs/ml`)).toMatchObject({ status: 403 });
    expect((await call("GET", `${uc}/catalogs`)).body).toEqual({ catalogs: [] });
    await call("PATCH", `${uc}/bindings/catalog/ml`, { add: [{ workspace_id: 1 }] });
    expect(await call("GET", `${uc}/catalogs/ml`)).toMatchObject({ status: 200 });
    expect((await call("GET", `${uc}/workspace-bindings/catalogs/ml`)).body).toEqual({
      workspaces: [1],
    });
    expect(
      await call("PATCH", `${uc}/bindings/catalog/ml`, { add: [{ workspace_id: 2 }] }),
    ).toMatchObject({ status: 400 });
  });

  test("is deleted with what is in it only when forced", async () => {
    const { call, tables, workspace } = await openWithSchema();
    await call("POST", `${uc}/volumes`, volume);
    expect(await call("DELETE", `${uc}/catalogs/ml`)).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_STATE" },
    });
    expect(await call("DELETE", `${uc}/catalogs/ml?force=true`)).toMatchObject({ status: 200 });
    expect(tables.schemas.size).toBe(0);
    expect(existsSync(join(workspace.root, "lakehouse/volumes/ml/features/raw"))).toBe(false);
    expect(await call("GET", `${uc}/catalogs/ml`)).toMatchObject({
      status: 404,
      body: { error_code: "CATALOG_DOES_NOT_EXIST", message: "Catalog 'ml' does not exist." },
    });
  });
});

describe("schemas", () => {
  test("keeps its id, owner and comment over an update and a restart", async () => {
    const harness = await openWithSchema();
    const before = (await harness.call("GET", `${uc}/schemas/ml.features`)).body;
    await harness.call("PATCH", `${uc}/schemas/ml.features`, { comment: "c", owner: "team" });
    harness.reopen();
    expect((await harness.call("GET", `${uc}/schemas/ml.features`)).body).toMatchObject({
      schema_id: (before as { schema_id: string }).schema_id,
      comment: "c",
      owner: "team",
    });
  });

  test("needs its catalog", async () => {
    const { call } = open();
    expect(await call("POST", `${uc}/schemas`, { catalog_name: "no", name: "s" })).toMatchObject({
      status: 404,
      body: { error_code: "CATALOG_DOES_NOT_EXIST" },
    });
  });

  test("one that holds a table says what it holds, and goes when forced", async () => {
    const { call, tables } = await openWithSchema();
    tables.put("ml.features.t", "id");
    expect(await call("DELETE", `${uc}/schemas/ml.features`)).toMatchObject({
      status: 400,
      body: {
        message:
          "Schema 'ml.features' is not empty. The schema has 1 tables(s), 0 functions(s), 0 volumes(s)",
      },
    });
    expect(await call("DELETE", `${uc}/schemas/ml.features?force=true`)).toMatchObject({
      status: 200,
    });
    expect(tables.tables.size).toBe(0);
    expect(await call("DELETE", `${uc}/schemas/ml.features`)).toMatchObject({ status: 404 });
  });

  test("lists in pages", async () => {
    const { call } = await openWithSchema();
    const list = `${uc}/schemas?catalog_name=ml&max_results=1`;
    const first = (await call("GET", list)).body as { next_page_token: string };
    expect(first).toMatchObject({ schemas: [{ name: "default" }] });
    const second = (await call("GET", `${list}&page_token=${first.next_page_token}`)).body;
    expect(second).toMatchObject({ schemas: [{ name: "features" }] });
    expect(second).not.toHaveProperty("next_page_token");
    expect(await call("GET", `${list}&page_token=nonsense`)).toMatchObject({ status: 400 });
  });
});

describe("volumes", () => {
  test("have a folder, which follows a rename and goes with the volume", async () => {
    const { call, workspace } = await openWithSchema();
    const folder = (name: string) => join(workspace.root, "lakehouse/volumes/ml/features", name);
    const made = await call("POST", `${uc}/volumes`, volume);
    expect(made).toMatchObject({ status: 200, body: { full_name: "ml.features.raw" } });
    writeFileSync(join(folder("raw"), "file"), "x");
    const renamed = await call("PATCH", `${uc}/volumes/ml.features.raw`, { new_name: "landing" });
    expect(renamed.body).toMatchObject({
      full_name: "ml.features.landing",
      volume_id: (made.body as { volume_id: string }).volume_id,
    });
    expect(existsSync(join(folder("landing"), "file"))).toBe(true);
    expect(await call("GET", `${uc}/volumes/ml.features.raw`)).toMatchObject({ status: 404 });
    await call("DELETE", `${uc}/volumes/ml.features.landing`);
    expect(existsSync(folder("landing"))).toBe(false);
  });

  test("external ones are refused", async () => {
    const { call } = await openWithSchema();
    expect(
      await call("POST", `${uc}/volumes`, { ...volume, volume_type: "EXTERNAL" }),
    ).toMatchObject({ status: 501 });
  });
});
