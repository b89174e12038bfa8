import { createInterface } from "node:readline";
import { EngineError } from "./errors";
import { onEndingSignal, spawnSupervised } from "./supervise";

/** How a command ended, and what it wrote. */
export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and error, mixed, in lines. */
  readonly lines: readonly string[];
}

/** How to run a command. */
export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Ends the command when it takes longer. */
  readonly timeoutMs?: number;
  /** Hears each line at once. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a helper (go, pip, pulumi) to its end, without a terminal, in its own process group.
 *
 * @throws EngineError when this process is asked to end meanwhile; the command is gone then.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { env, cwd, timeoutMs, onLine } = options;
  const child = spawnSupervised(file, args, {
    env,
    cwd,
    timeout: timeoutMs,
    stdio: ["ignore", "pipe", "pipe"],
    group: true,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        onLine?.(line);
      });
    }
  }
  const interruption = new AbortController();
  const restore = onEndingSignal(() => {
    interruption.abort();
    if (child.pid !== undefined) {
      process.kill(-child.pid, "SIGKILL");
    }
  });
  try {
    const exitCode = await new Promise<number>((resolve) => {
      child.on("error", (error) => {
        lines.push(error.message);
        resolve(127);
      });
      child.on("close", (code) => {
        resolve(code ?? 1);
      });
    });
    if (interruption.signal.aborted) {
      throw new EngineError("interrupted; the next run continues where this one stopped");
    }
    return { exitCode, lines };
  } finally {
    restore();
  }
}
