import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that it is there whole or not at all, and on disk when this returns.
 * @param staged - Where it is written first; on the same file system as `target`.
 */
export function writeDurably(target: string, content: Uint8Array, staged: string): void {
  const file = openSync(staged, "w");
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(staged, target);
  const folder = openSync(dirname(target), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
