import type { Properties, Schema, Shape } from "./shape";
import { isBag, isUnknown, revealed, under } from "./values";

/** Something wrong with an argument. */
export interface Problem {
  /** Path of the property, e.g. `networkRuleSet.ipRules[0].action`. */
  readonly path: string;
  /** The path, its value and what is allowed, in one sentence. */
  readonly message: string;
}

/**
 * Checks arguments against the SDK's types: names, required ones, kinds of values, values of enums.
 * What is not known yet may be anything.
 * @param given - The arguments, by name; values may carry the engine's marks.
 */
export function validate(given: unknown, schema: Schema): readonly Problem[] {
  const shape: Shape = { kind: "object", name: schema.args };
  return problemsOf(given, shape, "", { objects: schema.objects, secret: false });
}

interface Context {
  readonly objects: Schema["objects"];
  /** Whether what is looked at is inside a secret. */
  readonly secret: boolean;
}

function problemsOf(
  marked: unknown,
  shape: Shape,
  path: string,
  outer: Context,
): readonly Problem[] {
  const { value, secret } = revealed(marked);
  const context = { ...outer, secret: outer.secret || secret };
  if (isUnknown(value)) return [];
  const inner = (next: unknown, of: Shape, at: string): readonly Problem[] =>
    problemsOf(next, of, at, context);
  const wrong = [
    { path, message: `${path} is ${shown(value, context)}; must be ${allowed(shape)}` },
  ];
  switch (shape.kind) {
    case "any":
      return [];
    case "string":
    case "number":
    case "boolean":
      return typeof value === shape.kind ? [] : wrong;
    case "enum":
      return shape.values.some((each) => each === value) ? [] : wrong;
    case "array":
      if (!Array.isArray(value)) return wrong;
      return value.flatMap((each, at) => inner(each, shape.of, `${path}[${String(at)}]`));
    case "map":
      if (!isBag(value)) return wrong;
      return Object.entries(value).flatMap(([key, each]) =>
        inner(each, shape.of, under(path, key)),
      );
    case "object":
      if (!isBag(value)) return wrong;
      return objectProblems(value, shape.name, path, context);
    case "union":
      return unionProblems(value, shape.of, path, context) ?? wrong;
  }
}

function objectProblems(
  value: Readonly<Record<string, unknown>>,
  name: string,
  path: string,
  context: Context,
): readonly Problem[] {
  const properties: Properties = context.objects[name] ?? {};
  const given = Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
  const known = given.flatMap(([key, each]) => {
    const at = under(path, key);
    const property = properties[key];
    if (property !== undefined) return problemsOf(each, property.shape, at, context);
    const names = Object.keys(properties).join(", ");
    const message = `${at} is ${shown(each, context)}; ${name} has no such property, but ${names}`;
    return [{ path: at, message }];
  });
  const missing = Object.entries(properties)
    .filter(([key, { required }]) => required && !given.some(([name]) => name === key))
    .map(([key, { shape }]) => {
      const at = under(path, key);
      return { path: at, message: `${at} is missing; ${name} requires ${allowed(shape)}` };
    });
  return [...known, ...missing];
}

/** What is wrong with the alternative that was meant: the one of this tag, or the closest one. */
function unionProblems(
  value: unknown,
  alternatives: readonly Shape[],
  path: string,
  context: Context,
): readonly Problem[] | undefined {
  const tagged = alternatives.filter((shape) => !mismatchesTag(value, shape, context));
  const [closest] = (tagged.length === 0 ? alternatives : tagged)
    .map((shape) => problemsOf(value, shape, path, context))
    .sort((a, b) => a.length - b.length);
  return closest?.some((problem) => problem.path === path) === true ? undefined : closest;
}

/** Whether a property that has one possible value in this alternative has another one here. */
function mismatchesTag(value: unknown, shape: Shape, { objects }: Context): boolean {
  if (shape.kind !== "object" || !isBag(value)) return false;
  return Object.entries(objects[shape.name] ?? {}).some(([key, { shape: tag, required }]) => {
    const { value: given } = revealed(value[key]);
    const isTag = required && tag.kind === "enum" && tag.values.length === 1;
    return isTag && !isUnknown(given) && given !== tag.values[0];
  });
}

/** A value for a message; a secret is none. */
function shown(marked: unknown, context: Context): string {
  const { value, secret } = revealed(marked);
  if (secret || context.secret) return "[secret]";
  const json = JSON.stringify(value, (_key, inner: unknown) =>
    revealed(inner).secret ? "[secret]" : inner,
  );
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
}

function allowed(shape: Shape): string {
  switch (shape.kind) {
    case "any":
      return "anything";
    case "string":
    case "number":
    case "boolean":
      return `a ${shape.kind}`;
    case "enum":
      return `${shape.values.length > 1 ? "one of " : ""}${shape.values.map((each) => JSON.stringify(each)).join(", ")}`;
    case "array":
      return `a list, each ${allowed(shape.of)}`;
    case "map":
      return `an object, each value ${allowed(shape.of)}`;
    case "object":
      return `an object ${shape.name}`;
    case "union":
      return shape.of.map(allowed).join(" or ");
  }
}
