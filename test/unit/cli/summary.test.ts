import { expect, test } from "vitest";
import { summarize } from "../../../cli/start/summary";

const exported = (resources: readonly object[]): string =>
  JSON.stringify({ deployment: { resources } });
const table = (name: string) => ({
  urn: `urn:pulumi:local::mlops::databricks:index/sqlTable:SqlTable::${name}`,
  type: "databricks:index/sqlTable:SqlTable",
  id: name,
  outputs: { name },
});

test("kinds have a row each with their names, the rest is counted", () => {
  const grant = {
    urn: "urn:pulumi:local::mlops::databricks:index/grant:Grant::grant",
    type: "databricks:index/grant:Grant",
    id: "grant",
  };
  expect(summarize(exported([table("labels"), table("features"), grant]))).toEqual([
    ["Tables", "2", "features, labels"],
    ["Grants, permissions, tags, keys, files", "1", ""],
  ]);
});

test("names that no line has room for are counted", () => {
  const many = Array.from({ length: 30 }, (_, index) => table(`table_number_${10 + index}`));
  const [row] = summarize(exported(many));
  expect(row?.[2]).toMatch(/^table_number_10, .* and 2\d more$/);
  expect(row?.[2]?.length).toBeLessThan(100);
});
