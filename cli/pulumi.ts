import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  describeEngine,
  obtainEngine,
  runPulumi,
  type Engine,
  type PulumiOptions,
  type PulumiResult,
} from "../engine";
import { root } from "./shared/paths";
import { recoverState } from "./stack/recover";
import { LOCAL, environmentOf, localState, readInvocation } from "./stack/stackEnvironment";

/** `npm run pulumi -- …`: any command of the Pulumi CLI, with the engine that this machine has. */
export async function main(args: string[]): Promise<number> {
  const { command } = readInvocation(args);
  if (command === "version") {
    console.log(describeEngine(await obtainEngine()));
    return 0;
  }
  // What is missing is said before an engine is built for minutes.
  const env = environmentOf(readInvocation(args));
  const { exitCode } = await runOnStack(await obtainEngine(), args, env);
  return exitCode;
}

/** Commands that take `--policy-pack`. */
const JUDGED = ["up", "update", "preview", "pre"];

/**
 * Runs the CLI on a stack. Previews and updates are held against the rules in `policies/`, unless other
 * ones are named. The stack `local` is made when it is first used, and what a killed update
 * left behind is put right before the next one.
 * @param env - What {@link environmentOf} says.
 * @param output - Where its output goes. @default the terminal
 */
export async function runOnStack(
  engine: Engine,
  args: readonly string[],
  env: Record<string, string>,
  output: Pick<PulumiOptions, "stdio" | "onLine"> = {},
): Promise<PulumiResult> {
  const { command, stack, deploys } = readInvocation(args);
  const options = { cwd: root, env: { ...process.env, ...env } };
  const state = localState(env);
  if (stack === LOCAL && deploys && state !== undefined) {
    if (existsSync(state.checkpoint)) {
      await recoverState(engine, state, options);
    } else {
      await runPulumi(engine, ["stack", "init", LOCAL, "--no-select"], {
        ...options,
        stdio: "pipe",
      });
    }
  }
  const named = args.some((arg) => /^--policy-pack(=|$)/.test(arg));
  const judged = deploys && JUDGED.includes(command ?? "") && !named;
  const policies = judged ? ["--policy-pack", join(root, "policies")] : [];
  const result = await runPulumi(engine, [...args, ...policies], { ...options, ...output });
  // Pulumi ends with 255 for any error of a program or a resource; scripts expect 1.
  return result.exitCode === 255 ? { ...result, exitCode: 1 } : result;
}
