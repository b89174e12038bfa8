import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { renderComment } from "./previewReport/markdown/comment";
import { renderPage } from "./previewReport/html/page";
import { readReport } from "./previewReport/read";
import { UserError, messageOf } from "./shared/userError";

const USAGE =
  "npm run preview-report -- --preview preview.json [--events events.jsonl] [--log preview.log] [--stack prod] " +
  "[--commit SHA] [--exit-code N] [--markdown out.md] [--html out.html]";

/**
 * `npm run preview-report`: makes a pull request's comment and a page of what `pulumi preview --json` wrote.
 * A preview that failed makes a report as well, which says why.
 * @throws UserError for flags that are not known or missing, files that cannot be read or written, and for a file
 * that is no preview although nothing failed.
 */
export async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  const report = readReport({
    preview: read("--preview", options.preview),
    events: options.events === undefined ? undefined : read("--events", options.events),
    log: options.log === undefined ? undefined : read("--log", options.log),
    stack: options.stack,
    commit: options.commit,
    exitCode: options.exitCode,
    name: options.preview,
  });
  if (options.markdown !== undefined) write(options.markdown, renderComment(report));
  if (options.html !== undefined) write(options.html, await renderPage(report));
  return 0;
}

const string = { type: "string" } as const;
const FLAGS = {
  preview: string,
  events: string,
  log: string,
  stack: string,
  commit: string,
  "exit-code": string,
  markdown: string,
  html: string,
} as const;

function readOptions(args: string[]) {
  const { "exit-code": exit, ...values } = parse(args);
  const { preview, markdown, html } = values;
  if (preview === undefined) throw new UserError(`--preview is missing: ${USAGE}`);
  if (markdown === undefined && html === undefined)
    throw new UserError(`Neither --markdown nor --html says where the report goes: ${USAGE}`);
  if (exit !== undefined && !/^\d+$/.test(exit))
    throw new UserError(
      `--exit-code is ${exit}; it must be the number that pulumi preview ended with.`,
    );
  return { ...values, preview, exitCode: exit === undefined ? undefined : Number(exit) };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS, strict: true }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error)}\nUsage: ${USAGE}`);
  }
}

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${flag} cannot be read: ${messageOf(error)}`);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
    console.error(`Wrote ${file}`);
  } catch (error) {
    throw new UserError(`The report cannot be written: ${messageOf(error)}`);
  }
}
