import { readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../userError";
import { filesOf, stackOf } from "./files";
import { previewJson } from "./json";
import { previewStack } from "./preview";

const said = z.object({ diagnostics: z.array(z.object({ message: z.string() })).default([]) });

/** What every gate says in a preview, e.g. `churn v3 → champion: PROMOTED (val_f1 0.91 > 0.8)`. */
const VERDICT = /^\S+ (?:v\S+ )?→ champion: ([A-Z]+) \(.+/;

/** What a gate whose `onFailure` is `block` says of a candidate that it does not let through. */
const BLOCKED = "BLOCKED";

/** One gate's verdict. */
export interface GateVerdict {
  /** e.g. `PROMOTED`, `CHAMPION`, `WAITING`, `REFUSED`, `BLOCKED`. */
  readonly word: string;
  readonly line: string;
}

/**
 * `ci validate STACK`: a preview, with the verdict of every gate. Fails if the preview does, or if a gate blocks
 * the update; a gate that holds the champion lets it finish.
 */
export async function validate(args: string[]): Promise<number> {
  const stack = stackOf(args);
  const { exitCode } = await previewStack(stack);
  const verdicts = readVerdicts(readFileSync(filesOf(stack).preview, "utf8"));
  console.log(["", "Gates:", ...verdicts.map(({ line }) => `  ${line}`)].join("\n"));
  if (exitCode !== 0) return exitCode;
  const blocked = verdicts.filter(({ word }) => word === BLOCKED);
  if (blocked.length > 0) {
    throw new UserError(
      `${blocked.length} of ${verdicts.length} gates block ${stack}: train a better candidate, ` +
        "or take the nomination back (delete the alias challenger).",
    );
  }
  return 0;
}

/** The verdicts that a preview's JSON holds, each once. */
export function readVerdicts(stdout: string): GateVerdict[] {
  const { diagnostics } = said.catch({ diagnostics: [] }).parse(previewJson(stdout));
  const lines = diagnostics
    .flatMap(({ message }) => message.split("\n"))
    .map((line) => line.trim());
  return [...new Set(lines)].flatMap((line) => {
    const word = VERDICT.exec(line)?.[1];
    return word === undefined ? [] : [{ word, line }];
  });
}
