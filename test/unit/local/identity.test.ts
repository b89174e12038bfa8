import { describe, expect, test } from "vitest";
import { identityOperations } from "../../../local/api/identity";
import { metastoreOperations } from "../../../local/api/metastore";
import { openWorkspace } from "./harness";

const scim = "/api/2.0/preview/scim/v2";
const open = () => openWorkspace([...identityOperations, ...metastoreOperations]);

describe("identity", () => {
  test("Me names the user, and the workspace in the header that clients read", async () => {
    const answer = await open().call("GET", `${scim}/Me?excludedAttributes=entitlements`);
    expect(answer.body).toMatchObject({ userName: "local.admin@example.com", active: true });
    expect(answer.body).not.toHaveProperty("entitlements");
    expect(answer.headers["x-databricks-org-id"]).toBe("1");
  });

  test("users and groups are found by filter, in any case", async () => {
    const { call } = open();
    const found = async (path: string) => (await call("GET", `${scim}/${path}`)).body;
    expect(
      await found(`Users?filter=${encodeURIComponent('userName eq "LOCAL.admin@example.com"')}`),
    ).toMatchObject({ totalResults: 1 });
    expect(
      await found(`Groups?filter=${encodeURIComponent("displayName eq 'admins'")}`),
    ).toMatchObject({ totalResults: 1, Resources: [{ displayName: "admins" }] });
    expect(await found(`Groups?filter=${encodeURIComponent('displayName eq "no"')}`)).toMatchObject(
      { totalResults: 0, Resources: [] },
    );
    expect(
      await call("GET", `${scim}/Groups?filter=${encodeURIComponent('displayName co "ad"')}`),
    ).toMatchObject({ status: 400 });
    expect(await call("GET", `${scim}/Users/17`)).toMatchObject({ status: 404 });
  });

  test("the workspace is assigned to its one metastore", async () => {
    const { call } = open();
    const { body } = await call("GET", "/api/2.1/unity-catalog/metastore_summary");
    expect((await call("GET", "/api/2.1/unity-catalog/current-metastore-assignment")).body).toEqual(
      {
        workspace_id: 1,
        metastore_id: (body as { metastore_id: string }).metastore_id,
      },
    );
  });
});
