import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

const SUPERVISOR = join(__dirname, "supervise.py");

/** How a child process is started. */
export interface ChildOptions {
  readonly env?: Record<string, string>;
  /** Whether this process's environment is passed on below `env`. @default true */
  readonly inheritEnv?: boolean;
  readonly cwd?: string;
  /** Where standard output and error go: file descriptors, or pipes on the returned process. */
  readonly output: "pipe" | { readonly fd: number };
}

/** A process that ends when this one does, even if this one is killed with SIGKILL. */
export interface Child {
  readonly process: ChildProcess;
  /** The exit code; 128 + signal number if it was killed. */
  readonly exited: Promise<number>;
  /** Asks it and all it started to end, kills what is left after three seconds, and waits. */
  stop(): Promise<void>;
}

/**
 * Starts `command` under `supervise.py`, which watches the pipe to this process.
 * @param python - Any Python 3 interpreter; runs the supervisor only.
 */
export function startChild(
  python: string,
  command: readonly string[],
  options: ChildOptions,
): Child {
  const output = options.output === "pipe" ? "pipe" : options.output.fd;
  const process_ = spawn(python, ["-S", "-E", SUPERVISOR, ...command], {
    stdio: ["pipe", output, output],
    cwd: options.cwd,
    env: { ...(options.inheritEnv === false ? {} : process.env), ...options.env },
    // Ctrl-C must reach this process first, which then stops its children in order.
    detached: true,
  });
  const exited = new Promise<number>((resolve, reject) => {
    process_.once("error", reject);
    process_.once("exit", (code) => {
      resolve(code ?? 137);
    });
  });
  return {
    process: process_,
    exited,
    stop: async () => {
      process_.stdin?.end();
      await exited;
    },
  };
}
