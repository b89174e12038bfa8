import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "./errors";

/** Major, minor, patch. */
export type Version = readonly [number, number, number];

/**
 * The first version in a text such as `v3.250.0-dev` or `go1.26`; a missing patch is 0, anything
 * after it is ignored.
 */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether `found` is the same version as `wanted` or a later one; false for what is no version. */
export function isAtLeast(found: string, wanted: string): boolean {
  const [version, minimum] = [parseVersion(found), parseVersion(wanted)];
  if (!version || !minimum) {
    return false;
  }
  const place = version.findIndex((part, index) => part !== minimum[index]);
  return place === -1 || (version[place] ?? 0) > (minimum[place] ?? 0);
}

/** Whether `found` serves whoever was made for `wanted`: not older, and the same major version. */
export function isCompatible(found: string, wanted: string): boolean {
  return isAtLeast(found, wanted) && parseVersion(found)?.[0] === parseVersion(wanted)?.[0];
}

/**
 * The version of an installed npm package.
 *
 * @throws EngineError when it is not installed.
 */
export function packageVersion(root: string, name: string): string {
  try {
    const file = join(root, "node_modules", name, "package.json");
    return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
  } catch {
    throw new EngineError(`${name} is not installed in ${root}: run \`npm ci\` there`);
  }
}

/**
 * The version that a go.mod requires of a module, `go` included.
 *
 * @throws Error when it does not name the module.
 */
export function requiredVersion(goMod: string, module: string): string {
  for (const line of readFileSync(goMod, "utf8").split("\n")) {
    const [name, version] = line
      .replace(/^require\s/, "")
      .trim()
      .split(/\s+/);
    if (name === module && version !== undefined) {
      return version;
    }
  }
  throw new Error(`${goMod} has no line for ${module}`);
}
