import { existsSync, readFileSync } from "node:fs";
import { stops, wordOf, type Gate } from "../previewReport/gate";
import { readReport } from "../previewReport/read";
import { UserError } from "../shared/userError";
import { filesOf, stackOf } from "./files";
import { previewStack } from "./preview";

/**
 * `ci validate STACK`: a preview, with the verdict of every gate. Fails if the preview does, or if a gate blocks
 * the update; a gate that holds the champion lets it finish.
 */
export async function validate(args: string[]): Promise<number> {
  const stack = stackOf(args);
  const { exitCode } = await previewStack(stack);
  if (exitCode !== 0) return exitCode;
  const { preview, events } = filesOf(stack);
  const { gates } = readReport({
    name: preview,
    preview: readFileSync(preview, "utf8"),
    events: existsSync(events) ? readFileSync(events, "utf8") : undefined,
    stack,
  });
  console.log(["", "Gates:", ...gates.map((gate) => `  ${lineOf(gate)}`)].join("\n"));
  const blocked = gates.filter(stops);
  if (blocked.length > 0) {
    throw new UserError(
      `${blocked.length} of ${gates.length} gates block ${stack}: train a better candidate, ` +
        "or take the nomination back (delete the alias challenger).",
    );
  }
  return 0;
}

function lineOf(gate: Gate): string {
  const { model, version, reason, consequence } = gate;
  const head = version === undefined ? model : `${model} v${version}`;
  return `${head} → champion: ${wordOf(gate)} (${reason})${consequence === "" ? "" : `; ${consequence}`}`;
}
