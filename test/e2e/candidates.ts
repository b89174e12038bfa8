import { join } from "node:path";
import { z } from "zod";
import { root } from "../../cli/paths";
import { python } from "../../cli/python";
import type { TokenConnection } from "../../components/workspace/rest";
import { start } from "./command";

/** The model of the stack `local`. */
export const MODEL = "ml_local.models.customer_churn_model";

/** What a run measured; text stands for what JSON cannot write. */
export type Metrics = Readonly<Record<string, number | "NaN" | "Infinity">>;

/**
 * Registers a version of {@link MODEL} for each candidate, with the MLflow client, as a training does.
 * The model is one that can be served; it always answers 1.
 * @returns The version of each.
 */
export async function register<Name extends string>(
  { host, token }: TokenConnection,
  candidates: Readonly<Record<Name, Metrics>>,
): Promise<Record<Name, string>> {
  const script = join(root, "test", "e2e", "candidates.py");
  const pairs = Object.entries(candidates).map(([name, m]) => `${name}=${JSON.stringify(m)}`);
  const args = [script, MODEL, "/Shared/ml_local/customer-churn", ...pairs];
  // Not synchronously: the workspace that it talks to may be in this very process.
  const made = await start(python, args, { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token }).ended;
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const versions = z.record(z.string(), z.string());
  const last = made.stdout.trim().split("\n").at(-1) ?? "";
  return versions.parse(JSON.parse(last));
}
