import { describe, expect, test } from "vitest";
import { catalogOperations } from "../../../local/api/catalogs";
import { grantOperations } from "../../../local/api/grants";
import { schemaOperations } from "../../../local/api/schemas";
import { tagOperations } from "../../../local/api/tags";
import { METASTORE } from "../../../local/identity";
import { openWorkspace } from "./harness";

const uc = "/api/2.1/unity-catalog";
const tagPath = `${uc}/entity-tag-assignments`;

async function openWithTable() {
  const harness = openWorkspace([
    ...catalogOperations,
    ...schemaOperations,
    ...grantOperations,
    ...tagOperations,
  ]);
  await harness.call("POST", `${uc}/catalogs`, { name: "ml" });
  await harness.call("POST", `${uc}/schemas`, { catalog_name: "ml", name: "features" });
  harness.tables.put("ml.features.t", "Customer_Id!");
  return harness;
}

const change = (principal: string, add: string[], remove: string[] = []) => ({
  changes: [{ principal, add, remove }],
});

describe("grants", () => {
  test("add and remove privileges of one principal and leave the others", async () => {
    const { call } = await openWithTable();
    const path = `${uc}/permissions/schema/ml.features`;
    await call("PATCH", path, change("data-scientists", ["USE SCHEMA", "SELECT"]));
    await call("PATCH", path, change("account users", ["USE_SCHEMA"]));
    await call("PATCH", path, change("data-scientists", ["MODIFY"], ["SELECT"]));
    expect((await call("GET", path)).body).toEqual({
      privilege_assignments: [
        { principal: "account users", privileges: ["USE_SCHEMA"] },
        { principal: "data-scientists", privileges: ["MODIFY", "USE_SCHEMA"] },
      ],
    });
    await call("PATCH", path, change("account users", [], ["USE_SCHEMA"]));
    expect((await call("GET", `${path}?principal=account%20users`)).body).toEqual({
      privilege_assignments: [],
    });
  });

  test.each([
    ["table", "ml.features.t", "USE_SCHEMA"],
    ["schema", "ml.features", "CREATE_SCHEMA"],
    ["catalog", "ml", "CREATE_CATALOG"],
    ["metastore", METASTORE.id, "SELECT"],
    ["catalog", "ml", "FLY"],
  ])("on a %s, %s, refuse %s", async (type, name, privilege) => {
    const { call } = await openWithTable();
    const path = `${uc}/permissions/${type}/${name}`;
    expect(await call("PATCH", path, change("x", [privilege]))).toMatchObject({
      status: 400,
      body: {
        message: expect.stringContaining(`Privilege ${privilege} is not applicable`) as unknown,
      },
    });
    expect((await call("GET", path)).body).toEqual({ privilege_assignments: [] });
  });

  test("one wrong privilege among several changes nothing", async () => {
    const { call } = await openWithTable();
    const path = `${uc}/permissions/table/ml.features.t`;
    await call("PATCH", path, {
      changes: [
        { principal: "a", add: ["SELECT"] },
        { principal: "b", add: ["USE_CATALOG"] },
      ],
    });
    expect((await call("GET", path)).body).toEqual({ privilege_assignments: [] });
  });

  test("effective ones say from where they are inherited", async () => {
    const { call } = await openWithTable();
    await call("PATCH", `${uc}/permissions/catalog/ml`, change("a", ["SELECT", "USE_CATALOG"]));
    await call("PATCH", `${uc}/permissions/table/ml.features.t`, change("a", ["MODIFY"]));
    const effective = [
      {
        principal: "a",
        privileges: [
          { privilege: "MODIFY" },
          { privilege: "SELECT", inherited_from_type: "CATALOG", inherited_from_name: "ml" },
        ],
      },
    ];
    const of = async (kind: string) =>
      (await call("GET", `${uc}/${kind}/TABLE/ML.features.t`)).body;
    expect(await of("effective-permissions")).toEqual({ privilege_assignments: effective });
    expect(await of("effective-privilege-assignments")).toEqual({
      effective_privilege_assignments: effective,
    });
  });

  test("end with the object: one made anew under the name has none", async () => {
    const { call } = await openWithTable();
    const path = `${uc}/permissions/schema/ml.features`;
    await call("PATCH", path, change("a", ["SELECT"]));
    await call("DELETE", `${uc}/schemas/ml.features?force=true`);
    await call("POST", `${uc}/schemas`, { catalog_name: "ml", name: "features" });
    expect((await call("GET", path)).body).toEqual({ privilege_assignments: [] });
  });

  test("need the object, a known type and a page that can hold a principal", async () => {
    const { call } = await openWithTable();
    expect(await call("GET", `${uc}/permissions/table/ml.features.no`)).toMatchObject({
      status: 404,
    });
    expect(await call("GET", `${uc}/permissions/pipeline/x`)).toMatchObject({ status: 400 });
    expect(await call("GET", `${uc}/permissions/catalog/ml?max_results=10`)).toMatchObject({
      status: 400,
    });
  });
});

