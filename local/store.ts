import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { z } from "zod";

/** The format this version writes. A file of a newer one is refused: older code must not guess. */
const STATE_FORMAT = 1;

const row = z.object({ key: z.string(), body: z.string() });
const format = z.object({ user_version: z.number() });

/** A typed set of documents under one name in a {@link Store}. Values are checked when read. */
export interface Collection<T> {
  get(key: string): T | undefined;
  /** Writes the document; it is on disk when this returns. */
  put(key: string, value: T): void;
  /** Whether there was something to delete. */
  delete(key: string): boolean;
  /** All documents, by key; with a prefix only the keys that begin with it. */
  list(prefix?: string): T[];
}

/**
 * The workspace's own records: one SQLite file, every write on disk before it is acknowledged
 * (`synchronous=FULL`: https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export class Store {
  readonly #db: Database.Database;

  /** @throws Error when the file was written by a newer format. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#db = new Database(path);
    this.#db.pragma("journal_mode = WAL");
    this.#db.pragma("synchronous = FULL");
    const version = format.parse(this.#db.prepare("PRAGMA user_version").get()).user_version;
    if (version > STATE_FORMAT) {
      this.#db.close();
      throw new Error(
        `${path} has state format ${version}; this version reads up to ${STATE_FORMAT}. ` +
          "Update this checkout, or wipe the workspace.",
      );
    }
    this.#db.exec(
      "CREATE TABLE IF NOT EXISTS documents (" +
        "collection TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, " +
        "PRIMARY KEY (collection, key)) WITHOUT ROWID",
    );
    this.#db.pragma(`user_version = ${STATE_FORMAT}`);
  }

  /** The documents called `name`, each of the shape `schema`. */
  collection<T>(name: string, schema: z.ZodType<T>): Collection<T> {
    const db = this.#db;
    const get = db.prepare("SELECT key, body FROM documents WHERE collection = ? AND key = ?");
    const put = db.prepare(
      "INSERT INTO documents (collection, key, body) VALUES (?, ?, ?) " +
        "ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body",
    );
    const remove = db.prepare("DELETE FROM documents WHERE collection = ? AND key = ?");
    const list = db.prepare(
      "SELECT key, body FROM documents WHERE collection = ? AND substr(key, 1, length(?)) = ? ORDER BY key",
    );
    const parse = (found: unknown): T => schema.parse(JSON.parse(row.parse(found).body));
    return {
      get: (key) => {
        const found: unknown = get.get(name, key);
        return found === undefined ? undefined : parse(found);
      },
      put: (key, value) => {
        put.run(name, key, JSON.stringify(value));
      },
      delete: (key) => remove.run(name, key).changes > 0,
      list: (prefix = "") => list.all(name, prefix, prefix).map(parse),
    };
  }

  /** Runs `work` (synchronous) so that all of its writes happen, or none. */
  transaction<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }
}
