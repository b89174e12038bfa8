import type { Inline } from "../text";
import { visible } from "../text";

/** After these, GitHub and Azure DevOps look for a name or a number, also where HTML put the character there. */
const ZERO_WIDTH = "\u200b";

/**
 * Text of any origin as one line of Markdown that shows exactly that text: no markup, no HTML, no link, no mention
 * of a person, an issue or a work item; safe in a table's cell too.
 */
export function escapeMarkdown(text: string): string {
  return entities(oneLine(text)).replaceAll(
    /&#(?:64|35|58);|(?<=GH)-(?=\d)/gi,
    (found) => `${found}${ZERO_WIDTH}`,
  );
}

/** Text of any origin as code, in one line; see {@link escapeMarkdown}. Within code nobody is mentioned. */
export function code(text: string): string {
  const shown = entities(oneLine(text).trim());
  return `<code>${shown === "" ? " " : shown}</code>`;
}

/** Running text. */
export function inline(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return escapeMarkdown(part);
      return "code" in part ? code(part.code) : `<strong>${inline(part.strong)}</strong>`;
    })
    .join("");
}

/** A block of text as it is, over several lines. The fence is longer than any that the text has. */
export function fenced(text: string, language = ""): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => visible(line.replaceAll("\t", "  ")));
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

function oneLine(text: string): string {
  return visible(text.replaceAll(/\s+/g, " "));
}

/**
 * Every character that means something to Markdown or HTML as a number. Underscores between letters mean nothing,
 * and stay for those who read the source.
 */
function entities(text: string): string {
  return text
    .replaceAll(/[&<>"'`*[\]{}!|~\\@#$^]|(?<![A-Za-z\d])_|_(?![A-Za-z\d])/g, number)
    .replaceAll(/:(?=\/\/|[\w+-]+:)|(?<=www)\./gi, number)
    .replaceAll(/(?<=(?:https?|ftp|mailto|xmpp)):/gi, number);
}

function number(character: string): string {
  return `&#${String(character.codePointAt(0) ?? 0)};`;
}
