import { z } from "zod";
import { findConnection } from "../../components/workspace/connection";
import { originOf } from "../../components/workspace/originOf";
import type { Connection } from "../../components/workspace/rest";
import { runPulumi, type Engine } from "../../engine";
import { findSignIn } from "../workspace/address";
import { root } from "../shared/paths";
import { LOCAL, environmentOf, requireBackend } from "./stackEnvironment";

/**
 * A stack's state as text, undefined if there is no such stack.
 * @throws UserError if nobody has said where its state is.
 * @throws Error with Pulumi's own complaint if it cannot be read.
 */
export async function exportState(engine: Engine, stack: string): Promise<string | undefined> {
  requireBackend(stack);
  const done = await pulumi(engine, stack, ["stack", "export"]);
  if (done.exitCode === 0) return done.stdout;
  if (done.stderr.includes("no stack named")) return undefined;
  throw new Error(lastLine(done.stderr));
}

/**
 * Signs in by the stack's own configuration, to the workspace that its state is of.
 * @param deployedTo - Address of that workspace, undefined if the state does not say it.
 * @throws Error if that cannot be done, or if the token of the environment is another workspace's.
 */
export async function connectTo(
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

/** Pulumi's own complaint, without `error:`. */
function lastLine(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const said = lines.find((line) => line.startsWith("error:")) ?? lines.at(-1) ?? "";
  return said.replace(/^error: /, "");
}
