import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rm, truncate, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

/** A file is closed when it is larger; the next line begins another one. */
const LARGEST_BYTES = 8 * 1024 * 1024;
const NAME = /^([\w-]+)\.(\d+)\.jsonl$/;

/** A file of a journal that nothing is added to any more: whole lines, each of them JSON. */
export interface Segment {
  readonly path: string;
  /** Who wrote it, once: another journal object, also on the same folder, is another writer. */
  readonly writer: string;
  /** Counts up among those of the writer. */
  readonly number: number;
}

interface Current {
  readonly segment: Segment;
  readonly file: FileHandle;
  size: number;
}

/**
 * Lines of JSON that must not be lost, in files of one folder until they are somewhere else. Lines that are
 * added at the same time are flushed to disk together, so that many callers wait for few flushes; nothing is
 * kept in memory.
 */
export class Journal {
  readonly #folder: string;
  readonly #writer = randomUUID();
  readonly #closed: Segment[];
  #number = 0;
  #current: Current | undefined;
  #next: { readonly lines: string[]; readonly written: Promise<void> } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, closed: Segment[]) {
    this.#folder = folder;
    this.#closed = closed;
  }

  /** Opens a folder, which is made if needed, with what earlier writers left in it, killed ones too. */
  static async open(folder: string): Promise<Journal> {
    await mkdir(folder, { recursive: true });
    await flushFolder(join(folder, ".."));
    const found = (await readdir(folder)).flatMap((name) => {
      const [, writer, number] = NAME.exec(name) ?? [];
      if (writer === undefined) return [];
      return [{ path: join(folder, name), writer, number: Number(number) }];
    });
    const left = found.sort((a, b) => a.number - b.number);
    for (const { path } of left) await cutTornLine(path);
    return new Journal(folder, left);
  }

  /**
   * Adds a line, given without its end. It is on disk when this resolves.
   * @throws Error when it cannot be written; then it is not in the journal.
   */
  append(line: string): Promise<void> {
    this.#next ??= this.#planned();
    this.#next.lines.push(line);
    return this.#next.written;
  }

  /** Closes the file that lines are added to. Gives all closed files, each writer's in their order. */
  cut(): Promise<readonly Segment[]> {
    return this.#inTurn(async () => {
      await this.#closeCurrent();
      return [...this.#closed];
    });
  }

  /** Removes a closed file whose lines are somewhere else by now. */
  async remove(segment: Segment): Promise<void> {
    await rm(segment.path, { force: true });
    this.#closed.splice(this.#closed.indexOf(segment), 1);
  }

  #planned() {
    const lines: string[] = [];
    const written = this.#inTurn(() => {
      this.#next = undefined;
      return this.#write(lines);
    });
    return { lines, written };
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (this.#current !== undefined && this.#current.size > LARGEST_BYTES)
      await this.#closeCurrent();
    this.#current ??= await this.#begin();
    const { file, segment, size } = this.#current;
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    try {
      await file.appendFile(bytes);
      await file.datasync();
      this.#current.size += bytes.length;
    } catch (error) {
      // What was written of it must not stand between the lines that are there and those that follow.
      await this.#closeCurrent();
      await truncate(segment.path, size);
      throw error;
    }
  }

  async #begin(): Promise<Current> {
    const [writer, number] = [this.#writer, ++this.#number];
    const path = join(this.#folder, `${writer}.${number}.jsonl`);
    const file = await open(path, "ax");
    await flushFolder(this.#folder);
    return { segment: { path, writer, number }, file, size: 0 };
  }

  async #closeCurrent(): Promise<void> {
    if (this.#current === undefined) return;
    const { file, segment } = this.#current;
    this.#current = undefined;
    this.#closed.push(segment);
    await file.close();
  }

  /** Runs `work` when all that was asked for earlier is done. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Removes what a killed writer left of a line that it had not acknowledged, and all behind it. */
async function cutTornLine(path: string): Promise<void> {
  const bytes = await readFile(path);
  let end = 0;
  for (let next = bytes.indexOf("\n"); next >= 0; next = bytes.indexOf("\n", end)) {
    if (!isJson(bytes.toString("utf8", end, next))) break;
    end = next + 1;
  }
  if (end < bytes.length) await truncate(path, end);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** That a file exists is on disk only when its folder is. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
