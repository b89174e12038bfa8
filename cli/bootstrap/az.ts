import { spawnSync } from "node:child_process";
import { UserError } from "../shared/userError";

/** The Azure CLI, each of whose calls is printed. https://learn.microsoft.com/cli/azure */
export interface Az {
  /**
   * Runs a command and returns what it prints, without the end of line.
   * @throws AzError with the CLI's own message.
   */
  run(...args: string[]): string;
}

/** What the Azure CLI refuses. */
export class AzError extends UserError {}

/** Prints the commands and runs them. */
export function runningAz(print: (line: string) => void): Az {
  return {
    run(...args) {
      print(commandLine("az", args));
      const { status, stdout, stderr, error } = spawnSync("az", args, { encoding: "utf8" });
      if (status === 0) return stdout.trim();
      throw new AzError(stderr.trim() || (error?.message ?? "az failed without a word"));
    },
  };
}

/** A command as one could type it into a shell. */
export function commandLine(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w./:@=,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`,
  );
  return [command, ...quoted].join(" ");
}
