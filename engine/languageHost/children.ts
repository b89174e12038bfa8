import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { hostVariable } from "./hostVariable";

/** A process to start. Its standard input is closed. */
export interface Command {
  /** Program name, looked up on the PATH, or path. */
  readonly file: string;
  readonly args: readonly string[];
  /** Working directory. */
  readonly cwd: string;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Where standard output and error go. */
  readonly output: "inherit" | "pipe";
}

/** The same for a Node script: `args` are Node's own arguments, the script, and its arguments. */
export type NodeCommand = Omit<Command, "file">;

/** The processes that this host started: none outlives it. */
export class Children {
  readonly #running = new Set<ChildProcess>();

  start(command: Command): ChildProcess {
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ["ignore", command.output, command.output],
    });
    this.#running.add(child);
    const forget = (): boolean => this.#running.delete(child);
    child.on("exit", forget);
    child.on("error", forget);
    return child;
  }

  /** Starts Node so that it ends with this process even when this one is killed. */
  startNode(command: NodeCommand): ChildProcess {
    const preload = ["--require", join(__dirname, "exit-with-host.cjs")];
    const args = [...preload, ...command.args];
    const env = { ...command.env, [hostVariable]: String(process.pid) };
    return this.start({ ...command, file: process.execPath, args, env });
  }

  /** Kills what still runs, at once: whoever calls this has decided to stop. */
  kill(): void {
    for (const child of this.#running) {
      child.kill("SIGKILL");
    }
  }
}
