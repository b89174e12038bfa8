import type { Connection } from "../../components/workspace/rest";
import { requireSuccess, runJob } from "./runJob";

/**
 * Runs a job and shows what its tasks wrote.
 * @param parameters - Job parameters for this run only.
 * @throws UserError unless it succeeds.
 */
export async function runShownJob(
  connection: Connection,
  job: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<void> {
  const begun = Date.now();
  const run = await runJob(connection, job, parameters);
  for (const task of run.tasks) {
    console.log(`${job} / ${task.key}: ${task.result}`);
    if (task.logs.trim() !== "") console.log(task.logs.trim().replace(/^/gm, "    "));
    if (task.error !== undefined) console.log(`    ${task.error}`);
  }
  requireSuccess(job, run);
  console.log(`${job}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

/** A line that opens a part of the story. */
export function heading(text: string): void {
  console.log(`\n━━ ${text}`);
}
