import { Program } from "../program";
import { expect, test } from "vitest";
import { FeatureTable, type FeatureTableArgs } from "../../../components";
import { platformDouble } from "./platformDouble";
import { COLUMNS } from "./scene";

const REFRESH = { file: "churn/build_features.py", cron: "0 0 6 * * ?" };

const make = (args: Partial<FeatureTableArgs> = {}) =>
  new FeatureTable("churn-features", {
    platform: platformDouble(),
    table: "ml.features.churn_features",
    comment: "Features",
    columns: COLUMNS,
    primaryKeys: ["customer_id"],
    refresh: REFRESH,
    ...args,
  });

test("a feature table is a governed table with a key, below it", async () => {
  const program = new Program();
  const features = await program.run(() => make({ tags: { team: "data-science" } }));
  expect(features.fullName).toBe("ml.features.churn_features");
  expect(features.primaryKeys).toEqual(["customer_id"]);
  const governed = program.resources.find((one) => one.type === "mlops:GovernedTable");
  expect(governed?.parent).toBe("churn-features");
  expect(program.find("databricks:SqlTable", "churn-features-table").inputs).toMatchObject({
    name: "churn_features",
    columns: [{ name: "customer_id", nullable: false }, { name: "total_spend" }],
  });
  expect(program.find("pulumi-nodejs:PrimaryKey", "churn-features-key").inputs).toMatchObject({
    columns: ["customer_id"],
  });
  expect(program.ofType("databricks:EntityTagAssignment")).toContain("churn-features-tag-team");
});

test("its job computes the features into it, on schedule, once it exists", async () => {
  const program = new Program();
  const refresh = {
    ...REFRESH,
    arguments: { transactions: "ml.bronze.transactions", features: "not.this.one" },
  };
  await program.run(() => make({ refresh }));
  expect(program.find("mlops:PythonJob", "churn-features-refresh")).toMatchObject({
    parent: "churn-features",
    dependsOn: expect.arrayContaining(["churn-features-table", "churn-features-key"]) as unknown,
  });
  expect(program.find("databricks:Job", "churn-features-refresh-job").inputs).toMatchObject({
    name: "churn-features-refresh",
    schedule: { quartzCronExpression: "0 0 6 * * ?", timezoneId: "UTC" },
    tasks: [
      {
        taskKey: "build_features",
        sparkPythonTask: {
          parameters: [
            ...["--transactions", "ml.bronze.transactions"],
            ...["--features", "ml.features.churn_features"],
          ],
        },
      },
    ],
  });
});

test.each<[Partial<FeatureTableArgs>, string]>([
  [
    { primaryKeys: [] },
    "The feature table ml.features.churn_features has no primary key; lookups need one.",
  ],
  [{ primaryKeys: ["day"] }, "The key column 'day' of ml.features.churn_features is not one of"],
  [{ table: "churn_features" }, "The table name 'churn_features' is not allowed"],
  [
    { refresh: { ...REFRESH, cron: "0 0 25 * * ?" } },
    "The schedule of churn-features-refresh is '0 0 25 * * ?'",
  ],
])("%j is refused before any table is made", async (args, message) => {
  const program = new Program();
  await expect(program.run(() => make(args))).rejects.toThrow(message);
  expect(program.ofType("databricks:SqlTable")).toEqual([]);
});
