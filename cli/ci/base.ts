import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runPulumi, type Engine } from "../../engine";
import { paths, root } from "../shared/paths";
import { LOCAL, environmentOf, readInvocation } from "../stack/stackEnvironment";
import { UserError } from "../shared/userError";

/**
 * Deploys another revision of this repository to the workspace that this process is signed in to: its own program
 * and configuration, from a worktree that is gone afterwards, with this checkout's engine and state.
 * @throws UserError if there is no such revision, or if it does not deploy.
 */
export async function deployBase(engine: Engine, revision: string): Promise<void> {
  const folder = join(paths.ci, "base");
  removeWorktree(folder);
  const add = run("git", ["worktree", "add", "--force", "--detach", folder, revision]);
  if (add !== undefined) {
    throw new UserError(`There is no revision '${revision}' to begin from:\n${add}`);
  }
  try {
    bringPackages(folder);
    console.log(`Deploying ${revision} to the local workspace first`);
    const up = ["up", "--yes", "--skip-preview", "--non-interactive", "-s", LOCAL];
    const env = { ...process.env, ...environmentOf(readInvocation(up)) };
    const options = { cwd: folder, env, stdio: "pipe" } as const;
    // It fails where there is one, which is as well.
    await runPulumi(engine, ["stack", "init", LOCAL, "--no-select"], options);
    const { exitCode, stdout, stderr } = await runPulumi(engine, up, options);
    if (exitCode !== 0) throw new UserError(`${stdout}${stderr}\n${revision} does not deploy.`);
  } finally {
    removeWorktree(folder);
  }
}

/** The packages that its lock file names: this checkout's, where that names the same. */
function bringPackages(folder: string): void {
  const lock = "package-lock.json";
  const [here, there] = [join(root, lock), join(folder, lock)];
  if (existsSync(there) && readFileSync(here, "utf8") === readFileSync(there, "utf8")) {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    return;
  }
  const failed = run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], folder);
  if (failed !== undefined) throw new UserError(`Its packages cannot be installed:\n${failed}`);
}

function removeWorktree(folder: string): void {
  const packages = join(folder, "node_modules");
  // A link first, whatever git would make of it: it leads to what this checkout needs.
  if (existsSync(folder)) rmSync(packages, { recursive: true, force: true });
  run("git", ["worktree", "remove", "--force", folder]);
}

/** @returns What the command complains of, undefined if it succeeds. */
function run(command: string, args: readonly string[], cwd = root): string | undefined {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim();
}
