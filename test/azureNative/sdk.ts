import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ERRATA } from "./errata";
import { sdkFolder } from "./sdkVersion";
import type { Properties, Schema, Shape } from "./shape";
import { nameOf, parseDeclarations, readProperties } from "./typeReader";

/**
 * Reads from the declaration files of the SDK what a resource or function takes.
 * @param token - e.g. `azure-native:storage:StorageAccount`, `azure-native:databricks:getWorkspace`.
 * @returns undefined if the SDK has no such thing.
 */
export function readSchema(token: string): Schema | undefined {
  const [, module = "", name = ""] = token.split(":");
  const file = declarationsOf(module, name);
  if (file === undefined) return undefined;
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const args = `${module}.${capital}Args`;
  const types = new SdkTypes();
  const found = interfaces(file.statements).find(({ name: { text } }) => args.endsWith(`.${text}`));
  const properties = found ? readProperties(file, found, types.enumValues) : {};
  return { args, outputs: outputsOf(file, name), objects: types.reachable(args, properties) };
}

/** The file of a class or function is named after it, with some of its letters in the other case. */
function declarationsOf(module: string, name: string): ts.SourceFile | undefined {
  if (!/^\w+$/.test(module) || !readdirSync(sdkFolder).includes(module)) return undefined;
  const wanted = `${name}.d.ts`.toLowerCase();
  const file = readdirSync(join(sdkFolder, module)).find((each) => each.toLowerCase() === wanted);
  return file === undefined
    ? undefined
    : parseDeclarations(readFileSync(join(sdkFolder, module, file), "utf8"));
}

function outputsOf(file: ts.SourceFile, name: string): string[] {
  return file.statements
    .filter(ts.isClassDeclaration)
    .filter((declared) => declared.name?.text === name)
    .flatMap(({ members }) => members.filter(ts.isPropertyDeclaration))
    .map((member) => nameOf(file, member.name))
    .filter((property) => property !== "__pulumiType");
}

function interfaces(statements: readonly ts.Statement[]): ts.InterfaceDeclaration[] {
  return statements.filter(ts.isInterfaceDeclaration);
}

/**
 * The nested types. They are in one file of 7.6 MB, of which a namespace at a time is parsed: half a
 * second for all of it becomes some milliseconds.
 */
class SdkTypes {
  readonly #text = readFileSync(join(sdkFolder, "types", "input.d.ts"), "utf8");
  readonly #namespaces = new Map<string, Map<string, () => Properties>>();
  readonly #enums = new Map<string, ReadonlyMap<string, readonly (string | number)[]>>();

  readonly enumValues = (qualified: string): readonly (string | number)[] => {
    const [module, name] = split(qualified);
    const values = this.#enumsOf(module).get(name);
    if (values === undefined) throw new Error(`@pulumi/azure-native has no enum ${qualified}`);
    return values;
  };

  /** The interface and all that it is made of. */
  reachable(name: string, properties: Properties): Record<string, Properties> {
    const found: Record<string, Properties> = { [name]: properties };
    const open = [properties];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const used of Object.values(next).flatMap(({ shape }) => objectsIn(shape))) {
        if (found[used] !== undefined) continue;
        const inner = this.#interface(used);
        found[used] = inner;
        open.push(inner);
      }
    }
    return found;
  }

  #interface(qualified: string): Properties {
    const [module, name] = split(qualified);
    const read = this.#namespace(module).get(name);
    if (read === undefined) throw new Error(`@pulumi/azure-native has no input ${qualified}`);
    return corrected(read(), ERRATA[qualified] ?? {});
  }

  #namespace(module: string): Map<string, () => Properties> {
    const known = this.#namespaces.get(module);
    if (known) return known;
    const begin = this.#text.indexOf(`export declare namespace ${module} {`);
    const end = this.#text.indexOf("\n}\n", begin) + 2;
    const file = parseDeclarations(begin < 0 ? "" : this.#text.slice(begin, end));
    const declared = file.statements
      .filter(ts.isModuleDeclaration)
      .flatMap(({ body }) => (body && ts.isModuleBlock(body) ? interfaces(body.statements) : []));
    const read = new Map(
      declared.map((each) => [each.name.text, () => readProperties(file, each, this.enumValues)]),
    );
    this.#namespaces.set(module, read);
    return read;
  }

  #enumsOf(module: string): ReadonlyMap<string, readonly (string | number)[]> {
    const known = this.#enums.get(module);
    if (known) return known;
    const path = join(sdkFolder, "types", "enums", module, "index.d.ts");
    const read = readEnums(parseDeclarations(readFileSync(path, "utf8")));
    this.#enums.set(module, read);
    return read;
  }
}

/** @throws Error if the SDK has no property that there is a correction for: it was corrected. */
function corrected(
  properties: Properties,
  corrections: Readonly<Record<string, Shape>>,
): Properties {
  return Object.entries(corrections).reduce((all, [name, shape]) => {
    const property = all[name];
    if (property === undefined) throw new Error(`errata.ts corrects ${name}, which is gone`);
    return { ...all, [name]: { ...property, shape } };
  }, properties);
}

/** `export declare const AccessTier: { readonly Hot: "Hot"; … }` */
function readEnums(file: ts.SourceFile): ReadonlyMap<string, readonly (string | number)[]> {
  const declared = file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations);
  return new Map(
    declared.map(({ name, type }) => [
      name.getText(file),
      type && ts.isTypeLiteralNode(type)
        ? type.members.flatMap((member) => valueOf(file, member))
        : [],
    ]),
  );
}

function valueOf(file: ts.SourceFile, member: ts.TypeElement): (string | number)[] {
  if (!ts.isPropertySignature(member) || member.type === undefined) return [];
  if (!ts.isLiteralTypeNode(member.type)) return [];
  const { literal } = member.type;
  return ts.isStringLiteral(literal) ? [literal.text] : [Number(literal.getText(file))];
}

function objectsIn(shape: Shape): string[] {
  switch (shape.kind) {
    case "object":
      return [shape.name];
    case "array":
    case "map":
      return objectsIn(shape.of);
    case "union":
      return shape.of.flatMap(objectsIn);
    case "any":
    case "string":
    case "number":
    case "boolean":
    case "enum":
      return [];
  }
}

function split(qualified: string): [module: string, name: string] {
  const at = qualified.lastIndexOf(".");
  return [qualified.slice(0, at), qualified.slice(at + 1)];
}
