import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { previewMarker } from "../previewReport/marker";
import { root } from "../paths";
import type { PreviewResult, StackFiles } from "./files";
import { previewJson } from "./json";

/** Name in Pulumi.yaml. */
export const PROJECT = "mlops";

/** As many lines of what Pulumi said as a comment has room for. */
const LAST_LINES = 40;

/**
 * Writes the report of a preview, by `npm run preview-report`; by itself only for a preview that failed before
 * there was anything to report.
 * @param stderr - What Pulumi complained of.
 * @throws Error if there is something to report, and it cannot be rendered.
 */
export function renderReport(files: StackFiles, result: PreviewResult, stderr: string): void {
  const stdout = readFileSync(files.preview, "utf8");
  if (previewJson(stdout) === undefined) {
    writeFileSync(files.markdown, failedReport(result, `${stdout}\n${stderr}`));
    return;
  }
  const { status, stderr: complaint } = spawnSync(
    process.execPath,
    [
      ...[join(root, "cli", "run.cjs"), "previewReport", "--stack", result.stack],
      ...["--preview", files.preview, "--events", files.events],
      ...["--markdown", files.markdown, "--html", files.html],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`npm run preview-report failed:\n${complaint}`);
}

/** A report that says no more than that there is nothing to report, and why. */
export function failedReport({ stack, commit }: PreviewResult, said: string): string {
  const lines = withoutColour(said).trim().split("\n").slice(-LAST_LINES);
  // Indented text is code in Markdown, whatever it contains: nothing in it can end the block.
  const quoted = lines.map((line) => `    ${line}`).join("\n");
  return [
    previewMarker(PROJECT, stack),
    `**The preview of \`${stack}\` failed** at ${commit.slice(0, 12)}, before there was anything to show:`,
    quoted,
    `To see it yourself: \`npm run ci -- preview ${stack}\``,
    "",
  ].join("\n\n");
}

function withoutColour(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}
