import { obtainEngine } from "../../engine";
import { connect } from "../workspace/address";
import { runOnStack } from "../pulumi";
import { runShownJob } from "../job/shownJob";
import { environmentOf, readInvocation } from "../stack/stackEnvironment";
import { readResources } from "../stack/stackState";
import { parseUrn } from "../stack/urn";
import { UserError } from "../shared/userError";
import { stackOf } from "./files";
import { useWorkspaceOf } from "./workspace";

/** The components whose jobs train, after those whose tables training reads. */
const ORDER = ["FeatureTable", "TrainingJob", "VolumeTrainingJob"] as const;

/**
 * `ci train STACK [JOB …]`: runs jobs of a deployed stack one after the other and waits for each. Without names:
 * every job that refreshes a feature table, then every job that trains.
 * @throws UserError naming the job that did not succeed; those after it are not started.
 */
export async function train(args: string[]): Promise<number> {
  const stack = stackOf(args);
  const named = args.slice(1);
  const jobs = named.length > 0 ? named : await jobsOf(stack);
  console.log(`To run: ${jobs.join(", ")}`);
  useWorkspaceOf(stack);
  const connection = await connect();
  for (const job of jobs) await runShownJob(connection, job);
  return 0;
}

async function jobsOf(stack: string): Promise<string[]> {
  const args = ["stack", "export", "-s", stack];
  const env = environmentOf(readInvocation(args));
  const { exitCode, stdout, stderr } = await runOnStack(await obtainEngine(), args, env, {
    stdio: "pipe",
  });
  if (exitCode !== 0) throw new UserError(stderr.trim());
  const jobs = trainingJobs(stdout);
  if (jobs.length === 0) {
    throw new UserError(`The stack ${stack} has no training jobs: deploy it first.`);
  }
  return jobs;
}

/**
 * Names of the jobs that refresh features and train, in the order in which to run them.
 * @param state - What `pulumi stack export` prints.
 */
export function trainingJobs(state: string): string[] {
  const resources = readResources(state);
  return ORDER.flatMap((component) =>
    resources.flatMap(({ urn, type, outputs: { name } }) => {
      const isOf = parseUrn(urn).ancestors.includes(`mlops:index:${component}`);
      const isJob = type === "databricks:index/job:Job";
      return isOf && isJob && typeof name === "string" ? [name] : [];
    }),
  );
}
