import { once } from "node:events";
import { relative } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Engine, EnginePart } from "./engine";
import { onEndingSignal, spawnSupervised } from "./supervise";

/** How to run a Pulumi command. */
export interface PulumiOptions {
  /** @default the current directory */
  readonly cwd?: string;
  /** The environment without the engine's own settings. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** "inherit" gives it the terminal, "pipe" collects its output. @default "inherit" */
  readonly stdio?: "inherit" | "pipe";
  /** Told each line of its output as it comes, if piped. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** How a Pulumi command ended. */
export interface PulumiResult {
  /** 130 when a signal ended it. */
  readonly exitCode: number;
  /** Empty unless piped. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a Pulumi command to its end. Asked to end meanwhile, it lets Pulumi finish what is under way
 * and record it, as Pulumi does after Ctrl-C; asked twice, Pulumi stops at once. Killed, it leaves
 * a Pulumi behind that does the same by itself, for 30 s at most.
 */
export async function runPulumi(
  engine: Engine,
  args: readonly string[],
  options: PulumiOptions = {},
): Promise<PulumiResult> {
  const stdio = options.stdio ?? "inherit";
  const child = spawnSupervised(engine.cli.path, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), ...engine.env },
    stdio: [stdio === "pipe" ? "ignore" : "inherit", stdio, stdio],
  });
  const restore = onEndingSignal((signal) => {
    // A terminal sends its Ctrl-C to Pulumi as well.
    if (!(signal === "SIGINT" && process.stdin.isTTY)) {
      child.kill("SIGINT");
    }
  });
  try {
    const output = Promise.all([collect(child.stdout, options.onLine), collect(child.stderr)]);
    await once(child, "close");
    const [stdout, stderr] = await output;
    return { exitCode: child.exitCode ?? 130, stdout, stderr };
  } finally {
    restore();
  }
}

function collect(stream: Readable | null, onLine?: (line: string) => void): Promise<string> {
  if (stream === null) return Promise.resolve("");
  if (onLine === undefined) return text(stream);
  createInterface(stream.pipe(new PassThrough())).on("line", onLine);
  return text(stream.pipe(new PassThrough()));
}

/** One line for each program of the engine: name, version, origin and path. */
export function describeEngine(engine: Engine): string {
  const line = (name: string, part: EnginePart): string => {
    const path = relative(process.cwd(), part.path);
    const shown = path.startsWith("..") ? part.path : path;
    return `${name} ${part.version} (${part.origin}, ${shown})`;
  };
  return [
    line("Pulumi CLI", engine.cli),
    line("Databricks provider", engine.provider),
    line("Node language host", engine.languageHost),
  ].join("\n");
}
