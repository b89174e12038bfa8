import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { obtainEngine } from "../../engine";
import { signInTo } from "../workspace/address";
import { backgroundWorkspace } from "../workspace/background";
import { root } from "../shared/paths";
import { runOnStack } from "../pulumi";
import { main as renderReport } from "../previewReport";
import { readPlan } from "../previewReport/plan";
import { LOCAL, environmentOf, readInvocation } from "../stack/stackEnvironment";
import { UserError, messageOf } from "../shared/userError";
import { deployBase } from "./base";
import { makeFolder, stackOf, type PreviewResult, type StackFiles } from "./files";
import { currentCommit } from "../shared/commit";
import { publish } from "./system";

/**
 * `ci preview STACK`: the preview as files: JSON, events, saved plan, report as Markdown and HTML. The exit
 * code is Pulumi's. The stack `local` needs no credentials: it is previewed on a workspace on this machine.
 */
export async function preview(args: string[]): Promise<number> {
  const { stack, base } = parse(args);
  return (await previewStack(stack, base)).exitCode;
}

/**
 * Previews a stack and leaves the files of {@link makeFolder}.
 * @param base - A git revision to deploy first, so that the preview shows what comes on top of it; `local` only.
 */
export async function previewStack(stack: string, base?: string): Promise<PreviewResult> {
  const engine = await obtainEngine();
  if (stack !== LOCAL) return run(stack, engine);
  const workspace = await backgroundWorkspace(false);
  try {
    signInTo(workspace);
    if (base !== undefined) await deployBase(engine, base);
    return await run(stack, engine);
  } finally {
    await workspace.stop();
  }
}

async function run(
  stack: string,
  engine: Awaited<ReturnType<typeof obtainEngine>>,
): Promise<PreviewResult> {
  const files = makeFolder(stack);
  for (const file of [files.events, files.plan, files.result]) rmSync(file, { force: true });
  const args = ["preview", "-s", stack, "--json", "--non-interactive"];
  const kept = ["--save-plan", files.plan, "--event-log", files.events];
  const env = environmentOf(readInvocation(args));
  const { exitCode, stdout, stderr } = await runOnStack(
    engine,
    [...args, ...kept],
    // Pulumi hides --event-log from those who have not set this.
    { ...env, PULUMI_DEBUG_COMMANDS: "true" },
    { stdio: "pipe" },
  );
  process.stderr.write(stderr);
  writeFileSync(files.preview, stdout);
  writeFileSync(files.log, stderr);
  const result: PreviewResult = {
    stack,
    commit: currentCommit() ?? "unknown",
    exitCode,
    changed: exitCode !== 0 || isChanged(stdout),
  };
  writeFileSync(files.result, JSON.stringify(result));
  await renderReport([
    ...["--preview", files.preview, "--log", files.log, "--stack", stack],
    // A preview that fails before the engine starts has none.
    ...(existsSync(files.events) ? ["--events", files.events] : []),
    ...["--commit", result.commit, "--exit-code", String(result.exitCode)],
    ...["--markdown", files.markdown, "--html", files.html],
  ]);
  publish(files.markdown, { changed: String(result.changed) });
  tell(files, result);
  return result;
}

/** Whether a preview shows anything but resources that stay as they are; true if it does not say. */
export function isChanged(stdout: string): boolean {
  const changeSummary = readPlan(stdout)?.changeSummary;
  if (changeSummary === undefined) return true;
  return Object.entries(changeSummary).some(
    ([operation, count]) => operation !== "same" && count > 0,
  );
}

function tell({ folder, markdown }: StackFiles, { stack, exitCode, changed }: PreviewResult): void {
  console.log(readFileSync(markdown, "utf8").trim());
  const said = exitCode !== 0 ? "failed" : changed ? "shows changes" : "shows no changes";
  console.log(`\nThe preview of ${stack} ${said}; all of it is in ${relative(root, folder)}.`);
}

function parse(args: string[]): { stack: string; base: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { base: { type: "string" } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error("One stack at a time.");
    const stack = stackOf(positionals);
    if (values.base !== undefined && stack !== LOCAL) {
      throw new Error(`--base goes with the stack ${LOCAL} only: it deploys.`);
    }
    return { stack, base: values.base };
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}
