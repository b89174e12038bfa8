import { spawnSync } from "node:child_process";
import { root } from "./paths";

/** Hash of the commit that is checked out; undefined outside of a git checkout. */
export function currentCommit(): string | undefined {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], {
    cwd: root,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}
