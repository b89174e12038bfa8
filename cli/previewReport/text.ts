import { stripVTControlCharacters } from "node:util";

/** A piece of running text: words, something quoted from a plan, or something to be seen first. */
export type Inline = string | { readonly code: string } | { readonly strong: readonly Inline[] };

/** Colours in the engine's own notation: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/diag/colors */
const COLOUR_TAG = /<\{%[^%]*%\}>/g;

/** What the engine or a program said, without colours for a terminal and without the blank at its ends. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text.replaceAll(COLOUR_TAG, "")).trim();
}

/** The first line that says something. */
export function firstLine(text: string): string {
  return plainText(text).split("\n")[0] ?? "";
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly Inline[][]): Inline[] {
  return parts.flatMap((part, index) => {
    const before = index === 0 ? [] : [index === parts.length - 1 ? " and " : ", "];
    return [...before, ...part];
  });
}

/**
 * Characters that show nothing, or turn the direction of what follows, written as their number: they could hide what
 * a plan does. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|\p{Cs}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Orders texts the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
