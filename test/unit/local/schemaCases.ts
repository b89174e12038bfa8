import { z } from "zod";

/** As much of JSON Schema as zod writes for what the operations take. */
interface Schema {
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
  readonly items?: Schema | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly minimum?: number | undefined;
  readonly minLength?: number | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    properties: z.record(z.string(), schema).optional(),
    additionalProperties: z.union([z.boolean(), schema]).optional(),
    items: schema.optional(),
    anyOf: z.array(schema).optional(),
    minimum: z.number().optional(),
    minLength: z.number().optional(),
  }),
);

/** An argument that is wrong in one place: the place as refusals name it, and the whole argument. */
export interface WrongCase {
  readonly field: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What an operation takes as JSON Schema: before defaults and conversions, or after them. */
export function schemaOf(takes: z.ZodType, io: "input" | "output" = "input"): Schema {
  return schema.parse(z.toJSONSchema(takes, { io, unrepresentable: "any" }));
}

/** Whether there is anything to refuse: bodies of files take any bytes. */
export const isChecked = ({ type, anyOf }: Schema): boolean =>
  type !== undefined || anyOf !== undefined;

/** The smallest value that a path parameter takes. */
export function sample({ enum: choices, const: only, type }: Schema): string {
  const value = choices?.[0] ?? only;
  return typeof value === "string" ? value : type === "integer" ? "1" : "a";
}

/** One case for every object in the argument, however deep, that gets the field `name`. */
export function unknownFields(whole: Schema, name: string): WrongCase[] {
  return places(whole)
    .filter(({ at }) => at.type === "object" && at.additionalProperties === false)
    .map(({ path }) => wrong([...path, name], 1));
}

/** One case for every field in the argument, however deep, with a value of a type or enum it lacks. */
export function wrongValues(whole: Schema, asText: boolean): WrongCase[] {
  return places(whole)
    .filter(({ path }) => path.length > 0)
    .flatMap(({ at, path }) => breaches(at, asText).map((value) => wrong(path, value)));
}

interface Place {
  readonly at: Schema;
  readonly path: readonly (string | number)[];
}

/** Every place in the argument that no union makes ambiguous: in a union, refusals name the union. */
function places(at: Schema, path: Place["path"] = []): Place[] {
  const { properties = {}, items, additionalProperties: values } = at;
  return [
    { at, path },
    ...Object.entries(properties).flatMap(([name, inner]) => places(inner, [...path, name])),
    ...(items === undefined ? [] : places(items, [...path, 0])),
    ...(typeof values === "object" ? places(values, [...path, "x"]) : []),
  ];
}

const candidates = { boolean: true, number: 17, string: "no-such-value", object: {}, array: [] };

function breaches(at: Schema, asText: boolean): unknown[] {
  const types = typesOf(at);
  if (types.has("any")) return [];
  const [other] = Object.entries(candidates).filter(
    ([type]) => !types.has(type) && (!asText || type === "string"),
  );
  return [
    ...(other === undefined ? [] : [other[1]]),
    ...(at.minimum === undefined || at.minimum < -1000 ? [] : [at.minimum - 1]),
    ...(at.minLength === 1 ? [""] : []),
  ];
}

/** The JSON types that a value may have; an enum takes no type as a whole, though `string` may be asked. */
function typesOf(at: Schema): Set<string> {
  if (at.anyOf !== undefined) return new Set(at.anyOf.flatMap((one) => [...typesOf(one)]));
  if (at.enum !== undefined || at.const !== undefined) return new Set();
  if (at.type === undefined) return new Set(["any"]);
  return new Set([at.type].flat().map((type) => (type === "integer" ? "number" : type)));
}

function wrong(path: Place["path"], value: unknown): WrongCase {
  const whole = path.reduceRight<unknown>(
    (inner, key) => (typeof key === "number" ? [inner] : { [key]: inner }),
    value,
  );
  return { field: path.join("."), value: z.record(z.string(), z.unknown()).parse(whole) };
}
