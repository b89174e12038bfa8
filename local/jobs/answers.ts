import { USER } from "../identity";
import type { Workspace } from "../workspace";
import type { Attempt, JobRecord, RunRecord, TaskRecord } from "./records";
import { attemptStates, runStates, taskStates } from "./states";
import type { TaskSettings } from "./task";

/** A job as `jobs/get` shows it; `run_as` is told by `run_as_user_name` alone. */
export function jobAnswer(job: JobRecord): Record<string, unknown> {
  const { run_as, ...settings } = job.settings;
  return {
    ...common(job),
    settings,
    run_as_user_name: run_as?.user_name ?? run_as?.service_principal_name ?? USER.userName,
  };
}

/** A job as `jobs/list` shows it, with or without what it consists of. */
export function listedJob(job: JobRecord, expanded: boolean): Record<string, unknown> {
  const shown = Object.entries(job.settings).filter(
    ([name]) => name !== "run_as" && (expanded || !details.includes(name)),
  );
  return { ...common(job), settings: Object.fromEntries(shown) };
}

const details = ["tasks", "job_clusters", "environments", "parameters"];

function common({ job_id, creator_user_name, created_time }: JobRecord): Record<string, unknown> {
  return { job_id, creator_user_name, created_time };
}

/** A run as `jobs/runs/get` and `jobs/runs/list` show it. Times in ms. */
export function runAnswer(
  workspace: Workspace,
  run: RunRecord,
  parts: { tasks: boolean; resolved?: boolean; history?: boolean },
): Record<string, unknown> {
  const { settings } = run;
  const begin = run.begin_time ?? 0;
  const end = run.end_time ?? 0;
  return {
    job_id: run.job_id,
    run_id: run.run_id,
    job_run_id: run.run_id,
    number_in_job: run.number_in_job,
    original_attempt_run_id: run.run_id,
    creator_user_name: run.creator_user_name,
    run_name: run.run_name,
    run_type: run.run_type,
    run_page_url: pageUrl(workspace, run.run_id),
    ...(settings.description === undefined ? {} : { description: settings.description }),
    ...(settings.schedule === undefined ? {} : { schedule: settings.schedule }),
    trigger: run.trigger,
    ...(run.parent_task_run_id === undefined
      ? {}
      : { trigger_info: { run_id: run.parent_task_run_id } }),
    ...runStates(run),
    start_time: run.start_time,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    end_time: end,
    run_duration: end === 0 || begin === 0 ? 0 : end - begin,
    queue_duration: begin === 0 ? 0 : begin - run.start_time,
    job_parameters: (settings.parameters ?? []).map((parameter) => ({
      ...parameter,
      ...(parameter.name in run.overrides ? { value: run.overrides[parameter.name] } : {}),
    })),
    ...(parts.tasks
      ? {
          tasks: run.tasks.flatMap((task) => attemptAnswers(workspace, run, task, parts.resolved)),
          ...(settings.job_clusters === undefined ? {} : { job_clusters: settings.job_clusters }),
        }
      : {}),
    ...(parts.history ? { repair_history: history(run) } : {}),
  };
}

/** A task run, shown as a run that consists of this task. */
export function taskRunAnswer(
  workspace: Workspace,
  run: RunRecord,
  task: TaskRecord,
  attempt: Attempt | undefined,
  resolved = false,
): Record<string, unknown> {
  const only = taskAnswer(workspace, run, task, resolved, attempt);
  const { state, status, run_id, attempt_number, start_time, end_time, run_page_url } = only;
  return {
    ...runAnswer(workspace, run, { tasks: false }),
    ...{ state, status, run_id, attempt_number, start_time, end_time, run_page_url },
    original_attempt_run_id: originalAttempt(task, attempt)?.run_id ?? run_id,
    execution_duration: only["execution_duration"],
    run_name: task.task_key,
    tasks: [only],
  };
}

