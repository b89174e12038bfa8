import type { ChildProcess } from "node:child_process";

/**
 * The exit code of a process once it has ended and its output is read; 1 if a signal ended it.
 * @throws Error if it could not be started.
 */
export function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
