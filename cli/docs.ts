import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodeOf } from "./shared/exitCode";
import { root } from "./shared/paths";
import { UserError } from "./shared/userError";

const REFERENCE = join(root, "docs", "reference");

/**
 * `npm run docs`: writes the reference of the components, from their docstrings. `--check` only says
 * whether it is what the source says, with exit code 1 and the differences if not.
 */
export async function main(args: string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown !== undefined)
    throw new UserError(`There is no option '${unknown}'; there is --check.`);
  if (args.length === 0) return write(REFERENCE);
  const folder = mkdtempSync(join(tmpdir(), "mlops-docs-"));
  try {
    return (await write(folder)) || (await differences(REFERENCE, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** TypeDoc ends with an error for what is exported and not documented, too. */
function write(folder: string): Promise<number> {
  const typedoc = join(root, "node_modules", "typedoc", "bin", "typedoc");
  const options = ["--options", join(root, "docs", "typedoc.json"), "--logLevel", "Warn"];
  return run(process.execPath, [typedoc, ...options, "--out", folder]);
}

async function differences(kept: string, made: string): Promise<number> {
  const code = await run("git", ["diff", "--no-index", "--stat", kept, made]);
  if (code !== 0) console.error("docs/reference is not what the source says; run npm run docs.");
  return code;
}

function run(command: string, args: readonly string[]): Promise<number> {
  return exitCodeOf(spawn(command, args, { cwd: root, stdio: "inherit" }));
}
