import { styleText } from "node:util";
import type { EnvironmentRow, Fleet } from "./facts";
import { COLUMNS, cellsOf, notesOf, type Cell, type Tone } from "./words";

const GAP = 2;

/** The longest word that a column makes room for; a longer one is broken. */
const LONGEST_WORD = 24;

/** How the fleet is to be shown. */
export interface Display {
  /** Characters in a line. */
  readonly width: number;
  readonly colour: boolean;
}

/** The fleet for people: a table for each environment, or a list where the terminal is too narrow. */
export function fleetText(fleet: Fleet, display: Display): string {
  const now = Date.parse(fleet.readAt);
  return fleet.environments.map((one) => environmentText(one, display, now)).join("\n\n");
}

function environmentText(environment: EnvironmentRow, display: Display, now: number): string {
  const { stack, status, reason, workspace, models } = environment;
  const heading = [
    paint(stack, "bold", display),
    ...(workspace === undefined ? [] : [workspace]),
    ...(status === "none" ? ["nothing is deployed"] : []),
    ...(status === "known" && models.length === 0 ? ["no models"] : []),
    ...(status === "unknown" ? [`unknown: ${reason ?? ""}`] : []),
  ].join("  ");
  const head = wrap(heading, display.width);
  if (models.length === 0) return head.join("\n");
  const rows = models.map((model) => cellsOf(model, now));
  const notes = models.flatMap((model) =>
    notesOf(model)
      // The environment's own reason has been said.
      .filter((note) => reason === undefined || !note.endsWith(`unknown: ${reason}`))
      .flatMap((note) => indented(wrap(`${model.name}: ${note}`, display.width - 2))),
  );
  return [...head, ...tableOf(rows, display), ...notes].join("\n");
}

function tableOf(rows: readonly Cell[][], display: Display): string[] {
  const widths = widthsOf([COLUMNS.map((text) => ({ text })), ...rows], display.width);
  if (widths === undefined) return rows.flatMap((row) => listOf(row, display));
  const header = COLUMNS.map((text) => ({ text, tone: "quiet" as const }));
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

function listOf(row: readonly Cell[], display: Display): string[] {
  const [name, ...others] = row;
  return [
    name?.text ?? "",
    ...others.flatMap(({ text, tone }, index) =>
      indented(wrap(`${COLUMNS[index + 1] ?? ""}: ${text}`, display.width - 2)).map((line) =>
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
  const space = available - GAP * (COLUMNS.length - 1);
  const longest = (parts: (text: string) => string[]): number[] =>
    COLUMNS.map((_, column) =>
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

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const COLOURS = {
  good: "green",
  bad: "red",
  warning: "yellow",
  quiet: "dim",
  bold: "bold",
} as const;

function paint(text: string, tone: Tone | "bold", { colour }: Display): string {
  if (!colour || tone === "plain" || text === "") return text;
  // Whether there is to be colour has been decided.
  return styleText(COLOURS[tone], text, { validateStream: false });
}
