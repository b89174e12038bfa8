import { field } from "../../workspace/answer";

/** A whole number, which JSON may hold as text where it stands for 64 bits; null if it is none. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** A version's number in decimal, as text; null if it is none. */
export function versionOf(value: unknown): string | null {
  const number = numberOf(value);
  return number === null || number < 1 ? null : String(number);
}

/** A value for people: text as it is, the rest in JSON, at most 100 characters. */
export function textOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? value : (JSON.stringify(value) as string | undefined);
  return (text ?? "nothing").slice(0, 100);
}

/** What JSON says, undefined if it is none. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Tags as MLflow answers them: a list of keys with values. An empty value is left out by its JSON.
 * @returns undefined if it is no such list, or if a key has two values.
 */
export function pairsOf(list: unknown): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  if (list === undefined || list === null) return pairs;
  if (!Array.isArray(list)) return undefined;
  for (const pair of list) {
    const [key, value] = [field(pair, "key"), field(pair, "value") ?? ""];
    if (typeof key !== "string" || typeof value !== "string") return undefined;
    if (pairs.has(key) && pairs.get(key) !== value) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}
