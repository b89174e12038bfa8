import { expect, test } from "vitest";
import { ERRATA } from "../../azureNative/errata";
import { RULES } from "../../azureNative/namingRules";
import { COMPUTED } from "../../azureNative/outputs";
import { pathInputs, TYPES } from "../../azureNative/resourceTypes";
import { readSchema } from "../../azureNative/sdk";
import type { Schema } from "../../azureNative/shape";

const read = new Map<string, Schema>();

function schemaOf(type: string): Schema {
  const schema = read.get(type) ?? readSchema(`azure-native:${type}`);
  if (schema === undefined) throw new Error(`The SDK has no ${type}`);
  read.set(type, schema);
  return schema;
}

const argumentsOf = (type: string): string[] => {
  const schema = schemaOf(type);
  return Object.keys(schema.objects[schema.args] ?? {});
};

// What the tables of the double misspell would be without effect, and nobody would notice.
test.each(Object.entries(TYPES))("%s and the inputs of its id are the SDK's", (type, known) => {
  const fixed = (known.immutable ?? []).map((path) => path.split(".")[0]);
  expect(argumentsOf(type)).toEqual(expect.arrayContaining([...pathInputs(known), ...fixed]));
});

test.each(Object.entries(RULES))(
  "the names that %s has rules for are its inputs",
  (type, rules) => {
    const inputs = rules.map(({ input }) => input);
    expect(argumentsOf(type)).toEqual(expect.arrayContaining(inputs));
  },
);

test.each(Object.entries(COMPUTED))(
  "what is computed for %s is among its outputs",
  (type, compute) => {
    const id = "/subscriptions/s/resourceGroups/rg/providers/A.B/cs/it";
    const made = { id, name: "it", token: type, inputs: {}, created: "", tenantId: "t" };
    expect(schemaOf(type).outputs).toEqual(expect.arrayContaining(Object.keys(compute(made, {}))));
  },
);

test("what is corrected about the SDK is in use", () => {
  const objects = Object.keys(TYPES).flatMap((type) => Object.keys(schemaOf(type).objects));
  expect(objects).toEqual(expect.arrayContaining(Object.keys(ERRATA)));
});
