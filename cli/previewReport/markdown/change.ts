import type { Change } from "../changes";
import type { Json } from "../plan";
import { LATER, SECRET, isOtherSecret, shorten, showValue } from "../values";
import { code } from "./escape";

/** A value in a comment has to be recognised, not read in full. */
const LONGEST = 120;

/** A value as code; what is not there and what is not known in words. */
export function value(one: Json | undefined): string {
  const text = showValue(one);
  if (one === undefined) return "*none*";
  return text === LATER ? `*${LATER}*` : code(shorten(text, LONGEST));
}

/** `path: before → after`. */
export function change({ path, before, after, replaces }: Change): string {
  const name = code(shorten(path, LONGEST));
  return `${replaces ? `<strong>${name}</strong>` : name}: ${transition(before, after)}`;
}

/** `before → after`. */
export function transition(before: Json | undefined, after: Json | undefined): string {
  if (isOtherSecret(before, after)) return `${code(SECRET)}, another one`;
  return `${value(before)} → ${value(after)}`;
}
