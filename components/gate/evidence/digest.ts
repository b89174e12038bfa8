/**
 * SHA-256 of a value's canonical JSON (RFC 8785), in hexadecimal digits. Another value has another digest;
 * null is not the same as absent.
 * @throws Error for what JSON does not know: NaN, infinities, undefined in a list, functions.
 */
export async function digestOf(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(value));
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The one way to write a value in JSON: RFC 8785.
 * @throws Error, see {@link digestOf}.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  const isJson = value === null || ["string", "boolean"].includes(typeof value);
  if (isJson || Number.isFinite(value)) return JSON.stringify(value);
  const what = typeof value === "number" ? String(value) : `A value of type ${typeof value}`;
  throw new Error(`${what} cannot be written in JSON.`);
}
