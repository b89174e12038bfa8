import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BuildContext } from "./buildContext";
import { runCommand } from "./command";
import { EngineError } from "./errors";
import { findGo } from "./go";
import { runStep } from "./steps";
import { requiredVersion } from "./versions";

/** One program to build. */
export interface GoProgram {
  /** The step's name, for people. */
  readonly name: string;
  /** Seconds it usually takes on two cores without any cache. */
  readonly usually: number;
  /** The folder with go.mod and go.sum. */
  readonly folder: string;
  /** The package to build, seen from there. */
  readonly package: string;
  readonly linkerFlags: string;
  /** The executable to make. */
  readonly file: string;
  /** Makes the program print its version. */
  readonly versionArgument: string;
}

/**
 * Builds a program, tries it, and puts it in its place. Interrupted, it continues where it was: Go
 * keeps every package that it has compiled.
 *
 * @returns The version that the program prints.
 * @throws EngineError with Go's first complaint; all of its output is in a log file beside.
 */
export async function buildGoProgram(context: BuildContext, program: GoProgram): Promise<string> {
  const wanted = requiredVersion(join(program.folder, "go.mod"), "go");
  const go = await findGo({ ...context, wanted });
  const temporary = `${program.file}.partial`;
  mkdirSync(dirname(program.file), { recursive: true });
  const flags = ["-v", "-ldflags", program.linkerFlags, "-o", temporary];
  const { exitCode, lines } = await runStep(context.output, program, (detail) => {
    let compiled = 0;
    return runCommand(go.path, ["build", ...flags, program.package], {
      env: go.env,
      cwd: program.folder,
      onLine: (line) => {
        compiled += isPackage(line) ? 1 : 0;
        detail(isPackage(line) ? `${String(compiled)} packages compiled` : line);
      },
    });
  });
  if (exitCode !== 0) {
    const log = join(context.layout.home, "go-build.log");
    writeFileSync(log, lines.join("\n"));
    const reason = lines.find((line) => !isPackage(line) && !isDownload(line)) ?? "no reason given";
    throw new EngineError(`${program.name}: ${reason} (all of it: ${log})`);
  }
  const tried = await runCommand(temporary, [program.versionArgument], { env: context.env });
  const version = tried.lines[0];
  if (tried.exitCode !== 0 || version === undefined) {
    throw new EngineError(`${program.name}: what was built does not run (${version ?? "silent"})`);
  }
  renameSync(temporary, program.file);
  return version;
}

/** `go build -v` prints a line for each package that it compiles. */
function isPackage(line: string): boolean {
  return /^[\w.~-]+(\/[\w.~-]+)*$/.test(line);
}

function isDownload(line: string): boolean {
  return line.startsWith("go: downloading ");
}
