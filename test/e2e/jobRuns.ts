import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { z } from "zod";
import { root } from "../../cli/shared/paths";
import { call, type Address } from "./durableWrites";

const state = z.object({
  life_cycle_state: z.string(),
  result_state: z.string().optional(),
  state_message: z.string(),
});
const status = z.object({
  state: z.string(),
  termination_details: z
    .object({ code: z.string(), type: z.string(), message: z.string() })
    .optional(),
});
const task = z.object({
  task_key: z.string(),
  run_id: z.number(),
  attempt_number: z.number(),
  start_time: z.number(),
  state,
  status,
});
const run = z.object({
  run_id: z.number(),
  original_attempt_run_id: z.number(),
  state,
  status,
  tasks: z.array(task).min(1),
});
const output = z.object({
  logs: z.string().optional(),
  error: z.string().optional(),
  error_trace: z.string().optional(),
});

/** A run as the Jobs API shows it. */
export type Run = z.output<typeof run>;

/** One attempt of a task, or the task while it has none. */
export type TaskRun = z.output<typeof task>;

/** Writes a file of the workspace, with its folder; gives its path. */
export async function upload(address: Address, path: string, source: string): Promise<string> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await call(address, "POST", "/api/2.0/workspace/mkdirs", { path: folder });
  const content = Buffer.from(source).toString("base64");
  const body = { path, content, format: "RAW", overwrite: true };
  await call(address, "POST", "/api/2.0/workspace/import", body);
  return path;
}

/** Uploads folders of `jobs/`, as the stacks do. */
export async function uploadTasks(address: Address, to: string, folders: string[]): Promise<void> {
  for (const folder of folders)
    for (const file of readdirSync(join(root, "jobs", folder)).filter((f) => f.endsWith(".py")))
      await upload(
        address,
        `${to}/${folder}/${file}`,
        readFileSync(join(root, "jobs", folder, file), "utf8"),
      );
}

/** Makes a job and starts a run of it. */
export async function start(address: Address, settings: object): Promise<number> {
  const { job_id } = z
    .object({ job_id: z.number() })
    .parse(await call(address, "POST", "/api/2.2/jobs/create", settings));
  const started = z.object({ run_id: z.number() });
  return started.parse(await call(address, "POST", "/api/2.2/jobs/run-now", { job_id })).run_id;
}

/** Reads a run, or the run of a task. */
export async function read(address: Address, runId: number): Promise<Run> {
  return run.parse(await call(address, "GET", `/api/2.2/jobs/runs/get?run_id=${runId}`));
}

/** Waits until a run has ended, however it ends. */
export async function ended(address: Address, runId: number): Promise<Run> {
  const until = (): Promise<Run> =>
    vi.waitFor(
      async () => {
        const found = await read(address, runId);
        if (found.status.state !== "TERMINATED") throw new Error(`run ${runId} has not ended`);
        return found;
      },
      { timeout: 60_000, interval: 100 },
    );
  return until();
}

/** What a task's run has left. */
export async function outputOf(address: Address, { run_id }: { readonly run_id: number }) {
  return output.parse(await call(address, "GET", `/api/2.2/jobs/runs/get-output?run_id=${run_id}`));
}

/** The attempts of a task, the first one first. @throws Error if there is none. */
export function attempts({ tasks }: Run, key: string): readonly [TaskRun, ...TaskRun[]] {
  const [first, ...others] = tasks
    .filter(({ task_key }) => task_key === key)
    .sort((a, b) => a.attempt_number - b.attempt_number);
  if (first === undefined) throw new Error(`The run has no task '${key}'.`);
  return [first, ...others];
}

/** The result of each task, by its last attempt. */
export function results({ tasks }: Run): Record<string, string | undefined> {
  return Object.fromEntries(tasks.map(({ task_key, state: s }) => [task_key, s.result_state]));
}
