import { describe, expect, test } from "vitest";
import { catalogOperations } from "../../../local/api/catalogs";
import { externalLocationOperations } from "../../../local/api/externalLocations";
import { grantOperations } from "../../../local/api/grants";
import { storageCredentialOperations } from "../../../local/api/storageCredentials";
import { workspaceBindingOperations } from "../../../local/api/workspaceBindings";
import { openWorkspace } from "./harness";

const uc = "/api/2.1/unity-catalog";
const connector = (name: string) =>
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/" +
  `Microsoft.Databricks/accessConnectors/${name}`;
const LAKE = "abfss://lake@mldev.dfs.core.windows.net/";

const credential = {
  name: "Lake",
  azure_managed_identity: { access_connector_id: connector("a") },
};
const location = { name: "Lake", url: LAKE, credential_name: "lake", comment: "All data" };

function open() {
  return openWorkspace([
    ...catalogOperations,
    ...externalLocationOperations,
    ...grantOperations,
    ...storageCredentialOperations,
    ...workspaceBindingOperations,
  ]);
}

async function openWithLocation() {
  const harness = open();
  await harness.call("POST", `${uc}/storage-credentials`, credential);
  await harness.call("POST", `${uc}/external-locations`, location);
  return harness;
}

describe("storage credentials", () => {
  test("keep what they were made with, and are there after a restart", async () => {
    const harness = open();
    const made = await harness.call("POST", `${uc}/storage-credentials`, {
      ...credential,
      comment: "The lake's",
      skip_validation: true,
    });
    expect(made).toMatchObject({
      status: 200,
      body: {
        ...credential,
        comment: "The lake's",
        read_only: false,
        isolation_mode: "ISOLATION_MODE_OPEN",
        owner: "local.admin@example.com",
      },
    });
    harness.reopen();
    expect((await harness.call("GET", `${uc}/storage-credentials/lake`)).body).toEqual(made.body);
    expect((await harness.call("GET", `${uc}/storage-credentials`)).body).toEqual({
      storage_credentials: [made.body],
    });
    expect(await harness.call("POST", `${uc}/storage-credentials`, credential)).toMatchObject({
      body: { error_code: "STORAGE_CREDENTIAL_ALREADY_EXISTS" },
    });
  });

  test.each([
    [{ ...credential, aws_iam_role: { role_arn: "x" } }, 501, "'aws_iam_role'"],
    [{ name: "lake" }, 400, "azure_managed_identity"],
    [
      { ...credential, azure_managed_identity: { access_connector_id: "connector" } },
      400,
      "resource id of one of Microsoft.Databricks/accessConnectors",
    ],
    [{ ...credential, name: "a.b" }, 400, "name: must not hold a period"],
  ])("%j is refused with %s", async (body, status, message) => {
    expect(await open().call("POST", `${uc}/storage-credentials`, body)).toMatchObject({
      status,
      body: { message: expect.stringContaining(message) as unknown },
    });
  });

  test("with a location change their identity, or end, only by force", async () => {
    const { call } = await openWithLocation();
    const path = `${uc}/storage-credentials/lake`;
    const dependent = {
      status: 400,
      body: { message: expect.stringContaining("1 dependent storage location(s)") as unknown },
    };
    const other = { azure_managed_identity: { access_connector_id: connector("b") } };
    expect(await call("PATCH", path, other)).toMatchObject(dependent);
    expect(await call("PATCH", path, { owner: "platform" })).toMatchObject({ status: 200 });
    expect(await call("PATCH", path, { ...other, force: true })).toMatchObject({
      body: { ...other, owner: "platform" },
    });
    expect(await call("DELETE", path)).toMatchObject(dependent);
    expect(await call("DELETE", `${path}?force=true`)).toMatchObject({ status: 200 });
    expect(await call("GET", path)).toMatchObject({
      status: 404,
      body: { error_code: "STORAGE_CREDENTIAL_DOES_NOT_EXIST" },
    });
  });
});

