import ts from "typescript";
import type { Properties, Shape } from "./shape";

/** The values of an enum of the SDK, e.g. of `storage.AccessTier`. */
export type EnumValues = (name: string) => readonly (string | number)[];

/** Parses a declaration file of the SDK, or a part of one. */
export function parseDeclarations(text: string): ts.SourceFile {
  return ts.createSourceFile("sdk.d.ts", text, ts.ScriptTarget.ES2022);
}

/** Reads the properties of an interface of the SDK. */
export function readProperties(
  file: ts.SourceFile,
  declared: ts.InterfaceDeclaration,
  enumValues: EnumValues,
): Properties {
  const read: Record<string, Properties[string]> = {};
  for (const member of declared.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined) {
      throw new Error(`Cannot read ${member.getText(file)} of ${declared.name.text}`);
    }
    read[nameOf(file, member.name)] = {
      shape: readShape(file, member.type, enumValues),
      required: member.questionToken === undefined,
    };
  }
  return read;
}

/** A property's name without its quotes. */
export function nameOf(file: ts.SourceFile, name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText(file);
}

/** @throws Error for a type that the SDK has not had so far. */
function readShape(file: ts.SourceFile, type: ts.TypeNode, enumValues: EnumValues): Shape {
  const read = (inner: ts.TypeNode): Shape => readShape(file, inner, enumValues);
  if (ts.isParenthesizedTypeNode(type)) return read(type.type);
  if (ts.isArrayTypeNode(type)) return { kind: "array", of: read(type.elementType) };
  if (ts.isUnionTypeNode(type)) return joined(type.types.filter(isDefined).map(read));
  if (ts.isLiteralTypeNode(type)) {
    const { literal } = type;
    if (ts.isStringLiteral(literal)) return { kind: "enum", values: [literal.text] };
    if (ts.isNumericLiteral(literal)) return { kind: "enum", values: [Number(literal.text)] };
  }
  if (ts.isTypeLiteralNode(type)) {
    const [only, ...others] = type.members;
    if (only && others.length === 0 && ts.isIndexSignatureDeclaration(only)) {
      return { kind: "map", of: read(only.type) };
    }
  }
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText(file);
    const [argument] = type.typeArguments ?? [];
    if (name === "pulumi.Input" && argument) return read(argument);
    if (name.startsWith("pulumi.asset.")) return { kind: "any" };
    const [, where, rest] = /^(inputs|enums)\.(.+)$/.exec(name) ?? [];
    if (where === "inputs" && rest !== undefined) return { kind: "object", name: rest };
    if (where === "enums" && rest !== undefined) return { kind: "enum", values: enumValues(rest) };
  }
  const keyword = KEYWORDS.get(type.kind);
  if (keyword !== undefined) return { kind: keyword };
  throw new Error(`Cannot read the type ${type.getText(file)} of @pulumi/azure-native`);
}

const KEYWORDS: ReadonlyMap<ts.SyntaxKind, "any" | "string" | "number" | "boolean"> = new Map([
  [ts.SyntaxKind.AnyKeyword, "any"],
  [ts.SyntaxKind.StringKeyword, "string"],
  [ts.SyntaxKind.NumberKeyword, "number"],
  [ts.SyntaxKind.BooleanKeyword, "boolean"],
]);

function isDefined(type: ts.TypeNode): boolean {
  return type.kind !== ts.SyntaxKind.UndefinedKeyword;
}

/** `string | enums.X` is that enum, several enums are one. */
function joined(shapes: readonly Shape[]): Shape {
  const values = shapes.flatMap((shape) => (shape.kind === "enum" ? shape.values : []));
  const others = shapes.filter(({ kind }) => kind !== "enum");
  const rest = values.length === 0 ? others : others.filter(({ kind }) => kind !== "string");
  const all: Shape[] = values.length === 0 ? rest : [...rest, { kind: "enum", values }];
  const [only] = all;
  return only !== undefined && all.length === 1 ? only : { kind: "union", of: all };
}
