/** Stands for what the engine does not know before the update, such as the id of what is yet to be made. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** What a property of a resource holds. */
export type Value =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Properties by name. */
export type Properties = Readonly<Record<string, Value>>;

/**
 * The properties as the SDK hands them over, as plain data. The SDK throws when something unknown is
 * read, which would leave a rule undecided for all of the resource; here only what depends on it is.
 * Files and archives become null.
 */
export function plain(properties: Readonly<Record<string, unknown>>): Properties {
  return Object.fromEntries(
    Object.keys(properties).map((key) => [key, read(() => properties[key])]),
  );
}

function read(get: () => unknown): Value {
  let value: unknown;
  try {
    value = get();
  } catch {
    return UNKNOWN;
  }
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return Array.from({ length: list.length }, (_, index) => read(() => list[index]));
  }
  if (isRecord(value)) return plain(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Whether a value has members by name. */
export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Whether a value is a list; `Array.isArray` does not tell a read-only one. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/**
 * The value at a path, such as `at(job, "schedule", "pauseStatus")`; null where there is none, and
 * unknown below what is unknown.
 */
export function at(value: Value, ...path: readonly string[]): Value {
  let found = value;
  for (const key of path) {
    if (found === UNKNOWN) return UNKNOWN;
    found = isProperties(found) ? (found[key] ?? null) : null;
  }
  return found;
}

/** The elements of a list at a path; none where there is no list, or an unknown one. */
export function each(value: Value, ...path: readonly string[]): readonly Value[] {
  const found = at(value, ...path);
  return isList(found) ? found : [];
}

/** A value as it is shown in a message. */
export function shown(value: Value): string {
  return value === UNKNOWN ? "unknown" : typeof value === "string" ? value : JSON.stringify(value);
}
