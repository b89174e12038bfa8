import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Layout } from "./paths";

/** Bundles, and what they are made from; the names without extension are executables. */
const bundles = {
  "pulumi-language-nodejs": "main.ts",
  "pulumi-resource-pulumi-nodejs": "dynamicProvider.ts",
  "exit-with-host.cjs": "exitWithHost.ts",
  "policy-pack.cjs": "policyPack.ts",
};

/** The files of the language host; the first is the plugin itself. */
export function languageHostFiles(layout: Layout): [string, ...string[]] {
  const [first = "", ...others] = Object.keys(bundles).map((name) => join(layout.bin, name));
  return [first, ...others];
}

/**
 * Bundles the language host: it starts with every Pulumi command, in 0.15 s from one file instead
 * of 0.7 s from TypeScript and node_modules.
 */
export async function buildLanguageHost(layout: Layout): Promise<void> {
  // Half of the time that a command without anything to build would take.
  const { build } = await import("esbuild");
  const source = join(layout.root, "engine", "languageHost");
  const result = await build({
    absWorkingDir: layout.root,
    entryPoints: Object.entries(bundles).map(([out, file]) => ({ in: join(source, file), out })),
    bundle: true,
    minify: true,
    legalComments: "none",
    platform: "node",
    target: "node20",
    format: "cjs",
    outdir: layout.bin,
    write: false,
    logLevel: "silent",
  });
  mkdirSync(layout.bin, { recursive: true });
  for (const { path, contents } of result.outputFiles) {
    const name = basename(path, ".js");
    const file = join(layout.bin, name);
    const isExecutable = !name.endsWith(".cjs");
    const start = isExecutable ? "#!/usr/bin/env node\n" : "";
    writeFileSync(`${file}.partial`, Buffer.concat([Buffer.from(start), contents]));
    chmodSync(`${file}.partial`, 0o755);
    renameSync(`${file}.partial`, file);
  }
}
