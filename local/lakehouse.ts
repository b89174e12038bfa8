import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ProfileSpec } from "./dataQuality/spec";
import { ApiError } from "./errors";
import { sendJson } from "./lakehouse/send";
import {
  executed,
  manifest,
  profiled,
  refusal,
  tableInfo,
  tableList,
  type Executed,
  type JournalFile,
  type Manifest,
  type SavedStatement,
  type Statement,
  type TableInfo,
} from "./lakehouse/shapes";
import { startPythonServer, type PythonServer } from "./pythonServer";
import { serviceOf } from "./serviceOf";
import { setTableEngine, type TableEngine } from "./unityCatalog/engine";
import type { Workspace } from "./workspace";

/** Pause before an engine that ended by itself is started again; doubles up to {@link LONGEST_PAUSE_MS}. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** What the SQL engine refuses: the error class, e.g. `TABLE_OR_VIEW_NOT_FOUND`, and its SQLSTATE. */
export class SqlRefusal extends Error {
  constructor(
    readonly errorClass: string,
    message: string,
    readonly sqlState: string,
  ) {
    super(message);
    this.name = "SqlRefusal";
  }

  /** The message as Databricks SQL writes it. */
  get full(): string {
    return `[${this.errorClass}] ${this.message} SQLSTATE: ${this.sqlState}`;
  }

  /** The refusal as an answer of the Unity Catalog interface. */
  toApiError(): ApiError {
    const code = apiCodes[this.errorClass] ?? "INVALID_PARAMETER_VALUE";
    return new ApiError(code, this.message, code.endsWith("_DOES_NOT_EXIST") ? 404 : undefined);
  }
}

const apiCodes: Record<string, string> = {
  TABLE_OR_VIEW_NOT_FOUND: "TABLE_DOES_NOT_EXIST",
  SCHEMA_NOT_FOUND: "SCHEMA_DOES_NOT_EXIST",
  CONSTRAINT_DOES_NOT_EXIST: "CONSTRAINT_DOES_NOT_EXIST",
  CONSTRAINT_ALREADY_EXISTS: "CONSTRAINT_ALREADY_EXISTS",
  CONCURRENT_WRITE: "RESOURCE_CONFLICT",
};

/**
 * The SQL engine: `python -m lakehouse` as a child process on a free port of the loopback interface, its
 * tables below `<root>/lakehouse`. It ends when this process does, and is started again if it ends by itself.
 */
