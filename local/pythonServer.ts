import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { startChild, type Child } from "./child";
import { baseEnvironment } from "./jobs/environment";
import type { Workspace } from "./workspace";

const READY_SECONDS = 120;
const LAST_LINES = 12;

/** What the script prints on a line of its own once it accepts requests. */
const readyLine = z.object({ port: z.number().int() });

/** A Python script that serves HTTP on a free port of the loopback interface. */
export interface PythonServer {
  /** Its URL once it accepts requests. Rejects, with the end of its log, if it ends or takes too long. */
  readonly ready: Promise<string>;
  /** The exit code; 128 + signal number if it was killed. */
  readonly exited: Promise<number>;
  /** The last lines it wrote to standard error. */
  log(): string;
  stop(): Promise<void>;
}

/** What to run. */
export interface PythonServerOptions {
  readonly script: string;
  readonly args: readonly string[];
  /** File that standard error goes to, replacing what an earlier run left. */
  readonly log: string;
  readonly env?: Record<string, string>;
}

/** Starts the script; it ends with this process. Scripts print `{"port": N}` when they are ready. */
export function startPythonServer(
  workspace: Workspace,
  options: PythonServerOptions,
): PythonServer {
  const { python } = workspace;
  const child = startChild(python, [python, options.script, ...options.args], {
    output: "pipe",
    // What the user's shell has for MLflow or Databricks is not meant for these processes.
    inheritEnv: false,
    env: { ...baseEnvironment(workspace), ...options.env },
  });
  const { stdout, stderr } = child.process;
  if (stdout === null || stderr === null) throw new Error("The child's output is not connected.");
  const log = keepLastLines(stderr);
  stderr.pipe(createWriteStream(options.log));
  const ready = firstPort(stdout, child, log).then((port) => `http://127.0.0.1:${port}`);
  // Whoever waits for it sees the failure; without a waiter it must not end the workspace.
  ready.catch(() => undefined);
  return { ready, exited: child.exited, log, stop: () => child.stop() };
}

function firstPort(stdout: Readable, child: Child, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => {
      reject(new Error(`It was not ready within ${READY_SECONDS} s. ${log()}`));
    }, READY_SECONDS * 1000);
    tooLate.unref();
    createInterface(stdout).on("line", (line) => {
      const ready = readyLine.safeParse(parseJson(line));
      if (!ready.success) return;
      clearTimeout(tooLate);
      resolve(ready.data.port);
    });
    child.exited.then((code) => {
      clearTimeout(tooLate);
      reject(new Error(`It ended with exit code ${code}. ${log()}`));
    }, reject);
  });
}

/** The end of a log, for the message of whoever has to say why a process ended. */
function keepLastLines(stream: Readable): () => string {
  const lines: string[] = [];
  createInterface(stream).on("line", (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
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
