import { expect, test } from "vitest";
import { requireTags } from "../../../local/unityCatalog/tagRules";

const VERSION = "Model version 'ml.models.churn/3'";
const check = (key: string, value = "x", existing: readonly string[] = []) => {
  requireTags(
    VERSION,
    [{ key, value }],
    existing.map((one) => ({ key: one, value: "" })),
  );
};
const fifty = Array.from({ length: 50 }, (_, index) => `tag_${index}`);

test.each([".", ",", "-", "=", "/", ":"])(
  "no key holds a %s: Databricks refuses even MLflow's own",
  (character) => {
    const key = `mlflow${character}source`;
    expect(() => {
      check(key);
    }).toThrow(`Tag key '${key}' must not hold any of . , - = / :`);
  },
);

test.each([
  ["", "x", "Tag key '' must not be empty."],
  [" team", "x", "Tag key ' team' must not begin or end with a space."],
  ["k".repeat(256), "x", "must not be longer than 255 characters."],
  ["team", "x".repeat(1001), "The value of tag 'team' must not be longer than 1000 characters."],
  ["team", "x ", "The value of tag 'team' must not begin or end with a space."],
])("key '%s' with value '%s': %s", (key, value, message) => {
  expect(() => {
    check(key, value);
  }).toThrow(message);
});

test.each([
  ["mlops_gate_verdict", "promoted"],
  ["k".repeat(255), "x".repeat(1000)],
  ["a key", ""],
])("'%s' with '%s' is a tag", (key, value) => {
  check(key, value);
});

test("a fifty-first tag is one too many, another value of the fiftieth is not", () => {
  expect(() => {
    check("one_more", "x", fifty);
  }).toThrow(`${VERSION} would have 51 tags; the most there can be is 50.`);
  check("tag_49", "other", fifty);
  check("tag_49", "x", fifty.slice(0, 49));
});
