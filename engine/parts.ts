import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "./buildContext";
import { buildLanguageHost, languageHostFiles } from "./bundle";
import { buildGoProgram } from "./goBuild";
import type { Layout } from "./paths";
import { digestOf, readStamp, type Stamp, writeStamp } from "./stamp";
import { packageVersion, requiredVersion } from "./versions";

/** One thing that is built where it is not installed. */
export interface Part {
  readonly id: "pulumi" | "databricks" | "nodejs";
  /** How the part was come by, for people. */
  readonly made: string;
  /** Files and folders that it is made from, and other things that decide what comes out. */
  readonly sources: readonly string[];
  readonly settings: readonly string[];
  /** What is made; the first is the one that Pulumi starts. */
  readonly files: readonly [string, ...string[]];
  /** Makes the files, each only when whole, and returns the version that the product states. */
  build(context: BuildContext): Promise<string>;
}

/** The stamp of a part that was built from the present sources and is still as it was built. */
export function builtBefore(part: Part, layout: Layout): Stamp | undefined {
  const stamp = readStamp(stampFile(part, layout));
  return stamp?.inputs === inputsOf(part) ? stamp : undefined;
}

/** Builds a part and remembers that. */
export async function buildPart(part: Part, context: BuildContext): Promise<Stamp> {
  const inputs = inputsOf(part);
  const version = await part.build(context);
  return writeStamp(stampFile(part, context.layout), { inputs, version, files: part.files });
}

function stampFile(part: Part, layout: Layout): string {
  return join(layout.home, `${part.id}.stamp.json`);
}

function inputsOf(part: Part): string {
  return digestOf(part.sources, [process.platform, process.arch, ...part.settings]);
}

/** The CLI, from Pulumi's own module. */
export function cliPart(layout: Layout): Part {
  const folder = join(layout.root, "engine", "cli");
  const file = join(layout.bin, "pulumi");
  return {
    id: "pulumi",
    made: "built from Go modules",
    sources: [folder],
    settings: [],
    files: [file],
    build: (context) => {
      const version = requiredVersion(join(folder, "go.mod"), "github.com/pulumi/pulumi/pkg/v3");
      const variable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
      return buildGoProgram(context, {
        name: `Build the Pulumi CLI ${version} from Go modules`,
        usually: 210,
        folder,
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        linkerFlags: `-s -w -X ${variable}=${version}`,
        file,
        versionArgument: "version",
      });
    },
  };
}

/** Databricks' Terraform provider behind Pulumi's bridge. */
export function providerPart(layout: Layout): Part {
  const folder = join(layout.root, "engine", "databricks");
  const file = join(providerFolder(layout), "pulumi-resource-databricks");
  return {
    id: "databricks",
    made: "built from Go modules",
    sources: [folder],
    settings: [],
    files: [file],
    build: (context) =>
      buildGoProgram(context, {
        name: "Build the Databricks provider from Go modules",
        usually: 165,
        folder,
        package: ".",
        linkerFlags: "-s -w",
        file,
        versionArgument: "-version",
      }),
  };
}

/** Our language host, and what runs in the processes that it starts. */
export function languageHostPart(layout: Layout): Part {
  const folder = join(layout.root, "engine");
  const sdk = packageVersion(layout.root, "@pulumi/pulumi");
  return {
    id: "nodejs",
    made: "bundled from engine/languageHost",
    sources: ["languageHost", "exitWithParent.ts", "bundle.ts"].map((name) => join(folder, name)),
    settings: [sdk],
    files: languageHostFiles(layout),
    build: async (context) => {
      await buildLanguageHost(context.layout);
      return sdk;
    },
  };
}

/** The folder that Pulumi's home has for this version of the plugin. */
function providerFolder(layout: Layout): string {
  const source = readFileSync(join(layout.root, "engine", "databricks", "provider.go"), "utf8");
  const version = /^const version = "([^+"]+)/m.exec(source)?.[1];
  if (version === undefined) {
    throw new Error("engine/databricks/provider.go has no version constant");
  }
  return join(layout.pulumiHome, "plugins", `resource-databricks-v${version}`);
}
