import type { Block } from "./blocks";

/** One row of a table; its cells are Markdown already. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A table, with a heading if there is one, that can be cut after each row. */
export function table(
  heading: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  rank: number,
): Block {
  const rule = `|${" --- |".repeat(columns.length)}`;
  return {
    before: `${heading === "" ? "" : `${heading}\n\n`}${row(columns)}\n${rule}`,
    items: rows.map(row),
    after: "",
    rank,
    rest: (left) => row([`… and ${String(left)} more`, ...columns.slice(1).map(() => "")]),
  };
}
