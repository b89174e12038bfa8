import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command";
import { findOnPath, isExecutable, type Layout } from "./paths";
import { readStamp, writeStamp } from "./stamp";
import { isCompatible, parseVersion } from "./versions";

/** Something that the user has installed. */
export interface Installed {
  readonly path: string;
  readonly version: string;
}

/**
 * A program on the PATH that is not ours. Its version is asked once and remembered until the file
 * changes.
 *
 * @param program.versionArgument Makes it print its version.
 * @returns `undefined` when there is none, or one that does not even print its version.
 */
export async function installedProgram(
  layout: Layout,
  env: NodeJS.ProcessEnv,
  program: { readonly name: string; readonly versionArgument: string },
): Promise<Installed | undefined> {
  const path = findOnPath(program.name, env["PATH"] ?? "", layout.home);
  if (path === undefined) {
    return undefined;
  }
  const memory = join(layout.home, `installed-${program.name}.stamp.json`);
  const known = readStamp(memory);
  if (known?.inputs === path) {
    return { path, version: known.version };
  }
  const { exitCode, lines } = await runCommand(path, [program.versionArgument], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = lines.find((line) => parseVersion(line) !== undefined)?.trim();
  if (exitCode !== 0 || version === undefined) {
    return undefined;
  }
  writeStamp(memory, { inputs: path, version, files: [path] });
  return { path, version };
}

/** The Databricks plugin in Pulumi's home folder that an SDK of version `wanted` would get. */
export function installedProvider(env: NodeJS.ProcessEnv, wanted: string): Installed | undefined {
  const home = env["PULUMI_HOME"] ?? join(env["HOME"] ?? homedir(), ".pulumi");
  const plugins = join(home, "plugins");
  const prefix = "resource-databricks-v";
  for (const name of namesIn(plugins)) {
    const version = name.slice(prefix.length);
    const path = join(plugins, name, "pulumi-resource-databricks");
    if (name.startsWith(prefix) && isCompatible(version, wanted) && isExecutable(path)) {
      return { path, version: `v${version}` };
    }
  }
  return undefined;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
