import { describe, expect, test } from "vitest";
import { catalogOperations } from "../../../local/api/catalogs";
import { constraintOperations } from "../../../local/api/constraints";
import { grantOperations } from "../../../local/api/grants";
import { schemaOperations } from "../../../local/api/schemas";
import { tableOperations } from "../../../local/api/tables";
import { openWorkspace } from "./harness";

const uc = "/api/2.1/unity-catalog";
const constraints = `${uc}/constraints`;

async function openWithTables() {
  const harness = openWorkspace([
    ...catalogOperations,
    ...constraintOperations,
    ...grantOperations,
    ...schemaOperations,
    ...tableOperations,
  ]);
  await harness.call("POST", `${uc}/catalogs`, { name: "ml" });
  await harness.call("POST", `${uc}/schemas`, { catalog_name: "ml", name: "features" });
  harness.tables.put("ml.features.customers", "customer_id!", "signup!", "region");
  harness.tables.put("ml.features.orders", "order_id!", "customer_id");
  return harness;
}

const inFeatures = `${uc}/tables?catalog_name=ml&schema_name=features`;

describe("tables", () => {
  test("belong to the user until the owner is changed", async () => {
    const { call } = await openWithTables();
    const path = `${uc}/tables/ml.features.CUSTOMERS`;
    expect((await call("GET", path)).body).toMatchObject({
      full_name: "ml.features.customers",
      owner: "local.admin@example.com",
      columns: [{ name: "customer_id" }, { name: "signup" }, { name: "region" }],
    });
    await call("PATCH", path, { owner: "data-science" });
    expect((await call("GET", path)).body).toMatchObject({ owner: "data-science" });
  });

  test("lists leave out what they are asked to, and page", async () => {
    const { call } = await openWithTables();
    const { body } = await call("GET", `${inFeatures}&omit_columns=true&omit_username=true`);
    expect(body).toMatchObject({ tables: [{ name: "customers" }, { name: "orders" }] });
    expect(JSON.stringify(body)).not.toMatch(/"columns"|"owner"/);
    expect((await call("GET", `${inFeatures}&max_results=1`)).body).toMatchObject({
      tables: [{ name: "customers" }],
      next_page_token: expect.any(String) as unknown,
    });
    expect(await call("GET", `${inFeatures}&include_manifest_capabilities=true`)).toMatchObject({
      status: 501,
    });
  });

  test("summaries are found by LIKE patterns", async () => {
    const { call } = await openWithTables();
    const named = async (pattern: string) =>
      (await call("GET", `${uc}/table-summaries?catalog_name=ml&table_name_pattern=${pattern}`))
        .body;
    const customers = { full_name: "ml.features.customers", table_type: "MANAGED" };
    expect(await named("cust%25")).toEqual({ tables: [customers] });
    expect(await named("_ustomers")).toEqual({ tables: [customers] });
    expect(await named("c.*")).toEqual({ tables: [] });
  });

  test("one that is dropped is gone, with its grants and owner", async () => {
    const { call } = await openWithTables();
    const path = `${uc}/tables/ml.features.orders`;
    await call("PATCH", path, { owner: "x" });
    expect((await call("GET", `${path}/exists`)).body).toEqual({ table_exists: true });
    expect(await call("DELETE", path)).toMatchObject({ status: 200 });
    expect((await call("GET", `${path}/exists`)).body).toEqual({ table_exists: false });
    expect(await call("DELETE", path)).toMatchObject({
      status: 404,
      body: { error_code: "TABLE_DOES_NOT_EXIST" },
    });
  });
});

describe("constraints", () => {
  const primaryKey = (change: object = {}) => ({
    full_name_arg: "ml.features.customers",
    constraint: {
      primary_key_constraint: { name: "pk", child_columns: ["customer_id"], ...change },
    },
  });
  const foreignKey = {
    full_name_arg: "ml.features.orders",
    constraint: {
      foreign_key_constraint: {
        name: "fk",
        child_columns: ["customer_id"],
        parent_table: "ml.features.customers",
        parent_columns: ["customer_id"],
      },
    },
  };

  test("a primary key is read back with its table", async () => {
    const { call } = await openWithTables();
    const body = primaryKey({ timeseries_columns: [], rely: true });
    expect((await call("POST", constraints, body)).body).toEqual(body.constraint);
    expect((await call("GET", `${uc}/tables/ml.features.customers`)).body).toMatchObject({
      table_constraints: [body.constraint],
    });
  });

  test("a nullable column cannot be in one", async () => {
    const { call } = await openWithTables();
    expect(
      await call("POST", constraints, primaryKey({ child_columns: ["customer_id", "region"] })),
    ).toMatchObject({
      status: 400,
      body: {
        message: expect.stringContaining("its child column(s) `region` is nullable") as unknown,
      },
    });
  });

  test("a second primary key, or a second of the name, already exists", async () => {
    const { call } = await openWithTables();
    await call("POST", constraints, primaryKey());
    for (const name of ["pk", "other"])
      expect(await call("POST", constraints, primaryKey({ name }))).toMatchObject({
        status: 409,
        body: { error_code: "ALREADY_EXISTS" },
      });
  });

  test.each([
    ["a missing column", primaryKey({ child_columns: ["no"] }), 400],
    ["a column twice", primaryKey({ child_columns: ["customer_id", "CUSTOMER_ID"] }), 400],
    ["no column", primaryKey({ child_columns: [] }), 400],
    ["a stray time series", primaryKey({ timeseries_columns: ["signup"] }), 400],
    [
      "two keys",
      { ...primaryKey(), constraint: { ...primaryKey().constraint, ...foreignKey.constraint } },
      400,
    ],
    ["no key", { ...primaryKey(), constraint: {} }, 400],
    ["a missing table", { ...primaryKey(), full_name_arg: "ml.features.no" }, 404],
    ["an unknown field", primaryKey({ enforced: true }), 501],
  ])("%s is refused", async (_, body, status) => {
    const { call } = await openWithTables();
    expect(await call("POST", constraints, body)).toMatchObject({ status });
  });

  test("a primary key that is referred to goes only with what refers to it", async () => {
    const { call, tables } = await openWithTables();
    await call("POST", constraints, primaryKey());
    await call("POST", constraints, foreignKey);
    const path = `${constraints}/ml.features.customers?constraint_name=PK`;
    expect(await call("DELETE", `${path}&cascade=false`)).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_STATE" },
    });
    expect(await call("DELETE", `${path}&cascade=true`)).toMatchObject({ status: 200 });
    expect(tables.tables.get("ml.features.orders")?.table_constraints).toEqual([]);
    expect(await call("DELETE", `${path}&cascade=true`)).toMatchObject({
      status: 404,
      body: { error_code: "CONSTRAINT_DOES_NOT_EXIST" },
    });
  });
});
