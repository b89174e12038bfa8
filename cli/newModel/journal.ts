import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const journal = z.object({
  /** Files that were not there, in their order. */
  created: z.array(z.object({ path: z.string(), digest: z.string() })),
  /** Files that were there, with what they said. */
  replaced: z.array(z.object({ path: z.string(), digest: z.string(), before: z.string() })),
  /** Folders that were not there, the innermost first. */
  folders: z.array(z.string()),
});

/** What a run is about to change, paths below the root. */
export type Journal = z.output<typeof journal>;

/** Where files are staged: in the ignored folder, so that they move within one file system. */
export const stagingFolder = (root: string): string => join(root, ".mlops", "new-model");

/** Digest of a file's text. */
export const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The journal of a run that was killed; undefined if it had not begun to move files. */
export function readJournal(folder: string): Journal | undefined {
  const file = join(folder, "journal.json");
  if (!existsSync(file)) return undefined;
  try {
    return journal.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Half of a journal: it is written as a whole before the first file moves.
    return undefined;
  }
}

/**
 * Takes back what a run has written. A run whose last file is in place is complete and stays; a file
 * that somebody has changed since is left alone.
 * @returns the files that were removed.
 */
export function takeBack(root: string, { created, replaced, folders }: Journal): string[] {
  const isAsWritten = (file: { path: string; digest: string }): boolean => {
    const path = join(root, file.path);
    return existsSync(path) && digest(readFileSync(path, "utf8")) === file.digest;
  };
  const last = replaced.at(-1);
  if (last !== undefined && isAsWritten(last)) return [];
  for (const file of replaced) {
    if (isAsWritten(file)) writeFileSync(join(root, file.path), file.before);
  }
  const removed = created.filter(isAsWritten);
  for (const { path } of removed) rmSync(join(root, path));
  for (const folder of folders) removeIfEmpty(join(root, folder));
  return removed.map(({ path }) => path);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or with something in it that is not ours.
  }
}
