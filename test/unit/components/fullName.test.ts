import { expect, test } from "vitest";
import { parseFullName } from "../../../components/fullName";

test("a full name has a catalog, a schema and a name", () => {
  expect(parseFullName("model", "ml_dev.models.Churn_2")).toEqual({
    catalog: "ml_dev",
    schema: "models",
    name: "Churn_2",
  });
});

test.each([
  "",
  "churn",
  "models.churn",
  "ml.models.churn.v1",
  "ml..churn",
  ".models.churn",
  "ml.models.",
  "ml.models.churn model",
  "ml.models.churn-model",
  "ml.models.`churn`",
  "ml.models.churn/../x",
  "ml.models.churn\n",
  "ml.models.chürn",
])("'%s' is refused with its value and what is allowed", (name) => {
  expect(() => parseFullName("model", name)).toThrow(
    `The model name '${name}' is not allowed: ` +
      "it must have three parts, catalog.schema.name, of letters, digits and _.",
  );
});

test("the message says what the name is of", () => {
  expect(() => parseFullName("table", "a.b")).toThrow("The table name 'a.b'");
});
