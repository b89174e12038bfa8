import type { Json, Properties, Step } from "./plan";
import { isSame } from "./values";

/** How one property of a resource changes. */
export interface Change {
  /** e.g. `config.servedEntities[0].workloadSize`. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Whether the resource must be replaced because of it. */
  readonly replaces: boolean;
}

/**
 * The changed properties of an updated or replaced resource, those that force a replacement first. Where the
 * provider says nothing, as dynamic ones do, the inputs are compared.
 */
export function changesOf(step: Step): Change[] {
  const { detailedDiff, replaceReasons } = step;
  const found =
    detailedDiff === null || detailedDiff === undefined ? compared(step) : detailed(step);
  const forcing = new Set(replaceReasons ?? []);
  return (
    found
      .filter(({ path }) => !path.startsWith("__"))
      // Providers also name properties that are nowhere: not set before, and not set after.
      .filter(({ before, after }) => before !== undefined || after !== undefined)
      .map((change) => ({
        ...change,
        replaces: change.replaces || forcing.has(headOf(change.path)),
      }))
      .sort((a, b) => Number(b.replaces) - Number(a.replaces) || (a.path < b.path ? -1 : 1))
  );
}

function detailed({ detailedDiff, oldState, newState }: Step): Change[] {
  return Object.entries(detailedDiff ?? {}).map(([path, { kind, inputDiff }]) => {
    const found = at(oldState?.outputs, path) ?? at(oldState?.inputs, path);
    const given = at(oldState?.inputs, path) ?? at(oldState?.outputs, path);
    return {
      path,
      before: kind.startsWith("add") ? undefined : inputDiff ? given : found,
      after: kind.startsWith("delete") ? undefined : at(newState?.inputs, path),
      replaces: kind.endsWith("-replace"),
    };
  });
}

function compared({ oldState, newState }: Step): Change[] {
  return differences("", oldState?.inputs ?? {}, newState?.inputs ?? {}).map((change) => ({
    ...change,
    replaces: false,
  }));
}

/** How properties differ; objects and lists of the same length are compared member by member. */
export function differences(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): Omit<Change, "replaces">[] {
  if (isSame(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((one, index) =>
      differences(`${path}[${String(index)}]`, one, after[index]),
    );
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(append(path, key), before[key], after[key]));
}

/** Every single value within properties, with its path. */
export function leaves(path: string, value: Json): [path: string, value: Json][] {
  if (Array.isArray(value))
    return value.flatMap((one, index) => leaves(`${path}[${String(index)}]`, one));
  if (!isObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, one]) =>
    key.startsWith("__") ? [] : leaves(append(path, key), one),
  );
}

function append(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** https://www.pulumi.com/docs/iac/concepts/miscellaneous/property-paths/ */
function partsOf(path: string): string[] {
  const parts = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
  return parts.map(
    ([, quoted, index, plain]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? index ?? plain ?? "",
  );
}

function headOf(path: string): string {
  return partsOf(path)[0] ?? "";
}

function at(properties: Properties | null | undefined, path: string): Json | undefined {
  let value: Json | undefined = properties ?? undefined;
  for (const part of partsOf(path)) {
    if (typeof value !== "object" || value === null) return undefined;
    const holder: Json = value;
    value = Array.isArray(holder)
      ? holder[Number(part)]
      : Object.hasOwn(holder, part)
        ? holder[part]
        : undefined;
  }
  return value;
}