/**
 * A task's attempts, each as a task of the run: https://github.com/apache/airflow/pull/72313 says so of a
 * workspace. A task that has not begun is shown once.
 */
function attemptAnswers(
  workspace: Workspace,
  run: RunRecord,
  task: TaskRecord,
  resolved = false,
): Record<string, unknown>[] {
  const attempts = task.attempts.length === 0 ? [undefined] : task.attempts;
  return attempts.map((attempt) => taskAnswer(workspace, run, task, resolved, attempt));
}

/** The attempt that a retry goes back to: the last one with number 0, as a repair counts anew. */
function originalAttempt(task: TaskRecord, attempt: Attempt | undefined): Attempt | undefined {
  if (attempt === undefined) return undefined;
  const upTo = task.attempts.slice(0, task.attempts.indexOf(attempt) + 1);
  return upTo.reverse().find(({ attempt_number }) => attempt_number === 0);
}

/** A task of a run, by one of its attempts. */
function taskAnswer(
  workspace: Workspace,
  run: RunRecord,
  task: TaskRecord,
  resolved: boolean,
  attempt: Attempt | undefined,
): Record<string, unknown> {
  const settings = run.settings.tasks?.find(({ task_key }) => task_key === task.task_key);
  const runId = attempt?.run_id ?? task.run_id;
  return {
    ...(settings === undefined ? {} : withRunDetails(settings, attempt)),
    task_key: task.task_key,
    run_id: runId,
    attempt_number: attempt?.attempt_number ?? 0,
    run_page_url: pageUrl(workspace, runId),
    ...(attempt === undefined ? taskStates(task) : attemptStates(task, attempt)),
    ...timings(attempt),
    ...(resolved ? resolvedValues(settings, attempt) : {}),
  };
}

function timings(attempt: Attempt | undefined): Record<string, number> {
  const start = attempt?.start_time ?? 0;
  const end = attempt?.end_time ?? 0;
  return {
    start_time: start,
    setup_duration: 0,
    execution_duration: end === 0 ? 0 : end - start,
    cleanup_duration: 0,
    end_time: end,
  };
}

function withRunDetails(
  settings: TaskSettings,
  attempt: Attempt | undefined,
): Record<string, unknown> {
  const { condition_task } = settings;
  const shown: TaskSettings = { ...settings };
  // The job tells it; a run's task does not.
  delete shown.health;
  if (condition_task === undefined) return shown;
  return {
    ...shown,
    condition_task: {
      ...condition_task,
      ...attempt?.condition,
      ...(attempt?.outcome === undefined ? {} : { outcome: attempt.outcome }),
    },
  };
}

function resolvedValues(
  settings: TaskSettings | undefined,
  attempt: Attempt | undefined,
): Record<string, unknown> {
  if (attempt === undefined) return {};
  if (settings?.spark_python_task)
    return { resolved_values: { spark_python_task: { parameters: attempt.parameters ?? [] } } };
  if (settings?.condition_task)
    return { resolved_values: { condition_task: attempt.condition ?? {} } };
  if (settings?.alert_task) return {};
  return {
    resolved_values: { run_job_task: { job_parameters: attempt.job_parameters ?? {} } },
  };
}

function history(run: RunRecord): Record<string, unknown>[] {
  const original = {
    id: run.run_id,
    type: "ORIGINAL",
    start_time: run.start_time,
    task_run_ids: run.tasks.map((task) => task.attempts[0]?.run_id ?? task.run_id),
  };
  return [
    original,
    ...run.repairs.map(({ id, start_time, task_keys }) => ({
      id,
      type: "REPAIR",
      start_time,
      task_run_ids: run.tasks
        .filter(({ task_key }) => task_keys.includes(task_key))
        .map((task) => task.attempts.at(-1)?.run_id ?? task.run_id),
    })),
  ];
}

/** Where people look at a run, or at a task of it: the workspace's own page. */
export function pageUrl(workspace: Workspace, runId: number): string {
  return `${workspace.url}/runs/${runId}`;
}
