import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn, spawnSync } from "node:child_process";
import { exitCodeOf } from "../shared/exitCode";
import { paths, root } from "../shared/paths";
import { UserError } from "../shared/userError";

/** Installs the locked packages several times faster than pip, from the same registry. */
const UV = "uv==0.13.9";
const OLDEST = [3, 11] as const;
const bin = process.platform === "win32" ? "Scripts" : "bin";

/** The interpreter with the locked packages. */
export const python = join(paths.python, bin, "python");

const lock = join(root, "local", "requirements.lock");
const stamp = join(paths.python, "installed");

function lockHash(): string {
  return createHash("sha256").update(readFileSync(lock)).update(UV).digest("hex");
}

/** Whether the virtual environment holds what the lock file says. */
export function isPythonReady(): boolean {
  return existsSync(stamp) && existsSync(python) && readFileSync(stamp, "utf8") === lockHash();
}

/**
 * Makes the virtual environment and installs the locked packages, if that is not done yet.
 * @throws UserError if there is no Python 3.11 or newer, or if the registry cannot be reached.
 */
export async function ensurePython(): Promise<void> {
  if (isPythonReady()) return;
  rmSync(stamp, { force: true });
  mkdirSync(paths.kept, { recursive: true });
  if (!existsSync(python)) await run(findPython(), ["-m", "venv", "--clear", paths.python]);
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]);
  await uv("pip", "sync", "--quiet", "--python", python, lock);
  writeFileSync(stamp, lockHash());
}

/**
 * Runs uv, which {@link ensurePython} has installed.
 * @throws UserError with the end of what it says, if it fails.
 */
export async function uv(...args: readonly string[]): Promise<void> {
  // Hard links from uv's cache fail across file systems with a warning for each package.
  await run(python, ["-m", "uv", ...args], { UV_LINK_MODE: "copy" });
}

function findPython(): string {
  const names = ["python3.11", "python3", "python", "python3.12", "python3.13"];
  const probe = `import sys; sys.exit(sys.version_info < (${OLDEST.join(", ")}))`;
  const found = names.find(
    (name) => spawnSync(name, ["-c", probe], { stdio: "ignore" }).status === 0,
  );
  if (found !== undefined) return found;
  throw new UserError(
    `This needs Python ${OLDEST.join(".")} or newer; none of ${names.join(", ")} on the PATH is one.`,
  );
}

async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stdout.on("data", (data: Buffer) => output.push(data.toString()));
  child.stderr.on("data", (data: Buffer) => output.push(data.toString()));
  if ((await exitCodeOf(child)) === 0) return;
  const last = output.join("").trim().split("\n").slice(-3).join("\n");
  throw new UserError(
    `Installing the Python packages failed (${command} ${args.join(" ")}):\n${last}`,
  );
}
