import { Program } from "../program";
import { expect, test } from "vitest";
import { GovernedTable, type GovernedTableArgs } from "../../../components";
import { platformDouble } from "./platformDouble";
import { COLUMNS } from "./scene";

async function made(args: Partial<GovernedTableArgs> = {}, protect = false) {
  const program = new Program();
  await program.run(
    () =>
      new GovernedTable("customers", {
        platform: platformDouble({}, { protect }),
        table: "ml.bronze.customers",
        comment: "The customers",
        columns: COLUMNS,
        ...args,
      }),
  );
  return program;
}

test("a table is a managed Delta table with typed, commented columns", async () => {
  const program = await made();
  expect(program.find("databricks:SqlTable", "customers-table")).toMatchObject({
    parent: "customers",
    dependsOn: ["schema-bronze"],
    protect: false,
    inputs: {
      catalogName: "ml",
      schemaName: "bronze",
      name: "customers",
      tableType: "MANAGED",
      dataSourceFormat: "DELTA",
      comment: "The customers",
      warehouseId: "warehouse-1",
      columns: [
        { name: "customer_id", type: "string", comment: "Who", nullable: true },
        { name: "total_spend", type: "double", comment: "How much", nullable: true },
      ],
    },
  });
  expect(program.ofType("pulumi-nodejs:PrimaryKey")).toEqual([]);
});

test("key columns are NOT NULL, and the key follows the table", async () => {
  const program = await made({ primaryKeys: ["customer_id"] });
  const { inputs } = program.find("databricks:SqlTable", "customers-table");
  expect(inputs["columns"]).toMatchObject([
    { name: "customer_id", nullable: false },
    { name: "total_spend", nullable: true },
  ]);
  const key = program.find("pulumi-nodejs:PrimaryKey", "customers-key");
  expect(key.inputs).toMatchObject({
    table: "ml.bronze.customers",
    columns: ["customer_id"],
    tableId: expect.stringMatching(/^table-id-/) as unknown,
  });
  expect(key.dependsOn).toContain("customers-table");
});

test("a column that says it is never NULL is not, key or no key", async () => {
  const columns = COLUMNS.map((column) => ({ ...column, nullable: false }));
  const { inputs } = (await made({ columns })).find("databricks:SqlTable", "customers-table");
  expect(inputs["columns"]).toMatchObject([{ nullable: false }, { nullable: false }]);
});

test("the environment's tags and the table's own, which win", async () => {
  const program = await made({ tags: { domain: "customer", owner: "marketing" } });
  const tags = program
    .ofType("databricks:EntityTagAssignment")
    .map((name) => program.find("databricks:EntityTagAssignment", name).inputs);
  expect(tags).toEqual(
    [
      ["owner", "marketing"],
      ["cost_center", "ml"],
      ["domain", "customer"],
    ].map(([tagKey, tagValue]) => ({
      entityType: "tables",
      entityName: "ml.bronze.customers",
      tagKey,
      tagValue,
    })),
  );
});

test("users may read it", async () => {
  const { inputs } = (await made()).find("databricks:Grant", "customers-readers");
  expect(inputs).toEqual({
    table: "ml.bronze.customers",
    principal: "account users",
    privileges: ["SELECT"],
  });
});

test("it is protected where the environment says so", async () => {
  expect((await made({}, true)).find("databricks:SqlTable", "customers-table").protect).toBe(true);
});

test("Delta properties are passed on, and absent when there are none", async () => {
  const properties = { "delta.enableChangeDataFeed": "true" };
  const inputs = (program: Program) =>
    program.find("databricks:SqlTable", "customers-table").inputs;
  expect(inputs(await made({ properties }))["properties"]).toEqual(properties);
  expect(inputs(await made())).not.toHaveProperty("properties");
});

test.each<[Partial<GovernedTableArgs>, string]>([
  [{ table: "bronze.customers" }, "The table name 'bronze.customers' is not allowed"],
  [
    { columns: [...COLUMNS, { name: "Total_Spend", type: "int", comment: "" }] },
    "The table ml.bronze.customers has two columns 'total_spend'",
  ],
  [
    { primaryKeys: ["customer_id", "day"] },
    "The key column 'day' of ml.bronze.customers is not one of its columns: customer_id, total_spend.",
  ],
])("%j is refused before any child is made", async (args, message) => {
  const program = new Program();
  const run = program.run(
    () =>
      new GovernedTable("customers", {
        platform: platformDouble(),
        table: "ml.bronze.customers",
        comment: "",
        columns: COLUMNS,
        ...args,
      }),
  );
  await expect(run).rejects.toThrow(message);
  expect(program.resources.filter((one) => one.parent === "customers")).toEqual([]);
});
