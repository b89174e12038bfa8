import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What the serverless environment of every job installs: the packages of `jobs/requirements.in`
 * at the versions that the lock file pins, so that a task meets the same code everywhere.
 * @throws Error if a package is not locked.
 */
export function taskDependencies(root = join(__dirname, "..")): string[] {
  const locked = readFileSync(join(root, "local", "requirements.lock"), "utf8");
  const wanted = readFileSync(join(root, "jobs", "requirements.in"), "utf8");
  return wanted
    .split("\n")
    .map((line) => /^[A-Za-z0-9_.-]+/.exec(line)?.[0])
    .filter((name) => name !== undefined)
    .map((name) => {
      const pinned = new RegExp(`^${name.replaceAll(".", "\\.")}==([^ \\\\;]+)`, "im").exec(locked);
      if (pinned?.[1] === undefined) throw new Error(`${name} is not pinned in requirements.lock.`);
      return `${name}==${pinned[1]}`;
    });
}
