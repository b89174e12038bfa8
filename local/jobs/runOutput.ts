import { invalid } from "../errors";
import type { Workspace } from "../workspace";
import { taskRunAnswer } from "./answers";
import { readLog } from "./output";
import type { Attempt, TaskRecord } from "./records";
import { jobsOf } from "./service";

/**
 * What a task run has printed so far, and why it failed.
 * @throws ApiError when the id is that of a run with several tasks, as on Databricks
 */
export function runOutput(workspace: Workspace, runId: number): Record<string, unknown> {
  const run = jobsOf(workspace).history.get(runId);
  const found = find(run.tasks, runId) ?? (run.tasks.length === 1 ? last(run.tasks[0]) : undefined);
  if (found === undefined)
    throw invalid(
      "Retrieving the output of runs with multiple tasks is not supported. " +
        "Please retrieve the output of each individual task run instead.",
    );
  const { task, attempt } = found;
  const metadata = taskRunAnswer(workspace, run, task, attempt);
  if (attempt === undefined) return { metadata };
  if (attempt.child_run_id !== undefined)
    return { metadata, run_job_output: { run_id: attempt.child_run_id }, ...problem(attempt) };
  if (attempt.alert_state !== undefined)
    return {
      metadata,
      alert_output: { alert_state: attempt.alert_state },
      ...problem(attempt),
    };
  const { text, truncated } = readLog(workspace, attempt.run_id);
  return { metadata, logs: text, logs_truncated: truncated, ...problem(attempt) };
}

interface Found {
  readonly task: TaskRecord;
  readonly attempt: Attempt | undefined;
}

function find(tasks: readonly TaskRecord[], runId: number): Found | undefined {
  for (const task of tasks) {
    const attempt = task.attempts.find(({ run_id }) => run_id === runId);
    if (attempt !== undefined || task.run_id === runId) return { task, attempt };
  }
  return undefined;
}

function last(task: TaskRecord | undefined): Found | undefined {
  return task === undefined ? undefined : { task, attempt: task.attempts.at(-1) };
}

function problem({ error, error_trace }: Attempt): Record<string, string> {
  return {
    ...(error === undefined ? {} : { error }),
    ...(error_trace === undefined ? {} : { error_trace }),
  };
}