describe("tags", () => {
  const tag = { entity_type: "tables", entity_name: "ml.features.t", tag_key: "team" };

  test("keep their value and who set it", async () => {
    const { call } = await openWithTable();
    const made = await call("POST", tagPath, { ...tag, tag_value: "data-science" });
    expect(made.body).toMatchObject({
      ...tag,
      tag_value: "data-science",
      updated_by: "local.admin@example.com",
    });
    expect((await call("GET", `${tagPath}/tables/ml.features.t/tags/team`)).body).toEqual(
      made.body,
    );
  });

  test("a column's are not its table's", async () => {
    const { call } = await openWithTable();
    const column = { entity_type: "columns", entity_name: "ml.features.t.customer_id" };
    await call("POST", tagPath, { ...column, tag_key: "pii" });
    await call("POST", tagPath, tag);
    const of = async (path: string) =>
      ((await call("GET", `${tagPath}/${path}/tags`)).body as { tag_assignments: object[] })
        .tag_assignments;
    expect(await of("tables/ml.features.t")).toMatchObject([{ tag_key: "team" }]);
    expect(await of("columns/ml.features.t.CUSTOMER_ID")).toMatchObject([{ tag_key: "pii" }]);
    expect(
      await call("POST", tagPath, { ...column, entity_name: "ml.features.t.no" }),
    ).toMatchObject({ status: 400 });
    expect(
      await call("POST", tagPath, { ...column, entity_name: "ml.features.t.no", tag_key: "pii" }),
    ).toMatchObject({ status: 404 });
  });

  test("are changed by their mask, and gone after deletion", async () => {
    const { call } = await openWithTable();
    await call("POST", tagPath, { ...tag, tag_value: "a" });
    const path = `${tagPath}/tables/ml.features.t/tags/team`;
    expect(
      (await call("PATCH", `${path}?update_mask=tag_value`, { ...tag, tag_value: "b" })).body,
    ).toMatchObject({ tag_value: "b" });
    expect(await call("PATCH", `${path}?update_mask=tag_key`, tag)).toMatchObject({ status: 400 });
    expect(
      await call("PATCH", `${path}?update_mask=*`, { ...tag, tag_key: "other" }),
    ).toMatchObject({ status: 400 });
    await call("DELETE", path);
    expect(await call("GET", path)).toMatchObject({
      status: 404,
      body: { error_code: "RESOURCE_DOES_NOT_EXIST" },
    });
  });

  test.each([
    [{ ...tag, entity_type: "models" }, 400],
    [{ ...tag, tag_key: "a.b" }, 400],
    [{ ...tag, tag_key: " team" }, 400],
    [{ ...tag, tag_value: "x".repeat(1001) }, 400],
    [{ ...tag, source_type: "x" }, 501],
    [{ ...tag, entity_name: "ml.features" }, 400],
    [{ ...tag, entity_name: "ml.features.no" }, 404],
  ])("%o is refused with %d", async (body, status) => {
    const { call } = await openWithTable();
    expect(await call("POST", tagPath, body)).toMatchObject({ status });
  });

  test("a key is given once, and fifty keys are the most", async () => {
    const { call } = await openWithTable();
    for (let n = 0; n < 50; n++) await call("POST", tagPath, { ...tag, tag_key: `k${n}` });
    expect(await call("POST", tagPath, { ...tag, tag_key: "k1" })).toMatchObject({
      status: 409,
      body: { error_code: "ALREADY_EXISTS" },
    });
    expect(await call("POST", tagPath, { ...tag, tag_key: "k50" })).toMatchObject({ status: 400 });
  });
});
