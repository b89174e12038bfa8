import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { findConnection } from "../../components/workspace/connection";
import { headersOf, type Connection } from "../../components/workspace/rest";
import { methodsIn, readSettings } from "../../components/workspace/settings";
import { isRunning } from "../../engine/isRunning";
import { paths } from "../shared/paths";
import { UserError, messageOf } from "../shared/userError";

const address = z.object({ url: z.url(), token: z.string(), pid: z.number().int() });

/** How the workspace on this machine is reached. */
export type Address = z.output<typeof address>;

const file = join(paths.workspace, "address.json");

/** Leaves a note for the other commands while the workspace runs; readable by this user only. */
export function writeAddress(value: Address): void {
  writeFileSync(file, JSON.stringify(value), { mode: 0o600 });
}

/** Takes the note away. */
export function removeAddress(): void {
  rmSync(file, { force: true });
}

/** The workspace that runs on this machine from this checkout, undefined if none does. */
export function findAddress(): Address | undefined {
  try {
    const found = address.parse(JSON.parse(readFileSync(file, "utf8")));
    return isRunning(found.pid) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Host and token for the tools: the environment's own, else the workspace on this machine. */
export interface SignIn {
  readonly DATABRICKS_HOST: string;
  readonly DATABRICKS_TOKEN: string;
}

/**
 * What signs in to the workspace: `DATABRICKS_HOST` and `DATABRICKS_TOKEN` if set, else the local one.
 * @throws UserError if neither is there.
 */
export function findSignIn(): SignIn {
  const { DATABRICKS_HOST, DATABRICKS_TOKEN } = process.env;
  const local = findAddress();
  if (DATABRICKS_HOST !== undefined) {
    const token = DATABRICKS_TOKEN ?? (local?.url === DATABRICKS_HOST ? local.token : undefined);
    if (token === undefined) {
      throw new UserError(
        `DATABRICKS_HOST is ${DATABRICKS_HOST}, but DATABRICKS_TOKEN is not set.`,
      );
    }
    return { DATABRICKS_HOST, DATABRICKS_TOKEN: token };
  }
  if (local === undefined) {
    throw new UserError(
      "No workspace is running on this machine: start one with `npm run workspace`, " +
        "or set DATABRICKS_HOST and DATABRICKS_TOKEN.",
    );
  }
  return { DATABRICKS_HOST: local.url, DATABRICKS_TOKEN: DATABRICKS_TOKEN ?? local.token };
}

/**
 * The workspace that a command calls: the one that the environment names, signed in to in any way that the
 * Databricks provider knows, else the local one.
 * @throws UserError if there is neither, or if signing in fails.
 */
export async function connect(): Promise<Connection> {
  const { DATABRICKS_HOST: host, DATABRICKS_CONFIG_PROFILE: profile } = process.env;
  const isNamed = host !== undefined || profile !== undefined;
  if (!isNamed && process.env["DATABRICKS_AZURE_RESOURCE_ID"] === undefined) return local();
  const isSaidHow = methodsIn(readSettings(() => undefined)).length > 0;
  if (!isSaidHow && host !== undefined && host === findAddress()?.url) return local();
  try {
    return await findConnection(() => undefined);
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}

function local(): Connection {
  const { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token } = findSignIn();
  return { host, token };
}

/** What signs tools in that know nothing but a host and a token; good for the minutes that they run. */
export async function signInFor(connection: Connection): Promise<SignIn> {
  const { authorization = "" } = await headersOf(connection);
  return {
    DATABRICKS_HOST: connection.host,
    DATABRICKS_TOKEN: authorization.replace(/^Bearer /, ""),
  };
}

/**
 * Makes a workspace the one that this process and its children sign in to, wherever `DATABRICKS_HOST`
 * points: who has production there must be able to try this out.
 */
export function signInTo({ url, token }: Pick<Address, "url" | "token">): void {
  process.env["DATABRICKS_HOST"] = url;
  process.env["DATABRICKS_TOKEN"] = token;
}
