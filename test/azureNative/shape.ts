import { z } from "zod";

/** What a property may hold, read from the SDK's types: `pulumi.Input<…>` and `undefined` left out. */
export type Shape =
  | { readonly kind: "any" | "string" | "number" | "boolean" }
  /** One of these values. The SDK's `string | enums.X` too: it is written so for every enum. */
  | { readonly kind: "enum"; readonly values: readonly (string | number)[] }
  | { readonly kind: "array"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape }
  /** An interface of the SDK, by name in {@link Schema.objects}. */
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "union"; readonly of: readonly Shape[] };

/** A property of an interface. */
export interface Property {
  readonly shape: Shape;
  readonly required: boolean;
}

/** An interface of the SDK: its properties by name. */
export type Properties = Readonly<Record<string, Property>>;

/** What one resource or function of the SDK takes and gives. */
export interface Schema {
  /** The interface of its arguments, e.g. `storage.StorageAccountArgs`: a key of `objects`. */
  readonly args: string;
  /** Names of a resource's outputs; none for a function. */
  readonly outputs: readonly string[];
  /** The interfaces that the arguments are made of. */
  readonly objects: Readonly<Record<string, Properties>>;
}

const shape: z.ZodType<Shape> = z.lazy(() =>
  z.union([
    z.object({ kind: z.enum(["any", "string", "number", "boolean"]) }),
    z.object({ kind: z.literal("enum"), values: z.array(z.union([z.string(), z.number()])) }),
    z.object({ kind: z.enum(["array", "map"]), of: shape }),
    z.object({ kind: z.literal("object"), name: z.string() }),
    z.object({ kind: z.literal("union"), of: z.array(shape) }),
  ]),
);

/** Reads a {@link Schema} that was kept as JSON. */
export const schemaJson: z.ZodType<Schema> = z.object({
  args: z.string(),
  outputs: z.array(z.string()),
  objects: z.record(z.string(), z.record(z.string(), z.object({ shape, required: z.boolean() }))),
});
