import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { root } from "../../cli/shared/paths";

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Started {
  readonly pid: number;
  /** What it has written to standard output so far. */
  stdout(): string;
  readonly ended: Promise<CommandResult>;
}

/** What a test changes in its environment; undefined takes a variable away. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** What would decide for a command where a test wants its own answer. */
const NEUTRAL: Changes = {
  MLOPS_HOME: undefined,
  PULUMI_BACKEND_URL: undefined,
  PULUMI_CONFIG_PASSPHRASE: undefined,
  DATABRICKS_HOST: undefined,
  DATABRICKS_TOKEN: undefined,
  DATABRICKS_AUTH_TYPE: undefined,
  NO_COLOR: "1",
  FORCE_COLOR: undefined,
};

/** Starts a command in the repository, as from a terminal of its own. */
export function start(
  command: string,
  args: readonly string[],
  changes: Changes = {},
  cwd = root,
): Started {
  const env = { ...process.env, ...NEUTRAL, ...changes };
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let written = "";
  child.stdout.on("data", (data: Buffer) => (written += data.toString()));
  const ended = Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    }),
  ]).then(([stderr, exitCode]) => ({ exitCode, stdout: written, stderr }));
  return { pid: child.pid ?? Number.NaN, stdout: () => written, ended };
}

/** Runs `npm run …` to its end. */
export function npmRun(args: readonly string[], changes: Changes = {}): Promise<CommandResult> {
  return start("npm", ["run", ...args], changes).ended;
}

/** A running process. */
export interface Process {
  readonly pid: number;
  readonly line: string;
}

/** The processes of this machine that have `NAME=value` in their environment; Linux only. */
export function processesWith(name: string, value: string): Process[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => contentOf(`/proc/${pid}/environ`).split("\0").includes(`${name}=${value}`))
    .map((pid) => ({
      pid: Number(pid),
      line: contentOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim(),
    }))
    .filter(({ line }) => line !== "");
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
