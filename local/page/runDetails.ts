import { readLog } from "../jobs/output";
import type { Attempt, RunRecord, TaskRecord } from "../jobs/records";
import { jobsOf } from "../jobs/service";
import type { Workspace } from "../workspace";
import { runView, standingOf, type RunView, type Standing } from "./jobs";

/** One try of a task, with what it printed. */
export interface AttemptView {
  readonly id: number;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly error: string | undefined;
  readonly trace: string | undefined;
  readonly parameters: readonly string[];
  /** e.g. `0.3 > 0.1: true`, of a condition. */
  readonly condition: string | undefined;
  readonly childRun: number | undefined;
  readonly log: string;
  readonly logIsCut: boolean;
}

/** A task of a run. */
export interface TaskView {
  readonly key: string;
  readonly what: string;
  readonly dependsOn: readonly string[];
  readonly standing: Standing;
  readonly word: string;
  readonly message: string;
  readonly attempts: readonly AttemptView[];
}

/** A run with everything about it. */
export interface RunDetails extends RunView {
  readonly tasks: readonly TaskView[];
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  /** The run that started it. */
  readonly parentRun: number | undefined;
  readonly repairs: number;
  /** Whether its job still exists. */
  readonly hasJob: boolean;
}

/** The end of a log that is shown, in bytes; the Jobs API has more. */
const LOG_BYTES = 100_000;

/** One run; of a task's run, the run that it belongs to. @throws ApiError when there is none. */
export function readRun(workspace: Workspace, id: number): RunDetails {
  const run = jobsOf(workspace).history.get(id);
  return {
    ...runView(run),
    tasks: run.tasks.map((task) => taskView(workspace, run, task)),
    parameters: Object.entries(run.parameters).map(([name, value]) => ({ name, value })),
    parentRun: run.parent_task_run_id,
    repairs: run.repairs.length,
    hasJob: jobsOf(workspace)
      .list()
      .some(({ job_id }) => job_id === run.job_id),
  };
}

function taskView(workspace: Workspace, run: RunRecord, task: TaskRecord): TaskView {
  const settings = run.settings.tasks?.find(({ task_key }) => task_key === task.task_key);
  const job = settings?.run_job_task?.job_id;
  return {
    key: task.task_key,
    what:
      settings?.spark_python_task?.python_file ?? (job === undefined ? "" : `starts job ${job}`),
    dependsOn: (settings?.depends_on ?? []).map(({ task_key, outcome }) =>
      outcome === undefined ? task_key : `${task_key} (${outcome})`,
    ),
    standing: standingOf(task.state, task.result),
    word: task.result ?? task.state,
    message: task.message,
    attempts: task.attempts.map((attempt) => attemptView(workspace, attempt)),
  };
}

function attemptView(workspace: Workspace, attempt: Attempt): AttemptView {
  const { text, truncated } = readLog(workspace, attempt.run_id, LOG_BYTES);
  const { condition, outcome } = attempt;
  return {
    id: attempt.run_id,
    number: attempt.attempt_number,
    startedAt: attempt.start_time,
    endedAt: attempt.end_time,
    error: attempt.error,
    trace: attempt.error_trace,
    parameters: attempt.parameters ?? [],
    condition:
      condition === undefined
        ? undefined
        : `${condition.left} against ${condition.right}: ${outcome ?? "not decided"}`,
    childRun: attempt.child_run_id,
    log: text,
    logIsCut: truncated,
  };
}
