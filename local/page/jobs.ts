import type { JobRecord, RunRecord, TaskRecord } from "../jobs/records";
import { jobsOf } from "../jobs/service";
import type { Workspace } from "../workspace";

/** How a run or a task stands. */
export type Standing = "waiting" | "running" | "succeeded" | "failed" | "canceled" | "skipped";

/** A run, as lists show it. Times in ms. */
export interface RunView {
  readonly id: number;
  readonly jobId: number;
  readonly name: string;
  readonly standing: Standing;
  /** Databricks' own word, e.g. `SUCCESS_WITH_FAILURES`. */
  readonly word: string;
  readonly message: string;
  readonly trigger: RunRecord["trigger"];
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** What went wrong first, e.g. `fit: ValueError: no rows`. */
  readonly error: string | undefined;
}

/** A job with its newest run. */
export interface JobView {
  readonly id: number;
  readonly name: string;
  readonly description: string | undefined;
  readonly schedule: string | undefined;
  readonly paused: boolean;
  /** Undefined before the first one. */
  readonly lastRun: RunView | undefined;
  /** Everything it was set to, as text: what it mentions, it has to do with. */
  readonly text: string;
  /** The jobs that its tasks start. */
  readonly starts: readonly number[];
}

/** All jobs by name, each with its newest run. */
export function readJobs(workspace: Workspace, runs: readonly RunView[]): JobView[] {
  const last = new Map<number, RunView>();
  for (const run of [...runs].reverse()) last.set(run.jobId, run);
  return jobsOf(workspace)
    .list()
    .map((job) => jobView(job, last.get(job.job_id)))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** All runs, the newest first. */
export function readRuns(workspace: Workspace): RunView[] {
  return jobsOf(workspace).history.list().map(runView);
}

function jobView(job: JobRecord, lastRun: RunView | undefined): JobView {
  const { settings } = job;
  return {
    id: job.job_id,
    name: settings.name ?? String(job.job_id),
    description: settings.description,
    schedule: settings.schedule?.quartz_cron_expression,
    paused: settings.schedule?.pause_status === "PAUSED",
    lastRun,
    text: JSON.stringify([settings.tasks, settings.parameters, settings.description]),
    starts: (settings.tasks ?? []).flatMap((task) =>
      task.run_job_task === undefined ? [] : [task.run_job_task.job_id],
    ),
  };
}

/** A run as lists show it. */
export function runView(run: RunRecord): RunView {
  return {
    id: run.run_id,
    jobId: run.job_id,
    name: run.run_name,
    standing: standingOf(run.state, run.result),
    word: run.result ?? run.state,
    message: run.message,
    trigger: run.trigger,
    startedAt: run.start_time,
    endedAt: run.end_time,
    error: firstError(run),
  };
}

function firstError(run: RunRecord): string | undefined {
  for (const { task_key, result, attempts, message } of run.tasks) {
    if (result !== "FAILED" && result !== "TIMEDOUT" && result !== "INTERNAL_ERROR") continue;
    return `${task_key}: ${attempts.at(-1)?.error ?? message}`;
  }
  return undefined;
}

/** One of six words for the many that Databricks has. */
export function standingOf(
  state: RunRecord["state"] | TaskRecord["state"],
  result: RunRecord["result"] | TaskRecord["result"],
): Standing {
  switch (result) {
    case undefined:
      return state === "RUNNING" || state === "TERMINATING" ? "running" : "waiting";
    case "SUCCESS":
      return "succeeded";
    case "SUCCESS_WITH_FAILURES":
    case "FAILED":
    case "TIMEDOUT":
    case "INTERNAL_ERROR":
      return "failed";
    case "CANCELED":
      return "canceled";
    case "SKIPPED":
    case "EXCLUDED":
    case "UPSTREAM_FAILED":
    case "UPSTREAM_CANCELED":
      return "skipped";
  }
}
