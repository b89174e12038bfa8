import { styleText } from "node:util";

const GAP = 2;

/** The longest word that a column makes room for; a longer one is broken. */
const LONGEST_WORD = 24;

/** How something is to be shown. */
export interface Display {
  /** Characters in a line. */
  readonly width: number;
  readonly colour: boolean;
}

/** How a text is to be read; colour only repeats what its words say. */
export type Tone = "good" | "bad" | "warning" | "quiet" | "plain";

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

/** What the terminal can show: https://no-color.org */
export function display(): Display {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
  return {
    width: process.stdout.isTTY ? Math.min(process.stdout.columns, 160) : 120,
    colour: NO_COLOR ? false : isForced || process.stdout.isTTY,
  };
}

/**
 * A table's lines: cells wrapped within their columns, or a list where the lines are too short for a table.
 * @param columns - What the header says; the first is the name of a row.
 */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  display: Display,
): string[] {
  const header = columns.map((text) => ({ text, tone: "quiet" as const }));
  const widths = widthsOf([header, ...rows], display.width);
  if (widths === undefined) return rows.flatMap((row) => listOf(columns, row, display));
  return [header, ...rows].flatMap((row) => rowOf(row, widths, display));
}

/** A row's lines: each cell wrapped within its column. */
function rowOf(row: readonly Cell[], widths: readonly number[], display: Display): string[] {
  const cells = row.map(({ text }, index) => wrap(text, widths[index] ?? LONGEST_WORD));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map(({ tone }, index) => {
        const text = cells[index]?.[line] ?? "";
        return `${paint(text, tone, display)}${" ".repeat((widths[index] ?? 0) - text.length)}`;
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

function listOf(columns: readonly string[], row: readonly Cell[], display: Display): string[] {
  const [name, ...others] = row;
  return [
    name?.text ?? "",
    ...others.flatMap(({ text, tone }, index) =>
      indented(wrap(`${columns[index + 1] ?? ""}: ${text}`, display.width - 2)).map((line) =>
        paint(line, tone, display),
      ),
    ),
  ];
}

/**
 * As wide as needed; where that is too wide, the widest columns give way, as far as their words let them.
 * Undefined if they cannot.
 */
function widthsOf(
  rows: readonly (readonly Pick<Cell, "text">[])[],
  available: number,
): number[] | undefined {
  const columns = rows[0] ?? [];
  const space = available - GAP * (columns.length - 1);
  const longest = (parts: (text: string) => string[]): number[] =>
    columns.map((_, column) =>
      Math.max(...rows.flatMap((row) => parts(row[column]?.text ?? "")).map((part) => part.length)),
    );
  const narrowest = longest((text) => text.split(" ")).map((word) => Math.min(word, LONGEST_WORD));
  const widths = longest((text) => [text]);
  while (widths.reduce((sum, width) => sum + width, 0) > space) {
    const room = widths.map((width, column) => (width > (narrowest[column] ?? 0) ? width : 0));
    const widest = Math.max(...room);
    if (widest === 0) return undefined;
    widths[room.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Breaks at spaces, and within a word only if it is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}

/** Lines of something below. */
export const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const COLOURS = {
  good: "green",
  bad: "red",
  warning: "yellow",
  quiet: "dim",
  bold: "bold",
} as const;

/** Text in its colour, if there is to be colour. */
export function paint(text: string, tone: Tone | "bold", { colour }: Display): string {
  if (!colour || tone === "plain" || text === "") return text;
  // Whether there is to be colour has been decided.
  return styleText(COLOURS[tone], text, { validateStream: false });
}
