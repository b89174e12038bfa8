import type * as module from "./connection";
import { originOf } from "./originOf";
import { ownCode } from "./ownCode";
import type { Connection } from "./rest";

/**
 * What `findConnection` finds, for dynamic providers. They carry this file into the state, so it is small,
 * and holds nothing: a token is read here; for any other way the engine's process loads the code of this
 * checkout, in whose folder it runs. The program has signed in before, so what is ambiguous has been refused.
 * @param configuration - Reads a value of the stack's configuration by its full key.
 * @throws Error as `findConnection` does.
 */
export async function providerConnection(
  configuration: (key: string) => string | undefined,
): Promise<Connection> {
  const host = configuration("databricks:host") ?? process.env["DATABRICKS_HOST"] ?? "";
  const token = configuration("databricks:token") ?? process.env["DATABRICKS_TOKEN"] ?? "";
  const way = configuration("databricks:authType") ?? process.env["DATABRICKS_AUTH_TYPE"] ?? "";
  if (host !== "" && token !== "" && (way === "" || way === "pat")) {
    return { host: originOf(host), token };
  }
  const isModule = (value: unknown): value is typeof module =>
    typeof value === "object" && value !== null && "findConnection" in value;
  const file = "./components/workspace/connection.ts";
  const loaded = await ownCode(file);
  if (!isModule(loaded)) throw new Error(`${file} does not sign in.`);
  return loaded.findConnection(configuration);
}
