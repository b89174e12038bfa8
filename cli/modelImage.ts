import { spawn } from "node:child_process";
import { join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { z } from "zod";
import { callWorkspace, type Connection } from "../components/workspace/rest";
import { connect, signInFor } from "./workspace/address";
import { exitCodeOf } from "./shared/exitCode";
import { paths, root } from "./shared/paths";
import { ensurePython, python } from "./python/python";
import { UserError, messageOf } from "./shared/userError";

const usage = `Usage: npm run model-image -- MODEL [--version N] [--out FOLDER]
Writes a Dockerfile and its build context for a registered model, e.g. telco-churn. Builds nothing.
  --version N   instead of the champion
  --out FOLDER  where to, instead of .mlops/images/MODEL`;

const registered = z.object({
  registered_models: z.array(z.object({ full_name: z.string() })).default([]),
  next_page_token: z.string().optional(),
});

/** What `build_context.py` says it has written. */
const manifest = z.object({
  model: z.string(),
  version: z.string(),
  /** What to call the image: `telco-churn-model:3`. */
  tag: z.string(),
});

/** `npm run model-image`: what `docker build` needs for the image of a validated model. */
export async function main(args: string[]): Promise<number> {
  const { model, version, out } = parse(args);
  const connection = await connect();
  await ensurePython();
  const fullName = await findModel(connection, model);
  const folder = resolve(out ?? join(paths.images, model));
  const written = await writeContext(connection, fullName, folder, version);
  const shown = relative(process.cwd(), folder) || ".";
  console.log(`${written.model} version ${written.version}: build context in ${shown}`);
  console.log(`Where Docker is: docker build --tag ${written.tag} ${shown}`);
  return 0;
}

/**
 * The full name of a registered model: given whole, or as its stack file is called, with `-` for `_`
 * and with or without `_model`.
 * @throws UserError if there is no such model, or more than one.
 */
async function findModel(connection: Connection, name: string): Promise<string> {
  const wanted = name.replaceAll("-", "_");
  const all = await registeredModels(connection);
  const found = all.filter((fullName) =>
    wanted.includes(".")
      ? fullName === wanted
      : [wanted, `${wanted}_model`].includes(fullName.split(".").at(-1) ?? ""),
  );
  const [model] = found;
  if (model !== undefined && found.length === 1) return model;
  throw new UserError(
    found.length > 1
      ? `There are ${found.length} models called '${name}': ${found.join(", ")}. Give the full name.`
      : `There is no model '${name}' at ${connection.host}; there are ${all.join(", ") || "none"}.`,
  );
}

/** https://docs.databricks.com/api/workspace/registeredmodels/list */
async function registeredModels(connection: Connection): Promise<string[]> {
  const names: string[] = [];
  let page: string | undefined;
  do {
    const query = new URLSearchParams(page === undefined ? {} : { page_token: page });
    const answer = registered.parse(
      await callWorkspace(connection, {
        method: "GET",
        path: `/api/2.1/unity-catalog/models?${query.toString()}`,
      }),
    );
    names.push(...answer.registered_models.map((model) => model.full_name));
    page = answer.next_page_token;
  } while (page !== undefined && page !== "");
  return names;
}

/** @throws UserError with the script's own words if it writes nothing. */
async function writeContext(
  connection: Connection,
  model: string,
  folder: string,
  version: string | undefined,
): Promise<z.output<typeof manifest>> {
  const script = join(root, "cli", "image", "build_context.py");
  const args = [script, model, folder, ...(version === undefined ? [] : [version])];
  const child = spawn(python, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...(await signInFor(connection)),
      DATABRICKS_AUTH_TYPE: "pat",
      ...{ MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false" },
    },
  });
  const [code, said, complaint] = await Promise.all([
    exitCodeOf(child),
    text(child.stdout),
    text(child.stderr),
  ]);
  if (code !== 0) throw new UserError(complaint.trim());
  return manifest.parse(JSON.parse(said.trim().split("\n").at(-1) ?? ""));
}

function parse(args: string[]): {
  model: string;
  version: string | undefined;
  out: string | undefined;
} {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { out: { type: "string" }, version: { type: "string" } },
      allowPositionals: true,
    });
    const [model] = positionals;
    if (model === undefined || positionals.length > 1) throw new Error("Name one model.");
    const { version, out } = values;
    if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) {
      throw new Error(`--version is '${version}'; it must be a number from 1`);
    }
    return { model, version, out };
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}