export class Lakehouse implements TableEngine {
  readonly #workspace: Workspace;
  readonly #secret = randomBytes(24).toString("base64url");
  #server: PythonServer | undefined;
  #port: Promise<number>;
  #stopped = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#port = this.#start(FIRST_PAUSE_MS);
  }

  /** Resolves when the engine accepts requests; rejects if it cannot be started, with the end of its log. */
  get ready(): Promise<unknown> {
    return this.#port;
  }

  /** Ends the engine. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#server?.stop();
  }

  /**
   * Runs one statement; all rows, as text, are in the answer.
   * @throws SqlRefusal when the statement is refused, ApiError when the engine cannot be reached.
   */
  query(statement: Statement): Promise<Executed> {
    return this.#call(executed, "POST", "/execute", statement);
  }

  /** Runs a statement for its effect. @throws ApiError when it is refused. */
  async execute(statement: string): Promise<void> {
    await asApiError(this.query({ statement }));
  }

  /** Runs one statement; its result is in {@link chunkPath}s. @throws as {@link query} does. */
  save(id: string, statement: SavedStatement): Promise<Manifest> {
    return this.#call(manifest, "POST", `/statements/${id}`, statement);
  }

  /** Computes a monitor's metrics; see `Profiler.refreshProfile`. */
  async refreshProfile(refreshId: number, spec: ProfileSpec): Promise<string> {
    return (await this.#call(profiled, "POST", `/refreshes/${refreshId}`, spec)).message;
  }

  /** See `Profiler.cancelProfile`. */
  async cancelProfile(refreshId: number): Promise<void> {
    await this.#call(z.unknown(), "POST", `/refreshes/${refreshId}/cancel`);
  }

  /** Interrupts a statement started with {@link save}. */
  async cancel(id: string): Promise<void> {
    await this.#call(z.unknown(), "POST", `/statements/${id}/cancel`);
  }

  /** Removes the result of a statement started with {@link save}. */
  async forget(id: string): Promise<void> {
    await this.#call(z.unknown(), "DELETE", `/statements/${id}`);
  }

  /** The file of one chunk of a result. */
  chunkPath(id: string, index: number, format: Manifest["format"]): string {
    const extension = { JSON_ARRAY: "json", CSV: "csv", ARROW_STREAM: "arrow" }[format];
    return join(this.#root, "results", id, `chunk-${index}.${extension}`);
  }

  async createSchema(catalog: string, schema: string): Promise<void> {
    await this.#call(z.unknown(), "PUT", `/schemas/${path(catalog, schema)}`);
  }

  async dropSchema(catalog: string, schema: string): Promise<void> {
    const call = this.#call(z.unknown(), "DELETE", `/schemas/${path(catalog, schema)}?force=true`);
    await unlessMissing(call);
  }

  async listTables(catalog: string, schema: string): Promise<readonly TableInfo[]> {
    const query = new URLSearchParams({ catalog_name: catalog, schema_name: schema });
    const call = this.#call(tableList, "GET", `/tables?${query.toString()}`);
    return (await unlessMissing(call))?.tables ?? [];
  }

  async getTable(fullName: string): Promise<TableInfo | undefined> {
    return unlessMissing(this.#call(tableInfo, "GET", `/tables/${path(fullName)}`));
  }

  /** @throws ApiError TABLE_DOES_NOT_EXIST. */
  async dropTable(fullName: string): Promise<void> {
    await asApiError(this.#call(z.unknown(), "DELETE", `/tables/${path(fullName)}`));
  }

  /**
   * Adds a file's rows to a table, unless it has that file or a later one of the same writer.
   * @throws SqlRefusal when there is no such table, or a value does not fit; ApiError as {@link query} does.
   */
  async addJournal(fullName: string, { file, writer, number }: JournalFile): Promise<void> {
    const body = { file, writer, number };
    await this.#call(z.unknown(), "POST", `/tables/${path(fullName)}/journal`, body);
  }

  /** Records a primary or foreign key. @throws ApiError when it does not fit the table. */
  async addConstraint(fullName: string, name: string, constraint: object): Promise<void> {
    const call = `/tables/${path(fullName)}/constraints/${path(name)}`;
    await asApiError(this.#call(z.unknown(), "PUT", call, constraint));
  }

  /** @throws ApiError TABLE_DOES_NOT_EXIST, CONSTRAINT_DOES_NOT_EXIST. */
  async dropConstraint(fullName: string, name: string): Promise<void> {
    const call = `/tables/${path(fullName)}/constraints/${path(name)}`;
    await asApiError(this.#call(z.unknown(), "DELETE", call));
  }

  get #root(): string {
    return this.#workspace.folder("lakehouse");
  }

  async #call<T>(shape: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
    const port = await this.#port;
    let answer;
    try {
      answer = await sendJson({ port, secret: this.#secret, method, path, body });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("TEMPORARILY_UNAVAILABLE", `The SQL engine cannot be reached: ${reason}`);
    }
    if (answer.status < 300) return shape.parse(answer.body);
    const refused = refusal.safeParse(answer.body);
    if (refused.success)
      throw new SqlRefusal(refused.data.error_code, refused.data.message, refused.data.sqlstate);
    throw new ApiError("INTERNAL_ERROR", `The SQL engine answered ${answer.status}.`);
  }

  async #start(pauseMs: number): Promise<number> {
    const server = startPythonServer(this.#workspace, {
      script: "-m",
      args: ["lakehouse", "--root", this.#root],
      log: join(this.#root, "server.log"),
      env: { PYTHONPATH: __dirname, LAKEHOUSE_SECRET: this.#secret },
    });
    this.#server = server;
    const url = await server.ready;
    void server.exited.then(async (code) => {
      if (this.#stopped) return;
      console.error(
        `The SQL engine ended with exit code ${code} and is started again. ${server.log()}`,
      );
      this.#port = sleep(pauseMs).then(() => this.#start(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)));
      await this.#port.catch((error: unknown) => {
        console.error(error);
      });
    });
    return Number(new URL(url).port);
  }
}

const engine = serviceOf<Lakehouse>("the SQL engine");

/** Starts the workspace's SQL engine; await its `ready`. It stops when the workspace closes. */
export function startLakehouse(workspace: Workspace): Lakehouse {
  const lakehouse = engine.set(workspace, new Lakehouse(workspace));
  setTableEngine(workspace, lakehouse);
  workspace.onClose(() => lakehouse.stop());
  return lakehouse;
}

/** A workspace's SQL engine. */
export const lakehouseOf = engine.of;

function path(...parts: string[]): string {
  return parts.map(encodeURIComponent).join("/");
}

async function asApiError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof SqlRefusal ? error.toApiError() : error;
  }
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const missing = ["TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND"];
    if (error instanceof SqlRefusal && missing.includes(error.errorClass)) return undefined;
    throw error;
  }
}
