import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ApiError } from "../errors";
import { startPythonServer, type PythonServer } from "../pythonServer";
import { serviceOf } from "../serviceOf";
import type { Workspace } from "../workspace";

const CALL_SECONDS = 60;
/** Pause before a server that ended by itself is started again; doubles up to {@link LONGEST_PAUSE_MS}. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

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
  #server: PythonServer | undefined;
  #url: Promise<string>;
  #stopped = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#url = this.#start();
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
    await this.#server?.stop();
  }

  async #send(method: string, path: string, args: Json): Promise<Response> {
    const query = method === "GET" ? `?${queryString(args)}` : "";
    const signal = AbortSignal.timeout(CALL_SECONDS * 1000);
    try {
      const url = await orAborted(this.#url, signal);
      return await fetch(`${url}${path}${query}`, {
        method,
        headers: { "content-type": "application/json" },
        signal,
        ...(method === "GET" ? {} : { body: JSON.stringify(args) }),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("TEMPORARILY_UNAVAILABLE", `MLflow cannot be reached: ${reason}`);
    }
  }

  async #start(): Promise<string> {
    const folder = this.#workspace.folder("mlflow");
    const server = startPythonServer(this.#workspace, {
      script: join(__dirname, "server.py"),
      args: [join(folder, "mlflow.db"), MlflowServer.artifacts(this.#workspace)],
      log: join(folder, "server.log"),
    });
    this.#server = server;
    const url = await server.ready;
    void server.exited.then((code) => {
      if (this.#stopped) return;
      console.error(`MLflow ended with exit code ${code} and is started again. ${server.log()}`);
      this.#url = this.#restart();
    });
    return url;
  }

  /** Tries until it succeeds; calls wait meanwhile, as long as a call may take. */
  async #restart(): Promise<string> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(pause);
      if (this.#stopped) return "";
      try {
        return await this.#start();
      } catch (error) {
        console.error(error);
      }
    }
  }
}

/** The MLflow server behind a workspace's experiments, runs and models. */
export const { of: mlflowOf, set: setMlflow } = serviceOf<MlflowServer>("MLflow");

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new Error("it did not come up in time"));
    });
    promise.then(resolve, reject);
  });
}

/** MLflow quotes its database's errors; the caller gets what they mean, without the statement. */
function asApiError({ error_code, message }: z.output<typeof refusal>, status: number): ApiError {
  const [meaning = ""] = message.split(/\s*(?:Error: )?\(sqlite3\./);
  const isTaken = message.includes("UNIQUE constraint failed");
  if (isTaken && error_code !== "RESOURCE_ALREADY_EXISTS")
    return new ApiError("RESOURCE_ALREADY_EXISTS", meaning || "The name is already taken.");
  return new ApiError(error_code, meaning || "MLflow's database refused the call.", status);
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
