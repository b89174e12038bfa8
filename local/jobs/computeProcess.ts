import { mkdtempSync, openSync, closeSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { startChild, type Child } from "../child";
import type { Workspace } from "../workspace";
import { baseEnvironment } from "./environment";

const PROGRAM = join(__dirname, "compute.py");

/** What the tasks of this project's kind import, and what takes long to import. */
const LIBRARIES = [
  "mlflow",
  "mlflow.pyfunc",
  "mlflow.sklearn",
  "mlflow.xgboost",
  "xgboost",
  "sklearn.metrics",
  "sklearn.model_selection",
  "pandas",
  "pyarrow",
  "databricks.sdk",
  "databricks.sdk.dbutils",
];

const message = z.union([
  z.strictObject({ ready: z.literal(true), warm: z.boolean(), seconds: z.number() }),
  z.strictObject({ id: z.string(), exit: z.number() }),
]);

/** What `run_task.py` needs to run a task. */
export interface TaskProcess {
  /** Absolute path of the Python file on this machine. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** All of the task's environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Requirements that the interpreter has to meet. */
  readonly dependencies: readonly string[];
  /** Whether it runs on serverless compute, where `__file__` is not defined. */
  readonly serverless: boolean;
  /** The folder that stands for `/Workspace`. */
  readonly files: string;
  /** Task values set so far, as JSON, by task and key. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Output goes to the end of this file. */
  readonly log: string;
  /** The task's report is written to this file. */
  readonly report: string;
}

interface Started {
  readonly resolve: (code: number) => void;
  readonly reject: (error: Error) => void;
}

/** One life of the Python process behind a {@link Compute}. */
export class ComputeProcess {
  /** The connection, once the libraries are imported. */
  readonly ready: Promise<Socket>;
  readonly #tasks = new Map<string, Started>();
  readonly #folder = mkdtempSync(join(tmpdir(), "mlops-compute-"));
  readonly #server: Server;
  readonly #child: Child;

  constructor(workspace: Workspace, ended: () => void) {
    const address = join(this.#folder, "socket");
    this.#server = createServer();
    let connected: (socket: Socket) => void;
    let failed: (error: Error) => void;
    this.ready = new Promise((resolve, reject) => {
      connected = resolve;
      failed = reject;
    });
    // Who waits for a task hears of it there; a compute that was only warmed up has nobody waiting.
    this.ready.catch(() => undefined);
    this.#server.on("connection", (socket) => {
      // Nobody else shall connect, and nothing is left behind should this process be killed.
      this.#removeAddress();
      socket.on("error", () => undefined);
      createInterface(socket).on("line", (line) => {
        const received = message.parse(JSON.parse(line));
        if ("ready" in received) connected(socket);
        else this.#exited(received.id, received.exit);
      });
    });
    this.#server.listen(address);
    const log = openSync(join(workspace.folder("logs"), "compute.log"), "w");
    this.#child = startChild(
      workspace.python,
      [workspace.python, "-u", PROGRAM, address, ...LIBRARIES],
      {
        env: baseEnvironment(workspace),
        inheritEnv: false,
        output: { fd: log },
      },
    );
    closeSync(log);
    const over = (): void => {
      const error = new Error("The compute ended unexpectedly.");
      failed(error);
      for (const task of this.#tasks.values()) task.reject(error);
      this.#tasks.clear();
      this.#removeAddress();
      ended();
    };
    this.#child.exited.then(over, over);
  }

  /** Runs a task; gives its exit code. Rejects when this process ends first. */
  async start(id: string, task: TaskProcess): Promise<number> {
    const socket = await this.ready;
    return new Promise((resolve, reject) => {
      this.#tasks.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ start: { id, ...task } })}\n`);
    });
  }

  /** Asks a task to end. */
  end(id: string): void {
    this.ready.then(
      (socket) => socket.write(`${JSON.stringify({ end: id })}\n`),
      () => undefined,
    );
  }

  /** Ends the tasks and this process. */
  stop(): Promise<void> {
    return this.#child.stop();
  }

  #removeAddress(): void {
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #exited(id: string, code: number): void {
    this.#tasks.get(id)?.resolve(code);
    this.#tasks.delete(id);
  }
}
