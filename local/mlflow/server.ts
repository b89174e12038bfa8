import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { startChild, type Child } from "../child";
import { ApiError } from "../errors";
import type { Workspace } from "../workspace";

const READY_SECONDS = 60;
const CALL_SECONDS = 60;
/** Pause before a server that ended by itself is started again; doubles up to {@link LONGEST_PAUSE_MS}. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

const readyLine = z.object({ port: z.number().int() });
const refusal = z.object({ error_code: z.string(), message: z.string() });

/** The JSON object that a call answers. */
export type Json = Record<string, unknown>;

const json = z.record(z.string(), z.unknown());

/**
 * MLflow's own tracking server and model registry as a child process on a free port of the loopback
 * interface, with a SQLite database and its artifacts below `<root>/mlflow`. If it ends by itself it is
 * started again.
 */
export class MlflowServer {
  readonly #workspace: Workspace;
  #child: Child | undefined;
  #url: Promise<string>;
  #stopped = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#url = this.#start(FIRST_PAUSE_MS);
  }

  /** Resolves when the server accepts requests; rejects if it cannot be started, with the end of its log. */
  get ready(): Promise<unknown> {
    return this.#url;
  }

  /** Where artifacts lie on disk: what MLflow calls `mlflow-artifacts:/`. */
  static artifacts(workspace: Workspace): string {
    return workspace.folder("mlflow", "artifacts");
  }

  /**
   * One call of MLflow's REST interface, e.g. `call("GET", "/api/2.0/mlflow/runs/get", { run_id })`.
   * For GET the arguments become the query; arrays repeat the name.
   * @throws ApiError with MLflow's own code and message when it refuses, TEMPORARILY_UNAVAILABLE when it
   * cannot be reached.
   */
  async call(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    args: Json = {},
  ): Promise<Json> {
    const response = await this.#send(method, path, args);
    const text = await response.text();
    if (response.ok) return text === "" ? {} : json.parse(JSON.parse(text));
    const refused = refusal.safeParse(parseJson(text));
    if (refused.success) throw asApiError(refused.data, response.status);
    throw new ApiError("INTERNAL_ERROR", `MLflow answered ${response.status}: ${text}`);
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#child?.stop();
  }

  async #send(method: string, path: string, args: Json): Promise<Response> {
    const query = method === "GET" ? `?${queryString(args)}` : "";
    const url = await this.#url;
    try {
      return await fetch(`${url}${path}${query}`, {
        method,
        headers: { "content-type": "application/json" },
        signal: AbortSignal.timeout(CALL_SECONDS * 1000),
        ...(method === "GET" ? {} : { body: JSON.stringify(args) }),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("TEMPORARILY_UNAVAILABLE", `MLflow cannot be reached: ${reason}`);
    }
  }

  async #start(pauseMs: number): Promise<string> {
    const folder = this.#workspace.folder("mlflow");
    const child = startChild(
      this.#workspace.python,
      [
        this.#workspace.python,
        join(__dirname, "server.py"),
        join(folder, "mlflow.db"),
        MlflowServer.artifacts(this.#workspace),
      ],
      { output: "pipe", cwd: folder },
    );
    this.#child = child;
    const { stdout, stderr } = child.process;
    if (stdout === null || stderr === null) throw new Error("MLflow's output is not connected.");
    const log = createWriteStream(join(folder, "server.log"));
    const lastLines = keepLastLines(stderr);
    stderr.pipe(log);

    const port = await firstPort(stdout, child, lastLines);
    void child.exited.then(async () => {
      if (this.#stopped) return;
      console.error(`MLflow ended and is started again. ${lastLines()}`);
      this.#url = sleep(pauseMs).then(() => this.#start(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)));
      await this.#url.catch((error: unknown) => {
        console.error(error);
      });
    });
    return `http://127.0.0.1:${port}`;
  }
}

/** MLflow quotes its database's errors; the caller gets what they mean, without the statement. */
function asApiError({ error_code, message }: z.output<typeof refusal>, status: number): ApiError {
  const [meaning = ""] = message.split(/\s*(?:Error: )?\(sqlite3\./);
  const isTaken = message.includes("UNIQUE constraint failed");
  if (isTaken && error_code !== "RESOURCE_ALREADY_EXISTS")
    return new ApiError("RESOURCE_ALREADY_EXISTS", meaning || "The name is already taken.");
  return new ApiError(error_code, meaning || "MLflow's database refused the call.", status);
}

function firstPort(stdout: Readable, child: Child, lastLines: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => {
      reject(new Error(`MLflow was not ready within ${READY_SECONDS} s. ${lastLines()}`));
    }, READY_SECONDS * 1000);
    createInterface(stdout).on("line", (line) => {
      const ready = readyLine.safeParse(parseJson(line));
      if (!ready.success) return;
      clearTimeout(tooLate);
      resolve(ready.data.port);
    });
    child.exited.then((code) => {
      clearTimeout(tooLate);
      reject(new Error(`MLflow ended with exit code ${code}. ${lastLines()}`));
    }, reject);
  });
}

/** The end of a log, for the message of whoever has to say why a process ended. */
function keepLastLines(stream: Readable, count = 10): () => string {
  const lines: string[] = [];
  createInterface(stream).on("line", (line) => {
    lines.push(line);
    if (lines.length > count) lines.shift();
  });
  return () => lines.join("\n");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function queryString(args: Json): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) query.append(name, String(item));
    }
  }
  return query.toString();
}
