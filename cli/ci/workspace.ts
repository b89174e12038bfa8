import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { findConnection } from "../../components/workspace/connection";
import type { Connection } from "../../components/workspace/rest";
import { findSignIn } from "../address";
import { root } from "../paths";
import { LOCAL } from "../stackEnvironment";
import { UserError } from "../userError";

const file = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/**
 * The workspace of a stack, signed in to as the Databricks provider does: what the stack's file says comes
 * first, then the environment. Encrypted values of the file are not read.
 * @throws UserError if no workspace is named, or if signing in fails.
 */
export async function connectionOf(stack: string): Promise<Connection> {
  if (stack === LOCAL) {
    const { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token } = findSignIn();
    return { host, token };
  }
  const { config } = file.parse(parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")));
  try {
    return await findConnection((key) => z.string().optional().catch(undefined).parse(config[key]));
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}
