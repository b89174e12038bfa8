import { relative } from "node:path";
import type { Workspace } from "../workspace";
import { Journal, type Segment } from "./journal";
import { addPayload, isPassing, payloadTable } from "./payload";
import { endpoints } from "./records";

/** How long rows are gathered before they go to the table, and how long at most until the next try. */
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** The way of captured rows into one payload table: a journal, emptied into the table file by file. */
export class Capture {
  readonly #workspace: Workspace;
  readonly #table: string;
  readonly #journal: Journal;
  #pauseMs = PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #said = "";

  private constructor(workspace: Workspace, table: string, journal: Journal) {
    this.#workspace = workspace;
    this.#table = table;
    this.#journal = journal;
  }

  /**
   * @param table - Full name of the payload table, which need not exist.
   * @param folder - The journal's, below the SQL engine's.
   */
  static async open(workspace: Workspace, table: string, folder: string): Promise<Capture> {
    return new Capture(workspace, table, await Journal.open(folder));
  }

  /** Adds a row, as JSON; it is on disk when this resolves. @throws Error when it cannot be written. */
  async add(row: string): Promise<void> {
    await this.#journal.append(row);
    this.#timer ??= setTimeout(() => void this.write(), this.#pauseMs);
  }

  /** Writes all rows to the table; those that cannot be written stay, and are tried again later. */
  write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Tries no more; what is not in the table is left to the next start. */
  close(): void {
    clearTimeout(this.#timer);
  }

  async #write(): Promise<void> {
    try {
      for (const segment of await this.#journal.cut()) await this.#add(segment);
      this.#pauseMs = PAUSE_MS;
      this.#said = "";
    } catch (error) {
      this.#say(error);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      this.#timer ??= setTimeout(() => void this.write(), this.#pauseMs).unref();
    }
  }

  async #add(segment: Segment): Promise<void> {
    const file = relative(this.#workspace.folder("lakehouse", "journal"), segment.path);
    try {
      await addPayload(this.#workspace, this.#table, { ...segment, file });
    } catch (error) {
      if (isPassing(error) || this.#isWanted()) throw error;
    }
    await this.#journal.remove(segment);
  }

  /** Whether an endpoint captures into the table; if none does, its schema may be gone for good. */
  #isWanted(): boolean {
    return endpoints(this.#workspace)
      .list()
      .some((endpoint) => payloadTable(endpoint) === this.#table);
  }

  #say(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.#said) return;
    this.#said = reason;
    console.error(`Captured requests wait for ${this.#table}, which takes none: ${reason}`);
  }
}
