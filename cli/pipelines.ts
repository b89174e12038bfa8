import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./shared/paths";
import { ensureLinters, type Linters } from "./pipelines/linters";

/** What one linter is asked. */
interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * `npm run lint-pipelines`: actionlint (with shellcheck) and zizmor on the GitHub workflows, and the published
 * schemas on the files of both systems. Exit code 1 when one of them finds something.
 */
export async function main(): Promise<number> {
  const linters = await ensureLinters();
  const path = [linters.bin, process.env["PATH"] ?? ""].join(delimiter);
  let failed = 0;
  for (const { name, command, args } of checks(linters)) {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, PATH: path, NO_COLOR: "1" },
    });
    console.log(`${status === 0 ? "✓" : "✗"} ${name}`);
    if (status !== 0) {
      failed += 1;
      console.log(`${stdout}${stderr}`.trim());
    }
  }
  return failed === 0 ? 0 : 1;
}

function checks({ actionlint, bin }: Linters): Check[] {
  const workflows = yamlFiles(".github/workflows");
  const schema = (name: string, files: readonly string[], ...options: string[]): Check => ({
    name: `schema ${name}`,
    command: join(bin, "check-jsonschema"),
    args: ["--builtin-schema", `vendor.${name}`, ...options, ...files],
  });
  return [
    { name: "actionlint", command: actionlint, args: workflows },
    // Without the network it takes the hashes of actions as they are.
    { name: "zizmor", command: join(bin, "zizmor"), args: ["--offline", "--quiet", ".github"] },
    schema("github-workflows", workflows),
    schema("github-actions", [".github/actions/setup/action.yml"]),
    schema(
      "azure-pipelines",
      yamlFiles(".azuredevops"),
      // The schema's patterns are not those of Unicode mode; template expressions are left out.
      ...["--regex-variant", "nonunicode", "--data-transform", "azure-pipelines"],
    ),
  ];
}

function yamlFiles(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => join(folder, name));
}
