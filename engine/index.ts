import { delimiter, dirname, join } from "node:path";
import type { BuildContext } from "./buildContext";
import { runCommand } from "./command";
import type { Engine, EnginePart } from "./engine";
import { type Installed, installedProgram, installedProvider } from "./installed";
import { withLock } from "./lock";
import {
  builtBefore,
  buildPart,
  cliPart,
  languageHostPart,
  type Part,
  providerPart,
} from "./parts";
import { layoutOf } from "./paths";
import { type Output, runStep } from "./steps";
import { isCompatible, packageVersion } from "./versions";

export type { Engine } from "./engine";
export { EngineError } from "./errors";
export { describeEngine, type PulumiOptions, type PulumiResult, runPulumi } from "./run";

/** Where to look, and whom to tell. */
export interface ObtainOptions {
  /** The checkout. @default the one that this file is in */
  readonly root?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Hears about what takes long. @default standard error */
  readonly output?: Output;
}

/**
 * Answers "which pulumi?": the one on the PATH when it is not older than the SDK, else one built
 * before, else one built now, which takes minutes once. The same for the Databricks provider.
 *
 * @throws EngineError when it cannot be had; the message says what to do.
 */
export async function obtainEngine(options: ObtainOptions = {}): Promise<Engine> {
  const context: BuildContext = {
    layout: layoutOf(options.root ?? dirname(__dirname)),
    env: options.env ?? process.env,
    output: options.output ?? process.stderr,
  };
  const program = { name: "pulumi", versionArgument: "version" };
  const cli = await installedProgram(context.layout, context.env, program);
  if (cli && isCompatible(cli.version, packageVersion(context.layout.root, "@pulumi/pulumi"))) {
    return await completeInstalledCli(context, { ...cli, origin: "installed" });
  }
  return await completeBuiltCli(context);
}

/** An installed CLI brings its language host, and can download the provider where that is allowed. */
async function completeInstalledCli(context: BuildContext, cli: EnginePart): Promise<Engine> {
  const { layout, env } = context;
  const languageHost = { ...cli, origin: "comes with the CLI" };
  const installed = await findProvider(context);
  if (installed) {
    return { cli, languageHost, provider: { ...installed, origin: "installed" }, env: {} };
  }
  const part = providerPart(layout);
  if (!builtBefore(part, layout)) {
    const downloaded = await downloadProvider(context, cli.path);
    if (downloaded) {
      return {
        cli,
        languageHost,
        provider: { ...downloaded, origin: "downloaded by it" },
        env: {},
      };
    }
  }
  const provider = await obtain(part, context);
  return { cli, languageHost, provider, env: { PATH: prepend(dirname(provider.path), env) } };
}

/** A CLI of ours has a home folder of its own, so that nothing appears outside the repository. */
async function completeBuiltCli(context: BuildContext): Promise<Engine> {
  const { layout, env } = context;
  const languageHost = await obtain(languageHostPart(layout), context);
  const cli = await obtain(cliPart(layout), context);
  const onPath = await providerOnPath(context);
  const provider = onPath
    ? { ...onPath, origin: "installed" }
    : await obtain(providerPart(layout), context);
  const PATH = prepend(layout.bin, env);
  const PULUMI_SKIP_UPDATE_CHECK = "true";
  const home = env["PULUMI_HOME"];
  const settings =
    home === undefined || home === layout.pulumiHome
      ? { PATH, PULUMI_HOME: layout.pulumiHome }
      : { PATH: prepend(dirname(provider.path), { PATH }), PULUMI_HOME: home };
  return { cli, languageHost, provider, env: { ...settings, PULUMI_SKIP_UPDATE_CHECK } };
}

async function obtain(part: Part, context: BuildContext): Promise<EnginePart> {
  const { layout, output } = context;
  const stamp =
    builtBefore(part, layout) ??
    (await withLock(
      join(layout.home, "lock"),
      output,
      async () => builtBefore(part, layout) ?? (await buildPart(part, context)),
    ));
  return { path: part.files[0], version: stamp.version, origin: part.made };
}

function providerOnPath({ layout, env }: BuildContext): Promise<Installed | undefined> {
  const program = { name: "pulumi-resource-databricks", versionArgument: "-version" };
  return installedProgram(layout, env, program);
}

async function findProvider(context: BuildContext): Promise<Installed | undefined> {
  const wanted = packageVersion(context.layout.root, "@pulumi/databricks");
  return (await providerOnPath(context)) ?? installedProvider(context.env, wanted);
}

async function downloadProvider(
  context: BuildContext,
  cli: string,
): Promise<Installed | undefined> {
  const version = `v${packageVersion(context.layout.root, "@pulumi/databricks")}`;
  const step = { name: `Let pulumi download the Databricks provider ${version}`, usually: 20 };
  const args = ["plugin", "install", "resource", "databricks", version];
  await runStep(context.output, step, () =>
    runCommand(cli, args, { env: context.env, timeoutMs: 120_000 }),
  );
  return findProvider(context);
}

function prepend(directory: string, env: NodeJS.ProcessEnv): string {
  return [directory, env["PATH"] ?? ""].filter((entry) => entry !== "").join(delimiter);
}
