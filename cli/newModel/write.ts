import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isRunning } from "../../engine/isRunning";
import { UserError } from "../shared/userError";
import { digest, readJournal, stagingFolder, takeBack, type Journal } from "./journal";
import type { Change } from "./plan";

/** Signals that end a command; in the middle of writing they take back what is there first. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Writes all changes or none. Everything is staged beside the repository's files first; then each new
 * file appears as a whole, in the order given, and a file that is there already is replaced last of all,
 * in one step. A mistake, a conflict or a signal takes all back. Who is killed in between leaves a
 * journal, from which {@link recover} takes it back before the next model is made; until then no new
 * file is in use, because the replaced one that names them comes last.
 * @param onFile - Told after each file that is in place.
 * @throws UserError if a file is there already or another than planned, or when interrupted.
 */
export async function writeAll(
  root: string,
  changes: readonly Change[],
  onFile: (path: string) => void = () => undefined,
): Promise<void> {
  const folder = stagingFolder(root);
  begin(folder);
  let interrupted: string | undefined;
  const note = (signal: string): void => void (interrupted = signal);
  for (const signal of ENDING) process.on(signal, note);
  const journal = journalOf(root, changes);
  try {
    for (const change of changes) stage(join(folder, "new", change.path), change.text);
    for (const change of changes) requireUnchanged(root, change);
    stage(join(folder, "journal.json"), JSON.stringify(journal));
    for (const change of inOrder(changes)) {
      // Signals are heard between two files only.
      await setImmediate();
      if (interrupted !== undefined) throw new UserError(`${interrupted}: nothing was written.`);
      put(root, join(folder, "new", change.path), change);
      onFile(change.path);
    }
  } catch (error) {
    takeBack(root, journal);
    // No space, no permission, another file system: nobody's defect.
    throw isSystemError(error) ? new UserError(`${error.message}. Nothing was written.`) : error;
  } finally {
    for (const signal of ENDING) process.off(signal, note);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Takes back what a killed run has left, if there is any.
 * @returns the files that were taken back; undefined if there was nothing to do.
 * @throws UserError if the other run is still at work.
 */
export function recover(root: string): readonly string[] | undefined {
  const folder = stagingFolder(root);
  if (!existsSync(folder)) return undefined;
  requireEnded(folder);
  const journal = readJournal(folder);
  const taken = journal === undefined ? [] : takeBack(root, journal);
  rmSync(folder, { recursive: true, force: true });
  return taken;
}

/** @throws UserError if another run is at work: the folder is its lock. */
function begin(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST") requireEnded(folder);
    throw error;
  }
  writeFileSync(join(folder, "pid"), String(process.pid));
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

function requireEnded(folder: string): void {
  const file = join(folder, "pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : NaN;
  if (!isRunning(pid)) return;
  throw new UserError(
    `Process ${pid} is writing another model. Wait for it; if it is none of new-model's, remove ${folder}.`,
  );
}

function journalOf(root: string, changes: readonly Change[]): Journal {
  const created = changes.filter(({ before }) => before === undefined);
  const folders = new Set<string>();
  for (const { path } of created) {
    for (let folder = dirname(path); !existsSync(join(root, folder)); folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return {
    created: created.map(({ path, text }) => ({ path, digest: digest(text) })),
    replaced: changes.flatMap(({ path, text, before }) =>
      before === undefined ? [] : [{ path, digest: digest(text), before }],
    ),
    // The innermost first, as they are removed.
    folders: [...folders].sort((a, b) => b.length - a.length),
  };
}

/** Writes a file so that it is on the disk, with the folders that it needs. */
function stage(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, "wx");
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function requireUnchanged(root: string, { path, before }: Change): void {
  const file = join(root, path);
  if (before === undefined ? !existsSync(file) : readFileSync(file, "utf8") === before) return;
  throw new UserError(
    before === undefined
      ? `${path} is there already. Nothing was written.`
      : `${path} has changed meanwhile. Nothing was written; start again.`,
  );
}

const inOrder = (changes: readonly Change[]): Change[] => [
  ...changes.filter(({ before }) => before === undefined),
  ...changes.filter(({ before }) => before !== undefined),
];

/** Neither step can leave half a file; the first also fails if somebody else made the file meanwhile. */
function put(root: string, staged: string, { path, before }: Change): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  if (before === undefined) {
    linkSync(staged, target);
    return;
  }
  const { mode } = statSync(target);
  writeFileSync(staged, readFileSync(staged), { mode });
  renameSync(staged, target);
}
