import { setTimeout as sleep } from "node:timers/promises";
import { WORKSPACE_ID } from "../identity";
import { newId } from "../ids";
import { runAlert } from "./alertTask";
import { compare, type TaskResult } from "./graph";
import { runPython, type AttemptResult } from "./pythonTask";
import type { Attempt, RunRecord, TaskRecord } from "./records";
import { resolve, type Values } from "./references";
import { tellOfAttempt, watchTask } from "./runNotices";
import type { RunServices } from "./services";
import type { TaskSettings } from "./task";

/** What the attempts of a task share with their run. */
export interface AttemptContext {
  readonly run: RunRecord;
  readonly services: RunServices;
  /** Ends what runs when it aborts. */
  readonly signal: AbortSignal;
}

/** Tries a task until it succeeds or its retries are used up. */
export async function runAttempts(
  context: AttemptContext,
  task: TaskRecord,
  settings: TaskSettings,
): Promise<AttemptResult> {
  const retries = settings.max_retries ?? 0;
  for (let number = 0; ; number += 1) {
    const before = task.attempts.length;
    const last = await runAttempt(context, task, settings, number);
    const again = isRetried(last.result, settings);
    const final = !again || (retries !== -1 && number >= retries) || isOver(context);
    if (task.attempts.length > before)
      tellOfAttempt(context.services.workspace, context.run, task, final);
    if (final) return last;
    task.state = "WAITING_FOR_RETRY";
    context.services.save(context.run);
    // The interval is one between the starts of the attempts.
    const next =
      (task.attempts.at(-1)?.start_time ?? 0) + (settings.min_retry_interval_millis ?? 0);
    const pause = Math.max(0, next - Date.now());
    await sleep(pause, undefined, { signal: context.signal }).catch(() => undefined);
    if (isOver(context)) return { result: "CANCELED", values: {} };
  }
}

/** What counts as unsuccessful: https://docs.databricks.com/api/workspace/jobs/create, max_retries. */
function isRetried(result: TaskResult, { retry_on_timeout }: TaskSettings): boolean {
  if (result === "TIMEDOUT") return retry_on_timeout === true;
  return result === "FAILED" || result === "INTERNAL_ERROR";
}

function isOver({ signal }: AttemptContext): boolean {
  return signal.aborted;
}

async function runAttempt(
  context: AttemptContext,
  task: TaskRecord,
  settings: TaskSettings,
  number: number,
): Promise<AttemptResult> {
  const { run, services } = context;
  const body = async (): Promise<AttemptResult> => {
    if (isOver(context)) return { result: "CANCELED", values: {} };
    const attempt: Attempt = {
      run_id: task.attempts.length === 0 ? task.run_id : newId(),
      attempt_number: number,
      start_time: Date.now(),
    };
    task.attempts.push(attempt);
    task.state = "RUNNING";
    services.save(run);
    tellOfAttempt(services.workspace, run, task, false);
    const endWatch = watchTask(services.workspace, run, task);
    const { result, values, ...rest } = await work(context, task, settings, attempt);
    endWatch();
    if (run.state !== "ENDED") {
      Object.assign(attempt, rest, { result, end_time: Date.now() });
      Object.assign(task.values, values);
      services.save(run);
    }
    return { result, values, ...rest };
  };
  return settings.spark_python_task === undefined ? body() : services.slots.use(body);
}

async function work(
  context: AttemptContext,
  task: TaskRecord,
  settings: TaskSettings,
  attempt: Attempt,
): Promise<AttemptResult> {
  const { run, services, signal } = context;
  const values = valuesFor(context, task, attempt);
  try {
    if (settings.spark_python_task) {
      const { python_file, parameters = [] } = settings.spark_python_task;
      attempt.parameters = parameters.map((text) => resolve(text, values));
      return await runPython(attempt.run_id, {
        ...services,
        settings: run.settings,
        task: settings,
        file: python_file,
        arguments: attempt.parameters,
        values: Object.fromEntries(run.tasks.map((other) => [other.task_key, other.values])),
        signal,
      });
    }
    if (settings.condition_task) {
      const { op, left, right } = settings.condition_task;
      const condition = { left: resolve(left, values), right: resolve(right, values) };
      attempt.condition = condition;
      attempt.outcome = compare(op, condition.left, condition.right) ? "true" : "false";
      return { result: "SUCCESS", values: {} };
    }
    if (settings.alert_task)
      return await runAlert({
        workspace: services.workspace,
        task: settings.alert_task,
        timeoutSeconds: settings.timeout_seconds ?? 0,
        resolve: (text) => resolve(text, values),
        signal,
      });
    if (settings.run_job_task) {
      const { job_id, job_parameters = {} } = settings.run_job_task;
      const parameters = Object.entries(job_parameters);
      attempt.job_parameters = Object.fromEntries(
        parameters.map(([name, text]) => [name, resolve(text, values)]),
      );
      return await runJob(context, job_id, attempt.job_parameters, attempt);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { result: "FAILED", error: reason, values: {} };
  }
  return { result: "INTERNAL_ERROR", error: "The task has nothing to run.", values: {} };
}

async function runJob(
  { run, services, signal }: AttemptContext,
  jobId: number,
  parameters: Record<string, string>,
  attempt: Attempt,
): Promise<AttemptResult> {
  const child = services.startJob(jobId, parameters, { run, taskRunId: attempt.run_id });
  attempt.child_run_id = child;
  services.save(run);
  const stop = (): void => {
    services.cancel(child);
  };
  signal.addEventListener("abort", stop, { once: true });
  const { result, message } = await services.ended(child);
  signal.removeEventListener("abort", stop);
  if (result === "SUCCESS" || result === "SUCCESS_WITH_FAILURES")
    return { result: "SUCCESS", values: {} };
  if (result === "CANCELED") return { result: "CANCELED", values: {} };
  return {
    result: "FAILED",
    error: `Run ${child} of job ${jobId} did not succeed: ${message}`,
    values: {},
  };
}

function valuesFor({ run, services }: AttemptContext, task: TaskRecord, attempt: Attempt): Values {
  return {
    job: {
      id: run.job_id,
      name: run.settings.name ?? "",
      run_id: run.run_id,
      repair_count: run.repairs.length,
      start_time: run.begin_time ?? run.start_time,
      trigger: run.trigger,
      parameters: run.parameters,
    },
    task: {
      name: task.task_key,
      run_id: attempt.run_id,
      execution_count: task.attempts.length,
    },
    tasks: Object.fromEntries(
      run.tasks.map((other) => [
        other.task_key,
        {
          run_id: other.attempts.at(-1)?.run_id,
          result_state: other.result,
          alert_state: other.attempts.at(-1)?.alert_state,
          execution_count: other.attempts.length,
          values: Object.fromEntries(
            Object.entries(other.values).map(([name, json]) => [name, plain(json)]),
          ),
        },
      ]),
    ),
    workspace: { id: String(WORKSPACE_ID), url: services.workspace.url },
  };
}

/** Task values are kept as JSON; texts are handed on without the quotes. */
function plain(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === "string" ? value : json;
}
