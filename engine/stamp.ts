import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const stampSchema = z.object({
  /** Digest of what the files were made from. */
  inputs: z.string(),
  /** What the product says its version is. */
  version: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.number(), modifiedMs: z.number() })),
});

/** The record that files are whole, and what they were made from. */
export type Stamp = z.infer<typeof stampSchema>;

/** A digest of files, folders (with everything in them) and settings. */
export function digestOf(paths: readonly string[], settings: readonly string[]): string {
  const hash = createHash("sha256");
  for (const setting of settings) {
    hash.update(`${setting}\0`);
  }
  for (const path of paths.flatMap(filesBelow)) {
    hash.update(`${path}\0`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  const names = readdirSync(path).sort();
  return names.flatMap((name) => filesBelow(join(path, name)));
}

/** Reads a stamp; one that is missing or damaged, or whose files have changed, is no stamp. */
export function readStamp(file: string): Stamp | undefined {
  try {
    const stamp = stampSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    return stamp.files.every(isUnchanged) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

function isUnchanged(recorded: Stamp["files"][number]): boolean {
  const found = statSync(recorded.path, { throwIfNoEntry: false });
  return found?.size === recorded.size && found.mtimeMs === recorded.modifiedMs;
}

/** Writes the stamp of finished files, all at once. */
export function writeStamp(
  file: string,
  content: { inputs: string; version: string; files: readonly string[] },
): Stamp {
  const files = content.files.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return { path, size, modifiedMs: mtimeMs };
  });
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const stamp = { ...content, files };
  writeFileSync(temporary, JSON.stringify(stamp));
  renameSync(temporary, file);
  return stamp;
}
