import { join } from "node:path";
import { z } from "zod";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import type { TokenConnection } from "../../components/workspace/rest";
import { start } from "./command";

/** The model of the stack `local`. */
export const MODEL = "ml_local.models.customer_churn_model";

/** Its experiment. */
export const EXPERIMENT = "/Shared/ml_local/customer-churn";

/** What a run measured; text stands for what JSON cannot write. `val_rows` is 4714 unless it says otherwise. */
export type Metrics = Readonly<Record<string, number | "NaN" | "Infinity">>;

/** What is other about a candidate than a training would make it. */
export interface CandidateOptions {
  /** The class that it answers. @default 1 */
  readonly answer?: 0 | 1;
  /**
   * What its run notes as the model's inputs and outputs: `incompatible` has one more required input.
   * @default "own"
   */
  readonly signature?: "own" | "none" | "incompatible";
  /** Path of the run's experiment, which is made if there is none. @default {@link EXPERIMENT} */
  readonly experiment?: string;
  /** Digest of the rows of the holdout that it was measured on; the empty one: none are noted. @default "holdout" */
  readonly dataset?: string;
  /** Metrics that are logged once more at the same step. @default none */
  readonly twice?: Metrics;
  /** Tags of the version. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Tags of the run, e.g. `{ compared_with_champion: "version 1" }`. @default none */
  readonly runTags?: Readonly<Record<string, string>>;
  /** Whether the run is deleted in the end. @default false */
  readonly deleteRun?: boolean;
}

/**
 * Registers a version of {@link MODEL} for each candidate, with the MLflow client, as a training does: its run
 * has a signature, the rows of validation and a commit. The model can be served, and always answers the same.
 * @param options - Of those candidates that are to differ.
 * @returns The version of each.
 */
export async function register<Name extends string>(
  { host, token }: TokenConnection,
  candidates: Readonly<Record<Name, Metrics>>,
  options?: Readonly<Partial<Record<NoInfer<Name>, CandidateOptions>>>,
): Promise<Record<Name, string>> {
  const script = join(root, "test", "e2e", "candidates.py");
  const names = Object.keys(candidates) as Name[];
  const pairs = names.map((name) => {
    const made = { metrics: candidates[name], options: options?.[name] ?? {} };
    return `${name}=${JSON.stringify(made)}`;
  });
  const args = [script, MODEL, EXPERIMENT, ...pairs];
  // Not synchronously: the workspace that it talks to may be in this very process.
  const made = await start(python, args, { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token }).ended;
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const versions = z.record(z.string(), z.string());
  const last = made.stdout.trim().split("\n").at(-1) ?? "";
  return versions.parse(JSON.parse(last));
}