describe("external locations", () => {
  test("keep their URL, name their credential, and are there after a restart", async () => {
    const harness = await openWithLocation();
    harness.reopen();
    const { body } = await harness.call("GET", `${uc}/external-locations/LAKE`);
    expect(body).toMatchObject({
      ...location,
      name: "lake",
      credential_name: "Lake",
      read_only: false,
      fallback: false,
      isolation_mode: "ISOLATION_MODE_OPEN",
    });
    expect((await harness.call("GET", `${uc}/external-locations`)).body).toEqual({
      external_locations: [body],
    });
  });

  test.each([
    [{ url: `${LAKE}raw` }, 400, "overlaps with the external location 'lake'"],
    [{ url: LAKE.slice(0, -1) }, 400, "overlaps"],
    [{ url: "s3://lake/" }, 400, "must be abfss://container@account"],
    [{ url: "abfss://lake@mldev.dfs.core.windows.net/?sig=x" }, 400, "must be abfss://"],
    [{ credential_name: "none" }, 404, "Storage Credential 'none' does not exist"],
    [{ enable_file_events: true }, 501, "'enable_file_events'"],
    [{ name: "lake" }, 400, "External Location 'lake' already exists"],
  ])("%j is refused with %s", async (wrong, status, message) => {
    const { call } = await openWithLocation();
    const body = { ...location, name: "other", url: LAKE.replace("lake", "raw"), ...wrong };
    expect(await call("POST", `${uc}/external-locations`, body)).toMatchObject({
      status,
      body: { message: expect.stringContaining(message) as unknown },
    });
  });

  test("that a catalog lies in move, or end, only by force", async () => {
    const { call } = await openWithLocation();
    const path = `${uc}/external-locations/lake`;
    await call("POST", `${uc}/catalogs`, { name: "ml", storage_root: `${LAKE}ml` });
    expect(await call("PATCH", path, { url: `${LAKE}ml` })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("has dependent catalogs") as unknown },
    });
    expect(await call("PATCH", path, { url: LAKE, comment: "Same" })).toMatchObject({
      body: { url: LAKE, comment: "Same" },
    });
    expect(await call("DELETE", path)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("1 dependent catalogs (ml)") as unknown },
    });
    await call("PATCH", path, { url: `${LAKE}ml`, force: true });
    expect(await call("DELETE", `${path}?force=true`)).toMatchObject({ status: 200 });
    expect(await call("GET", path)).toMatchObject({
      status: 404,
      body: { error_code: "EXTERNAL_LOCATION_DOES_NOT_EXIST" },
    });
  });

  test("and credentials take the privileges of their kind alone", async () => {
    const { call } = await openWithLocation();
    const change = (add: string) => ({ changes: [{ principal: "jobs", add: [add] }] });
    for (const [type, fitting, other] of [
      ["external_location", "READ_FILES", "CREATE_EXTERNAL_LOCATION"],
      ["storage_credential", "CREATE_EXTERNAL_LOCATION", "CREATE_MANAGED_STORAGE"],
    ] as const) {
      const path = `${uc}/permissions/${type}/lake`;
      expect(await call("PATCH", path, change(other))).toMatchObject({ status: 400 });
      await call("PATCH", path, change(fitting));
      const assignments = [{ principal: "jobs", privileges: [fitting] }];
      expect((await call("GET", path)).body).toEqual({ privilege_assignments: assignments });
    }
  });

  test.each(["external_location", "storage_credential"])(
    "an isolated %s is seen only when bound to the workspace",
    async (type) => {
      const { call } = await openWithLocation();
      const path = `${uc}/${type.replace("_", "-")}s/lake`;
      await call("PATCH", path, { isolation_mode: "ISOLATION_MODE_ISOLATED" });
      expect(await call("GET", path)).toMatchObject({
        status: 403,
        body: {
          message: expect.stringContaining("not accessible in current workspace") as unknown,
        },
      });
      const binding = { workspace_id: 1, binding_type: "BINDING_TYPE_READ_WRITE" };
      await call("PATCH", `${uc}/bindings/${type}/lake`, { add: [{ workspace_id: 1 }] });
      expect((await call("GET", `${uc}/bindings/${type}/lake`)).body).toEqual({
        bindings: [binding],
      });
      expect(await call("GET", path)).toMatchObject({ status: 200 });
    },
  );
});

describe("catalogs with a storage root", () => {
  test("say where they lie, and need a location that they lie in", async () => {
    const { call } = await openWithLocation();
    const at = (storage_root: string) =>
      call("POST", `${uc}/catalogs`, { name: "ml", storage_root });
    expect(await at("abfss://lake2@mldev.dfs.core.windows.net/ml")).toMatchObject({
      status: 404,
      body: { error_code: "EXTERNAL_LOCATION_DOES_NOT_EXIST" },
    });
    expect(await call("GET", `${uc}/catalogs/ml`)).toMatchObject({ status: 404 });
    const isolation = (mode: string) =>
      call("PATCH", `${uc}/external-locations/lake`, { isolation_mode: `ISOLATION_MODE_${mode}` });
    await isolation("ISOLATED");
    expect(await at(`${LAKE}ml/`)).toMatchObject({ status: 404 });
    await isolation("OPEN");
    expect(await at(`${LAKE}ml/`)).toMatchObject({
      status: 200,
      body: {
        storage_root: `${LAKE}ml/`,
        storage_location: expect.stringMatching(
          /windows\.net\/ml\/__unitystorage\/catalogs\/[0-9a-f-]{36}$/,
        ) as unknown,
      },
    });
  });
});
