import Mustache from "mustache";
import type { Executed } from "../lakehouse/shapes";

/** Rows of `QUERY_RESULT_TABLE`: https://docs.databricks.com/sql/user/alerts/#notification-templates */
const TABLE_ROWS = 100;

/** What a template's variables stand for. */
export type View = Readonly<Record<string, unknown>>;

/** A value that is HTML already. */
export class Html {
  constructor(readonly source: string) {}
}

/** A variable's value in HTML. */
export function escaped(value: unknown): string {
  return value instanceof Html ? value.source : Mustache.escape(valuesOf(value));
}

/** A variable's value in text: lists as JSON. */
export function valuesOf(value: unknown): string {
  if (value instanceof Html) return value.source;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The text of HTML, a line for each block, row and line break. */
export function plainText(html: string): string {
  return html
    .replace(/<\/(?:td|th)>(?=\s*<t[dh])/gi, "\t")
    .replace(/<br\s*\/?>|<\/(?:p|div|tr|li|h\d|table)>/gi, "\n")
    .replace(/<[a-z/!][^>]*>/gi, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** The first rows of a result as an HTML table. */
export function tableOf({ columns, rows }: Executed): string {
  const head = columns.map(({ name }) => `<th>${escaped(name)}</th>`).join("");
  const body = rows
    .slice(0, TABLE_ROWS)
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell ?? "NULL")}</td>`).join("")}</tr>`);
  return `<table><tr>${head}</tr>${body.join("")}</table>`;
}
