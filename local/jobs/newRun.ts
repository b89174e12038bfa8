import { invalid } from "../errors";
import { USER } from "../identity";
import { newId } from "../ids";
import type { JobRecord, RunRecord, TaskRecord } from "./records";
import type { TaskSettings } from "./task";

/** What a run is asked for with. */
export interface RunRequest {
  readonly trigger: RunRecord["trigger"];
  /** Job parameters that differ from their defaults. */
  readonly overrides?: Record<string, string> | undefined;
  /** The tasks to run; all if not given. */
  readonly only?: readonly string[] | undefined;
  /** Instead of the job's. */
  readonly queue?: { readonly enabled: boolean } | undefined;
  readonly idempotency_token?: string | undefined;
  readonly parent_task_run_id?: number;
  readonly run_type?: RunRecord["run_type"];
}

/**
 * The record of a run before it starts.
 * @throws ApiError INVALID_PARAMETER_VALUE for a parameter or task that the job does not have
 */
export function newRun(job: JobRecord, request: RunRequest): RunRecord {
  const { trigger, overrides = {}, only, idempotency_token, parent_task_run_id } = request;
  const runId = newId();
  const tasks = selected(job.settings.tasks ?? [], only);
  return {
    run_id: runId,
    job_id: job.job_id,
    run_type: request.run_type ?? "JOB_RUN",
    number_in_job: runId,
    run_name: job.settings.name ?? "Untitled",
    creator_user_name: USER.userName,
    trigger,
    ...(parent_task_run_id === undefined ? {} : { parent_task_run_id }),
    ...(idempotency_token === undefined ? {} : { idempotency_token }),
    settings: { ...job.settings, tasks },
    parameters: effective(job, overrides),
    overrides,
    state: "PENDING",
    message: "",
    start_time: Date.now(),
    tasks: tasks.map(({ task_key }) => ({
      task_key,
      run_id: newId(),
      state: "BLOCKED",
      message: "",
      attempts: [],
      values: {},
    })),
    repairs: [],
  };
}

/**
 * An ended run with some of its tasks, and all that depend on them, to be run again.
 * @throws ApiError INVALID_PARAMETER_VALUE for a task or parameter that the run does not have
 */
export function reopened(
  run: RunRecord,
  taskKeys: readonly string[],
  overrides: Record<string, string>,
): { repaired: RunRecord; repairId: number } {
  const settings = run.settings.tasks ?? [];
  checkKeys(taskKeys, settings);
  const again = new Set(taskKeys);
  for (let size = 0; size !== again.size;) {
    size = again.size;
    for (const task of settings)
      if (task.depends_on?.some(({ task_key }) => again.has(task_key))) again.add(task.task_key);
  }
  const repairId = newId();
  const known = run.settings.parameters ?? [];
  checkParameters(
    overrides,
    known.map(({ name }) => name),
  );
  const repaired: RunRecord = {
    ...run,
    state: "PENDING",
    message: "",
    parameters: { ...run.parameters, ...overrides },
    overrides: { ...run.overrides, ...overrides },
    tasks: run.tasks.map((task) => {
      if (!again.has(task.task_key)) return task;
      const blocked: TaskRecord = { ...task, state: "BLOCKED", message: "", values: {} };
      delete blocked.result;
      return blocked;
    }),
    repairs: [...run.repairs, { id: repairId, start_time: Date.now(), task_keys: [...again] }],
  };
  delete repaired.result;
  delete repaired.end_time;
  return { repaired, repairId };
}

function effective(job: JobRecord, overrides: Record<string, string>): Record<string, string> {
  const known = job.settings.parameters ?? [];
  checkParameters(
    overrides,
    known.map(({ name }) => name),
  );
  const defaults = Object.fromEntries(known.map(({ name, default: value }) => [name, value]));
  return { ...defaults, ...overrides };
}

function checkParameters(given: Record<string, string>, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const allowed = known.length === 0 ? "the job defines none" : `defined are ${known.join(", ")}`;
  throw invalid(
    `Job parameters ${unknown.map((name) => `'${name}'`).join(", ")} are not defined in the job settings; ${allowed}.`,
  );
}

/** With `only`, the other tasks do not exist for the run, and nobody waits for them. */
function selected(tasks: TaskSettings[], only: readonly string[] | undefined): TaskSettings[] {
  if (only === undefined || only.length === 0) return tasks;
  checkKeys(only, tasks);
  return tasks
    .filter(({ task_key }) => only.includes(task_key))
    .map((task) => ({
      ...task,
      depends_on: (task.depends_on ?? []).filter(({ task_key }) => only.includes(task_key)),
    }));
}

function checkKeys(keys: readonly string[], tasks: readonly TaskSettings[]): void {
  const known = tasks.map(({ task_key }) => task_key);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw invalid(`Task '${unknown}' does not exist; the tasks are ${known.join(", ")}.`);
}
