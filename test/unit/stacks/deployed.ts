import { RegistryDouble } from "../gate/registryDouble";
import { Program } from "../program";
import { deploy } from "../../../stacks";
import { stackConfig, type Stack } from "./stackFile";

/** What the nominated version of every model measured, on 5,000 rows; nothing is nominated if it is undefined. */
export type Measured = Readonly<Record<string, number>> | undefined;

/** One run of the program of this repository, all but its Azure side, with the stack's own file as configuration. */
export interface Deployed {
  readonly program: Program;
  readonly outputs: Record<string, unknown>;
}

/** What a person's approval leaves on a version. */
const APPROVED = { approved_by: "a person" };

/** Where the training of a model logs to. */
function experimentOf(model: string): string {
  const [catalog = "", , name = ""] = model.split(".");
  const folder = name === "irisclassifierdemo" ? "iris" : name.replace(/_model$/, "");
  return `/Shared/${catalog}/${folder.replaceAll("_", "-")}`;
}

async function run(
  stack: Stack,
  measured: Measured,
  models: readonly string[] | undefined,
): Promise<Deployed> {
  const registry = await RegistryDouble.start();
  if (measured !== undefined) registry.nominate("3", measured);
  // All models stand alike, each with an experiment of its own, whose id is the model's name.
  registry.answersForAll = true;
  for (const tag of Object.entries(APPROVED)) registry.versions.get("3")?.tags.set(...tag);
  registry.intercept = (request) => {
    const { path, query } = request;
    const model = query["name"] ?? "";
    if (path === "/api/2.0/preview/scim/v2/Me") return { body: { userName: "me" } };
    if (path.endsWith("/model-versions/get")) {
      const run = `run of ${model}`;
      registry.runs.set(run, { val_rows: 5000, ...measured });
      registry.tracking.details(run).experimentId = model;
      const version = registry.versions.get(query["version"] ?? "");
      if (version !== undefined) version.runId = run;
    }
    if (path.endsWith("/experiments/get")) {
      const id = query["experiment_id"] ?? "";
      return { body: { experiment: { experiment_id: id, name: experimentOf(id) } } };
    }
    return undefined;
  };
  const program = new Program();
  // The Azure side has tests of its own.
  const config = stackConfig(stack);
  delete config["mlops:azure"];
  const environment = JSON.parse(config["mlops:environment"] ?? "{}") as object;
  const chosen = models === undefined ? environment : { ...environment, models };
  const outputs = await program.run(deploy, {
    ...config,
    "mlops:environment": JSON.stringify(chosen),
    ...registry.config,
  });
  return { program, outputs };
}

const done = new Map<string, Promise<Deployed>>();

/**
 * As `run`, but once for the same stack and measurements: the program has hundreds of resources.
 * @param models - Those to deploy, if not all.
 */
export function deployed(
  stack: Stack,
  measured: Measured,
  models?: readonly string[],
): Promise<Deployed> {
  const key = JSON.stringify([stack, measured, models]);
  const found = done.get(key) ?? run(stack, measured, models);
  done.set(key, found);
  return found;
}
