import { randomUUID } from "node:crypto";
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

/** The memory of the libraries is given back after this time without a task. */
const IDLE_MS = 5 * 60_000;

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

/** A task that runs on the compute. */
export interface RunningProcess {
  /** The exit code; 128 + signal number if it was killed. Rejects when the compute itself ended. */
  readonly exited: Promise<number>;
  /** Asks it and all it has started to end; kills what is left after two seconds. */
  end(): void;
}

interface Started {
  readonly resolve: (code: number) => void;
  readonly reject: (error: Error) => void;
}

/** One life of the Python process behind a {@link Compute}. */
class ComputeProcess {
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
    this.#child = startChild(workspace.python, [workspace.python, "-u", PROGRAM, address, ...LIBRARIES], {
      env: baseEnvironment(workspace),
      inheritEnv: false,
      output: { fd: log },
    });
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

  async start(id: string, task: TaskProcess): Promise<number> {
    const socket = await this.ready;
    return new Promise((resolve, reject) => {
      this.#tasks.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ start: { id, ...task } })}\n`);
    });
  }

  end(id: string): void {
    this.ready.then(
      (socket) => socket.write(`${JSON.stringify({ end: id })}\n`),
      () => undefined,
    );
  }

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

/**
 * Where the Python tasks of jobs run: a process that has imported the heavy libraries and forks for every
 * task. It starts with the first task and ends when it has had none for some minutes.
 */
export class Compute {
  readonly #workspace: Workspace;
  #process: ComputeProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #running = 0;
  #closed = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Starts importing, so that a task that comes soon need not wait for it. */
  warm(): void {
    this.#ensure();
    if (this.#running === 0) this.#rest();
  }

  /** Runs a task. */
  run(task: TaskProcess): RunningProcess {
    const id = randomUUID();
    clearTimeout(this.#idle);
    const process = this.#ensure();
    this.#running += 1;
    const exited = process.start(id, task).finally(() => {
      this.#running -= 1;
      if (this.#running === 0) this.#rest();
    });
    return {
      exited,
      end: () => {
        process.end(id);
      },
    };
  }

  /** Ends the tasks and the process. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#process?.stop();
  }

  #ensure(): ComputeProcess {
    if (this.#closed) throw new Error("The workspace is closing.");
    if (this.#process !== undefined) return this.#process;
    const process: ComputeProcess = new ComputeProcess(this.#workspace, () => {
      if (this.#process === process) this.#process = undefined;
    });
    this.#process = process;
    return process;
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      const process = this.#process;
      this.#process = undefined;
      void process?.stop();
    }, IDLE_MS);
    this.#idle.unref();
  }
}
