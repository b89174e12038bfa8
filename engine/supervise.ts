import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";

/**
 * Waits on file descriptor 3. When that closes without a line having come, whoever held the other
 * end is gone, and the process $1 is asked to end, and killed if it still runs 30 s later; a
 * process group (a negative number) is killed at once.
 */
const watchdog = `
read -r _ <&3 && exit
case "$1" in -*) kill -s KILL -- "$1"; exit ;; esac
kill -s INT "$1"
i=0
while kill -s 0 "$1" && [ "$i" -lt 30 ]; do sleep 1; i=$((i + 1)); done
kill -s KILL "$1"`;

/** @see spawnSupervised */
export interface SuperviseOptions extends Pick<SpawnOptions, "env" | "stdio"> {
  readonly cwd: string | undefined;
  /** Milliseconds after which it is ended. */
  readonly timeout?: number | undefined;
  /**
   * Make the child the leader of its own process group, so that it ends with all its descendants.
   * It cannot read from the terminal then. @default false
   */
  readonly group?: boolean;
}

/**
 * Starts a process that does not outlive this one, even when this one is killed: it gets SIGINT
 * then, and SIGKILL 30 s later; a group gets SIGKILL.
 */
export function spawnSupervised(
  file: string,
  args: readonly string[],
  options: SuperviseOptions,
): ChildProcess {
  const { group = false, ...spawnOptions } = options;
  const child = spawn(file, args, { ...spawnOptions, detached: group });
  if (child.pid === undefined) {
    return child;
  }
  const target = String(group ? -child.pid : child.pid);
  const watch = spawn("sh", ["-c", watchdog, "watchdog", target], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    detached: true,
  });
  watch.unref();
  const line = watch.stdio[3];
  if (line && "write" in line) {
    child.on("exit", () => line.end("done\n"));
    line.on("error", () => undefined);
  }
  return child;
}

/** The signals by which people and CI systems end a process. */
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls `handle` instead of ending this process when such a signal comes.
 *
 * @returns Puts things back as they were.
 */
export function onEndingSignal(handle: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of endingSignals) {
    process.on(signal, handle);
  }
  return () => {
    for (const signal of endingSignals) {
      process.off(signal, handle);
    }
  };
}
