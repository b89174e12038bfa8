import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findOnPath } from "../../engine/paths";
import { main as writeContext } from "../modelImage";
import { paths } from "../shared/paths";
import { UserError, messageOf } from "../shared/userError";
import { stackOf } from "./files";
import { currentCommit } from "../shared/commit";
import { useWorkspaceOf } from "./workspace";

/** Name of a container registry, e.g. `mlops.azurecr.io`, as Docker takes it before an image's name. */
const REGISTRY = /^[a-z0-9][a-z0-9.-]*(:\d+)?$/;

/**
 * `ci image STACK MODEL --registry R`: builds the image of a model's champion and pushes it, tagged with the
 * commit. Without a registry nothing is built: most environments want none.
 */
export async function image(args: string[]): Promise<number> {
  const { stack, model, registry } = parse(args);
  if (registry === "") {
    console.log("No registry is named, so no image is built.");
    return 0;
  }
  if (!REGISTRY.test(registry)) {
    throw new UserError(`--registry is '${registry}'; it must be a name such as mlops.azurecr.io.`);
  }
  const docker = findOnPath("docker", process.env["PATH"] ?? "", paths.kept);
  if (docker === undefined) throw new UserError("There is no docker on the PATH to build with.");
  useWorkspaceOf(stack);
  const folder = join(paths.images, model);
  await writeContext([model, "--out", folder]);
  const tag = `${registry}/${model}:${(currentCommit() ?? "unknown").slice(0, 12)}`;
  const azure = /^(.+)\.azurecr\.io$/.exec(registry)?.[1];
  if (azure !== undefined) run("az", ["acr", "login", "--name", azure]);
  run(docker, ["build", "--tag", tag, folder]);
  run(docker, ["push", tag]);
  console.log(`Pushed ${tag}`);
  return 0;
}

function run(command: string, args: readonly string[]): void {
  console.log(`$ ${[command, ...args].join(" ")}`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) {
    throw new UserError(`${command} ${args[0] ?? ""} failed${error ? `: ${error.message}` : "."}`);
  }
}

function parse(args: string[]): { stack: string; model: string; registry: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { registry: { type: "string", default: "" } },
      allowPositionals: true,
    });
    const [, model] = positionals;
    if (model === undefined || !/^[a-z0-9-]+$/.test(model) || positionals.length > 2) {
      throw new Error("Name a stack and one model, e.g. prod telco-churn.");
    }
    return { stack: stackOf(positionals), model, registry: values.registry };
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}
