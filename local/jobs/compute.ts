import { randomUUID } from "node:crypto";
import type { Workspace } from "../workspace";
import { ComputeProcess, type TaskProcess } from "./computeProcess";

/** The memory of the libraries is given back after this time without a task. */
const IDLE_MS = 5 * 60_000;

/** A task that runs on the compute. */
export interface RunningProcess {
  /** The exit code; 128 + signal number if it was killed. Rejects when the compute itself ended. */
  readonly exited: Promise<number>;
  /** Asks it and all it has started to end; kills what is left after two seconds. */
  end(): void;
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
