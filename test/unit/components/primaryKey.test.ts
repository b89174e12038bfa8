import { expect, test } from "vitest";
import { PrimaryKeyProvider } from "../../../components/primaryKey";
import { refusal, startHttpDouble, type Reply } from "../httpDouble";
import { startedProvider } from "../startedProvider";

const KEY = { table: "ml.features.churn", columns: ["customer_id", "day"], tableId: "t1" };

/** The provider on a workspace that answers `reply` to the creation of a key, and has none yet. */
async function prepared(reply: Reply = { body: {} }) {
  const double = await startHttpDouble(({ method }) =>
    method === "POST" ? reply : refusal(404, "RESOURCE_DOES_NOT_EXIST", "no such key"),
  );
  const config = { "databricks:host": double.host, "databricks:token": "t" };
  return { ...double, provider: await startedProvider(new PrimaryKeyProvider(), config) };
}

test("a key is made anew, after what an interrupted update may have left is gone", async () => {
  const { provider, received } = await prepared();
  expect(await provider.create(KEY)).toEqual({ id: "ml.features.churn.churn_pk", outs: KEY });
  expect(received).toMatchObject([
    {
      method: "DELETE",
      path: "/api/2.1/unity-catalog/constraints/ml.features.churn",
      query: { constraint_name: "churn_pk", cascade: "false" },
    },
    {
      method: "POST",
      path: "/api/2.1/unity-catalog/constraints",
      body: {
        full_name_arg: "ml.features.churn",
        constraint: {
          primary_key_constraint: { name: "churn_pk", child_columns: ["customer_id", "day"] },
        },
      },
    },
  ]);
});

test("deleting takes the key away; one that is gone already is no error", async () => {
  const { provider, received } = await prepared();
  await provider.delete("id", KEY);
  expect(received.map(({ method }) => method)).toEqual(["DELETE"]);
});

test("a table that does not exist is named", async () => {
  const { provider } = await prepared(refusal(404, "TABLE_DOES_NOT_EXIST", "no"));
  await expect(provider.create(KEY)).rejects.toThrow("The table ml.features.churn does not exist.");
});

test("a refusal of the workspace is passed on", async () => {
  const { provider } = await prepared(refusal(400, "INVALID_PARAMETER_VALUE", "day is nullable"));
  await expect(provider.create(KEY)).rejects.toThrow("with 400: day is nullable");
});

test.each([
  ["nothing", KEY, []],
  ["another table", { ...KEY, table: "ml.features.other" }, ["table"]],
  ["the table made anew", { ...KEY, tableId: "t2" }, ["tableId"]],
  ["other columns", { ...KEY, columns: ["customer_id"] }, ["columns"]],
  ["another order of columns", { ...KEY, columns: ["day", "customer_id"] }, ["columns"]],
])("%s changed: replaces %j", async (_what, news, replaces) => {
  const diff = await new PrimaryKeyProvider().diff("id", KEY, news);
  expect(diff).toEqual({ changes: replaces.length > 0, replaces, deleteBeforeReplace: true });
});
