import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { stackFile } from "../stack/project";
import { LOCAL } from "../stack/stackEnvironment";

const file = z.object({
  config: z.object({ "databricks:host": z.string().optional() }).default({}),
});

/**
 * Makes the workspace that a stack's file names the one that this process calls, as it is for the stack's
 * program; without a name there, the environment's own.
 */
export function useWorkspaceOf(stack: string): void {
  if (stack === LOCAL) return;
  const { config } = file.parse(parse(readFileSync(stackFile(stack), "utf8")));
  const host = config["databricks:host"];
  if (host !== undefined) process.env["DATABRICKS_HOST"] = host;
}
