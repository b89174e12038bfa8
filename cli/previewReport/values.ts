import type { Json } from "./plan";

/** What the engine writes for a value that only the update will tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Key by which the engine marks secrets, assets and archives, and the mark of a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** What a reader sees of a secret. */
export const SECRET = "[secret]";

/** What a reader sees of a value that is not known before the update. */
export const LATER = "known after update";

/** Whether two values are the same. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A value in one line; undefined is a value that is not there. Nothing in it is escaped. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return "none";
  const clear = shown(value);
  if (typeof clear === "string") return clear === "" ? '""' : withoutUnknown(clear);
  return withoutUnknown(JSON.stringify(clear));
}

function withoutUnknown(text: string): string {
  return text === UNKNOWN ? LATER : text.replaceAll(UNKNOWN, `(${LATER})`);
}

/** Secrets, files and the engine's own notes in words. */
function shown(value: Json): Json {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, SIGNATURE))
    return value[SIGNATURE] === SECRET_SIGNATURE ? SECRET : "(file)";
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, one]) => [key, shown(one)]),
  );
}

/** The first `length` characters, with a mark where some are left out; a surrogate pair is not torn. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 2)) ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}

/** Whether a secret takes the place of another one, of which nobody learns more than that. */
export function isOtherSecret(before: Json | undefined, after: Json | undefined): boolean {
  return showValue(before) === SECRET && showValue(after) === SECRET;
}
