import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

const manifestSchema = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});

/**
 * The file that `name` means to a program in `directory`.
 *
 * @throws Error that says what to install, when the program cannot find it.
 */
export function resolveFrom(directory: string, name: string): string {
  try {
    return createRequire(join(directory, "index.js")).resolve(name);
  } catch {
    throw new Error(`cannot find ${name} from ${directory}: run \`npm install\` there`);
  }
}

/** The packages that the nearest package.json names, with the versions that are installed. */
export function directDependencies(directory: string): { name: string; version: string }[] {
  const manifest = nearestManifest(directory);
  const wanted = { ...manifest?.content.dependencies, ...manifest?.content.devDependencies };
  return Object.entries(wanted).map(([name, range]) => {
    const installed = manifest && readManifest(join(manifest.directory, "node_modules", name));
    return { name, version: installed?.version ?? range };
  });
}

function nearestManifest(directory: string) {
  for (let at = directory; ; at = dirname(at)) {
    const content = readManifest(at);
    if (content) {
      return { directory: at, content };
    }
    if (at === dirname(at)) {
      return undefined;
    }
  }
}

function readManifest(directory: string) {
  try {
    const text = readFileSync(join(directory, "package.json"), "utf8");
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
