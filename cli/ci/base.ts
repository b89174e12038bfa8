import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { paths, root } from "../paths";
import { LOCAL } from "../stackEnvironment";
import { UserError } from "../userError";

/**
 * Deploys another revision of this repository to the workspace that this process is signed in to: its own
 * program, from a worktree that is gone afterwards, with this checkout's engine and state.
 * @throws UserError if there is no such revision, or if it does not deploy.
 */
export function deployBase(revision: string): void {
  const folder = join(paths.kept, "ci", "base");
  removeWorktree(folder);
  const add = git("worktree", "add", "--force", "--detach", folder, revision);
  if (add !== undefined)
    throw new UserError(`There is no revision '${revision}' to begin from:\n${add}`);
  try {
    symlinkSync(paths.kept, join(folder, ".mlops"), "dir");
    if (sameFile("package-lock.json", folder)) {
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    }
    console.log(`Deploying ${revision} to the local workspace first`);
    const args = [join(folder, "cli", "run.cjs"), "pulumi", "up", "--yes", "--skip-preview"];
    const up = spawnSync(process.execPath, [...args, "-s", LOCAL], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (up.status !== 0)
      throw new UserError(`${up.stdout}${up.stderr}\n${revision} does not deploy.`);
  } finally {
    removeWorktree(folder);
  }
}

function removeWorktree(folder: string): void {
  // The links first, whatever git would make of them: they lead to what this checkout keeps.
  for (const link of [".mlops", "node_modules"]) rmSync(join(folder, link), { force: true });
  git("worktree", "remove", "--force", folder);
}

/** @returns What git complains of, undefined if it does not. */
function git(...args: readonly string[]): string | undefined {
  const { status, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim();
}

function sameFile(name: string, folder: string): boolean {
  const [here, there] = [join(root, name), join(folder, name)];
  return existsSync(there) && readFileSync(here, "utf8") === readFileSync(there, "utf8");
}
