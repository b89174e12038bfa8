import { randomUUID } from "node:crypto";
import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { currentCommit } from "../shared/commit";
import { UserError } from "../shared/userError";

const jobList = z.object({ jobs: z.array(z.object({ job_id: z.number() })).default([]) });
const jobDetails = z.object({
  settings: z.object({ parameters: z.array(z.object({ name: z.string() })).default([]) }),
});
const started = z.object({ run_id: z.number() });
const state = z.object({
  life_cycle_state: z.string(),
  result_state: z.string().optional(),
  state_message: z.string().optional(),
});
const run = z.object({
  state,
  tasks: z
    .array(
      z.object({
        run_id: z.number(),
        task_key: z.string(),
        start_time: z.number().default(0),
        state,
      }),
    )
    .default([]),
});
const output = z.object({ logs: z.string().optional(), error: z.string().optional() });

/** How one task of a run ended. */
export interface TaskResult {
  readonly key: string;
  readonly result: string;
  readonly logs: string;
  readonly error: string | undefined;
}

/** How a run ended: `SUCCESS`, or what Databricks calls the failure. */
export interface RunResult {
  readonly result: string;
  readonly message: string;
  readonly tasks: readonly TaskResult[];
}

/** @throws UserError with what the workspace says, unless the run succeeded. */
export function requireSuccess(name: string, { result, message }: RunResult): void {
  if (result !== "SUCCESS") throw new UserError(`${name} ended as ${result}: ${message}`);
}

const POLL_MS = 300;
const ENDED = ["TERMINATED", "SKIPPED", "INTERNAL_ERROR"];

/**
 * Runs a job by its name and waits until it has ended. A job that asks for the commit of its sources is told the
 * one that is checked out.
 * @param parameters - Job parameters for this run only.
 * @param onTask - Told each time that a task changes its state.
 * @throws UserError if there is no such job, or more than one.
 */
export async function runJob(
  connection: Connection,
  name: string,
  parameters: Readonly<Record<string, string>> = {},
  onTask: (key: string, state: string) => void = () => undefined,
): Promise<RunResult> {
  const found = jobList.parse(
    await callWorkspace(connection, {
      method: "GET",
      path: `/api/2.2/jobs/list?name=${encodeURIComponent(name)}`,
    }),
  ).jobs;
  const [job] = found;
  if (job === undefined || found.length > 1) {
    throw new UserError(
      job === undefined
        ? await missingJob(connection, name)
        : `There are ${found.length} jobs named '${name}' at ${connection.host}; it must be one.`,
    );
  }
  const commit = await commitFor(connection, job.job_id);
  const { run_id } = started.parse(
    await callWorkspace(connection, {
      method: "POST",
      path: "/api/2.2/jobs/run-now",
      // The token makes a repeated call, after a lost answer, return the same run.
      body: {
        job_id: job.job_id,
        job_parameters: { ...commit, ...parameters },
        idempotency_token: randomUUID(),
      },
    }),
  );
  return followRun(connection, run_id, onTask);
}

/** The job's parameter `commit`, if it has one, and there is a commit. */
async function commitFor(connection: Connection, job: number): Promise<Record<string, string>> {
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.2/jobs/get?job_id=${job}`,
  });
  const { parameters } = jobDetails.parse(answer).settings;
  const commit = parameters.some(({ name }) => name === "commit") ? currentCommit() : undefined;
  return commit === undefined ? {} : { commit };
}

const PAGES_OF_NAMES = 20;
const jobNames = z.object({
  jobs: z.array(z.object({ settings: z.object({ name: z.string().default("") }) })).default([]),
  next_page_token: z.string().optional(),
});

/** What to do if there is no such job: a typing mistake, or nothing is deployed. */
async function missingJob(connection: Connection, name: string): Promise<string> {
  const names: string[] = [];
  let token: string | undefined = "";
  for (let page = 0; token !== undefined && page < PAGES_OF_NAMES; page += 1) {
    const path = `/api/2.2/jobs/list?limit=100${token && `&page_token=${encodeURIComponent(token)}`}`;
    const answer = jobNames.parse(await callWorkspace(connection, { method: "GET", path }));
    names.push(...answer.jobs.map(({ settings }) => settings.name));
    token = answer.next_page_token === "" ? undefined : answer.next_page_token;
  }
  const missing = `There is no job '${name}' at ${connection.host}`;
  return names.length === 0
    ? `${missing}. Deploy first: npm run pulumi -- up -s local`
    : `${missing}; there are ${names.sort().join(", ")}.`;
}

/**
 * Waits until a run has ended.
 * @param onTask - Told each time that a task changes its state.
 */
export async function followRun(
  connection: Connection,
  runId: number,
  onTask: (key: string, state: string) => void = () => undefined,
): Promise<RunResult> {
  const seen = new Map<string, string>();
  for (;;) {
    const answer = await callWorkspace(connection, {
      method: "GET",
      path: `/api/2.2/jobs/runs/get?run_id=${runId}`,
    });
    const { state: now, tasks: attempts } = run.parse(answer);
    const tasks = latestAttempts(attempts);
    for (const task of tasks) {
      const word = task.state.result_state ?? task.state.life_cycle_state;
      if (seen.get(task.task_key) === word) continue;
      seen.set(task.task_key, word);
      onTask(task.task_key, word);
    }
    if (ENDED.includes(now.life_cycle_state)) {
      return {
        result: now.result_state ?? now.life_cycle_state,
        message: now.state_message ?? "",
        tasks: await Promise.all(tasks.map((task) => result(connection, task))),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A run has an entry for each attempt of a task, in any order. */
function latestAttempts(attempts: z.output<typeof run>["tasks"]): z.output<typeof run>["tasks"] {
  const latest = new Map<string, (typeof attempts)[number]>();
  for (const attempt of attempts) {
    const known = latest.get(attempt.task_key);
    if (known === undefined || attempt.start_time >= known.start_time)
      latest.set(attempt.task_key, attempt);
  }
  return [...latest.values()];
}

async function result(
  connection: Connection,
  task: z.output<typeof run>["tasks"][number],
): Promise<TaskResult> {
  const answer = output.parse(
    await callWorkspace(connection, {
      method: "GET",
      path: `/api/2.2/jobs/runs/get-output?run_id=${task.run_id}`,
    }),
  );
  return {
    key: task.task_key,
    result: task.state.result_state ?? task.state.life_cycle_state,
    logs: answer.logs ?? "",
    error: answer.error,
  };
}
