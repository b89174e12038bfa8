import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { obtainEngine } from "../engine";
import { personalCopy } from "./personalStack/copy";
import { stackFile } from "./stack/project";
import { runOnStack } from "./pulumi";
import { requireBackend } from "./stack/stackEnvironment";
import { UserError, messageOf } from "./shared/userError";

const usage = `Usage: npm run personal-stack -- NAME [--dry-run]
Makes a copy of the stack dev for one person, e.g. alice: Pulumi.alice.yaml and a stack of that name.
  --dry-run  only print the file`;

/** The stack that is copied. */
const ORIGINAL = "dev";

/** What catalogs, files and stacks can be called; with a hyphen it is the prefix, which has up to 20 characters. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST = 19;

/** `npm run personal-stack`: a file and a stack, or nothing at all. */
export async function main(args: string[]): Promise<number> {
  const { name, dryRun } = parse(args);
  const file = stackFile(name);
  if (existsSync(file)) {
    throw new UserError(
      `There is a stack '${name}' already: Pulumi.${name}.yaml. Nothing was changed.`,
    );
  }
  const copy = personalCopy(name, readFileSync(stackFile(ORIGINAL), "utf8"), ORIGINAL);
  if (dryRun) {
    console.log(copy.text.trimEnd());
    return 0;
  }
  requireBackend(name);
  // Not when it exists: somebody may have made it meanwhile.
  writeFileSync(file, copy.text, { flag: "wx" });
  try {
    await initStack(name, copy.secretsProvider);
  } catch (error) {
    rmSync(file);
    throw error;
  }
  console.log(
    [
      `Wrote Pulumi.${name}.yaml and made the stack ${name}: catalog ${copy.catalog}, names begin with ${copy.prefix}`,
      ...copy.leftOut.map((key) => `Left out ${key}, a secret of ${ORIGINAL}: set your own.`),
      `Next: npm run pulumi -- up -s ${name}`,
      `Away with it: npm run pulumi -- destroy -s ${name} && npm run pulumi -- stack rm ${name}`,
    ].join("\n"),
  );
  return 0;
}

async function initStack(name: string, secretsProvider: string | undefined): Promise<void> {
  const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
  const args = ["stack", "init", name, "--no-select", "--non-interactive", ...provider];
  const { exitCode, stdout, stderr } = await runOnStack(
    await obtainEngine(),
    args,
    { PULUMI_SKIP_UPDATE_CHECK: "true" },
    { stdio: "pipe" },
  );
  if (exitCode === 0) return;
  const reason = stderr.trim() || stdout.trim();
  throw new UserError(`${reason}\nThe stack ${name} was not made, and nothing was changed.`);
}

function parse(args: string[]): { name: string; dryRun: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { "dry-run": { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) throw new Error("Give one name.");
    if (!NAME.test(name) || name.length > LONGEST) {
      throw new Error(
        `The name is '${name}'; it must be up to ${LONGEST} of a-z, 0-9 and single hyphens, a letter first.`,
      );
    }
    return { name, dryRun: values["dry-run"] };
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}
