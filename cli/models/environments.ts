import { z } from "zod";
import { findConnection } from "../../components/workspace/connection";
import { originOf } from "../../components/workspace/originOf";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { runPulumi, type Engine } from "../../engine";
import { findSignIn } from "../address";
import { root } from "../paths";
import { LOCAL, environmentOf, requireBackend } from "../stackEnvironment";
import { reasonOf } from "./attempt";
import { readDeployed, type Deployed } from "./deployed";
import type { EnvironmentRow } from "./facts";
import { readModel, unreadModel } from "./live";

/** The longest that a workspace may take to say who is calling. */
const PATIENCE_MS = 15_000;

/**
 * Everything about one environment. Throws nothing: what cannot be read is in the row.
 * @param startsWarehouse - See `Source`.
 */
export async function readEnvironment(
  engine: Engine,
  stack: string,
  startsWarehouse: boolean,
): Promise<EnvironmentRow> {
  let deployed: Deployed | undefined;
  try {
    const exported = await exportState(engine, stack);
    deployed = exported === undefined ? undefined : readDeployed(exported);
  } catch (error) {
    return { stack, status: "unknown", reason: reasonOf(error), models: [] };
  }
  if (deployed === undefined || deployed.isEmpty) return { stack, status: "none", models: [] };
  const { models, workspace } = deployed;
  if (models.length === 0) return { stack, status: "known", models: [] };
  try {
    const connection = await connectTo(engine, stack, workspace);
    await expectAnswer(connection);
    const source = { connection, startsWarehouse };
    const rows = await Promise.all(models.map((model) => readModel(model, source)));
    return { stack, status: "known", workspace: connection.host, models: rows };
  } catch (error) {
    const reason = reasonOf(error);
    return {
      stack,
      status: "unknown",
      reason,
      ...(workspace === undefined ? {} : { workspace }),
      models: models.map((model) => unreadModel(model, reason)),
    };
  }
}

/** The state as text, undefined if there is no such stack. */
async function exportState(engine: Engine, stack: string): Promise<string | undefined> {
  requireBackend(stack);
  const done = await pulumi(engine, stack, ["stack", "export"]);
  if (done.exitCode === 0) return done.stdout;
  if (done.stderr.includes("no stack named")) return undefined;
  throw new Error(lastLine(done.stderr));
}

/** Signs in by the stack's own configuration, to the workspace that its state is of. */
async function connectTo(
  engine: Engine,
  stack: string,
  deployedTo: string | undefined,
): Promise<Connection> {
  if (stack === LOCAL) {
    const { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token } = findSignIn();
    return { host, token };
  }
  const config = await readConfig(engine, stack);
  const { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token } = process.env;
  const isOwnToken = config.has("databricks:token") || token === undefined;
  const configured = config.get("databricks:host") ?? host;
  // A personal access token is of one workspace, and no business of any other.
  if (!isOwnToken && configured !== undefined && deployedTo !== undefined) {
    if (originOf(configured) !== deployedTo) {
      throw new Error(
        `It is deployed to ${deployedTo}, and DATABRICKS_TOKEN is for ${configured}.`,
      );
    }
  }
  return findConnection((key) =>
    key === "databricks:host" ? (deployedTo ?? config.get(key)) : config.get(key),
  );
}

const configuration = z.record(z.string(), z.object({ value: z.string().optional() }));

async function readConfig(engine: Engine, stack: string): Promise<ReadonlyMap<string, string>> {
  const done = await pulumi(engine, stack, ["config", "--json", "--show-secrets"]);
  if (done.exitCode !== 0) throw new Error(lastLine(done.stderr));
  const values = configuration.parse(JSON.parse(done.stdout));
  return new Map(
    Object.entries(values).flatMap(([key, { value }]) =>
      value === undefined ? [] : [[key, value] as const],
    ),
  );
}

function pulumi(engine: Engine, stack: string, args: readonly string[]) {
  const env = environmentOf({ command: args[0], stack, deploys: false });
  return runPulumi(engine, [...args, "--stack", stack, "--non-interactive", "--color", "never"], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "pipe",
  });
}

/** So that a workspace that is down, or does not let us in, is one reason and not one for each cell. */
async function expectAnswer(connection: Connection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${connection.host} did not answer within ${PATIENCE_MS / 1000} s`));
    }, PATIENCE_MS);
  });
  const call = { method: "GET", path: "/api/2.0/preview/scim/v2/Me" } as const;
  try {
    const me = await Promise.race([callWorkspace(connection, call), late]);
    if (me === undefined) throw new Error(`${connection.host} is no workspace`);
  } finally {
    clearTimeout(timer);
  }
}

/** Pulumi's own complaint, without `error:`. */
function lastLine(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const said = lines.find((line) => line.startsWith("error:")) ?? lines.at(-1) ?? "";
  return said.replace(/^error: /, "");
}
