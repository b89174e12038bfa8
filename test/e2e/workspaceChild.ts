import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { python } from "../../cli/python/python";
import { root as repository } from "../../cli/shared/paths";

const readyLine = z.object({ url: z.string(), token: z.string() });

/** A workspace in a process of its own, to be killed. */
export interface WorkspaceChild {
  readonly host: string;
  readonly token: string;
  /** From the start of the process to the workspace being ready. */
  readonly readySeconds: number;
  /** Ids of all processes that it has started, and those have. */
  descendants(): number[];
  /** Ends it with SIGKILL and waits for its end. */
  kill(): Promise<void>;
}

const script = `
  require("./local/start")
    .startWorkspace({ root: process.argv[1], python: process.argv[2] })
    .then(({ url, token }) => console.log(JSON.stringify({ url, token })));`;

/** Starts a workspace on a free port with its state below `folder`. */
export async function startWorkspaceChild(folder: string): Promise<WorkspaceChild> {
  const begun = Date.now();
  const child = spawn(
    process.execPath,
    ["--import", require.resolve("tsx"), "-e", script, folder, python],
    { cwd: repository, stdio: ["ignore", "pipe", "inherit"] },
  );
  const { url, token } = await firstLine(child);
  return {
    host: url,
    token,
    readySeconds: (Date.now() - begun) / 1000,
    descendants: () => descendantsOf(child.pid ?? Number.NaN),
    kill: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Whether a process runs; one that has ended and was not collected yet does not. */
export function isRunning(id: number): boolean {
  const state = stat(id)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

function firstLine(child: ChildProcess): Promise<z.output<typeof readyLine>> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => {
      reject(
        new Error(`The workspace ended with exit code ${code ?? "none"} before it was ready.`),
      );
    });
    if (child.stdout === null) throw new Error("The workspace's output is not connected.");
    createInterface(child.stdout).once("line", (line) => {
      resolve(readyLine.parse(JSON.parse(line)));
    });
  });
}

function descendantsOf(id: number): number[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  const children = all.filter((one) => stat(one)?.parent === id);
  return children.flatMap((one) => [one, ...descendantsOf(one)]);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name, in parentheses, may hold anything. */
function stat(id: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, "utf8");
    const [state = "", parent = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
