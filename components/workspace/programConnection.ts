import * as pulumi from "@pulumi/pulumi";
import { findConnection } from "./connection";
import type { Connection } from "./rest";
import { readSettings } from "./settings";

/** What the program has signed in with. */
const found = new Map<string, Promise<Connection>>();

/**
 * The connection of the program: signs in once, however many gates ask.
 * @throws pulumi.RunError if it cannot; see {@link findConnection}.
 */
export async function programConnection(): Promise<Connection> {
  const configuration = (key: string): string | undefined => pulumi.runtime.getConfig(key);
  const key = JSON.stringify(readSettings(configuration));
  const connection = found.get(key) ?? findConnection(configuration);
  found.set(key, connection);
  try {
    return await connection;
  } catch (error) {
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
