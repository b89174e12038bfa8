import { z } from "zod";
import { evaluationState } from "../alerts/records";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";
import { taskResults } from "./graph";
import { jobSettings } from "./settings";

const jobRecord = z.strictObject({
  job_id: z.number(),
  created_time: z.number(),
  creator_user_name: z.string(),
  settings: jobSettings,
});

/** A job. */
export type JobRecord = z.infer<typeof jobRecord>;

const attempt = z.strictObject({
  run_id: z.number(),
  /** 0 for the first, then one more for each retry. */
  attempt_number: z.number(),
  start_time: z.number(),
  end_time: z.number().optional(),
  result: z.enum(taskResults).optional(),
  /** What went wrong, in one line. */
  error: z.string().optional(),
  error_trace: z.string().optional(),
  /** Why the environment could not be had; no fault of the task's code. */
  environment_problem: z.boolean().optional(),
  /** Whether the Python file could not be read. */
  file_problem: z.boolean().optional(),
  /** Parameters with their references replaced. */
  parameters: z.array(z.string()).optional(),
  condition: z.strictObject({ left: z.string(), right: z.string() }).optional(),
  job_parameters: z.record(z.string(), z.string()).optional(),
  /** Of a condition task. */
  outcome: z.enum(["true", "false"]).optional(),
  /** Of an alert task. */
  alert_state: evaluationState.optional(),
  /** The run that a run-job task has started. */
  child_run_id: z.number().optional(),
});

/** One try to run a task. */
export type Attempt = z.infer<typeof attempt>;

const taskRecord = z.strictObject({
  task_key: z.string(),
  /** The run id of the task while it has no attempt. */
  run_id: z.number(),
  state: z.enum([
    "BLOCKED",
    "QUEUED",
    "PENDING",
    "RUNNING",
    "WAITING_FOR_RETRY",
    "TERMINATING",
    "ENDED",
  ]),
  result: z.enum(taskResults).optional(),
  message: z.string(),
  attempts: z.array(attempt),
  /** What the task has set for later tasks to read. */
  values: z.record(z.string(), z.string()),
});

/** A task of a run. */
export type TaskRecord = z.infer<typeof taskRecord>;

const runRecord = z.strictObject({
  run_id: z.number(),
  /** None for a one-time run by `jobs/runs/submit`. */
  job_id: z.number(),
  run_type: z.enum(["JOB_RUN", "SUBMIT_RUN"]),
  number_in_job: z.number(),
  run_name: z.string(),
  creator_user_name: z.string(),
  trigger: z.enum(["ONE_TIME", "PERIODIC", "RUN_JOB_TASK"]),
  /** The task run that has started this one. */
  parent_task_run_id: z.number().optional(),
  idempotency_token: z.string().optional(),
  /** The job's settings when the run was made: later changes do not reach it. */
  settings: jobSettings,
  /** In effect for this run. */
  parameters: z.record(z.string(), z.string()),
  /** Those given with the run. */
  overrides: z.record(z.string(), z.string()),
  state: z.enum(["QUEUED", "PENDING", "RUNNING", "TERMINATING", "ENDED"]),
  result: z
    .enum([
      "SUCCESS",
      "SUCCESS_WITH_FAILURES",
      "FAILED",
      "TIMEDOUT",
      "CANCELED",
      "SKIPPED",
      "INTERNAL_ERROR",
    ])
    .optional(),
  message: z.string(),
  /** When the run was asked for. */
  start_time: z.number(),
  /** When it left the queue. */
  begin_time: z.number().optional(),
  end_time: z.number().optional(),
  tasks: z.array(taskRecord),
  /** The times the run was taken up again. */
  repairs: z.array(
    z.strictObject({
      id: z.number(),
      start_time: z.number(),
      task_keys: z.array(z.string()),
    }),
  ),
});

/** A run of a job. */
export type RunRecord = z.infer<typeof runRecord>;

/** The jobs and runs that the workspace keeps. */
export interface JobRecords {
  readonly jobs: Collection<JobRecord>;
  readonly runs: Collection<RunRecord>;
}

/** Opens the collections `jobs` and `runs`; keys are the ids as text. */
export function jobRecords({ store }: Workspace): JobRecords {
  return {
    jobs: store.collection("jobs", jobRecord),
    runs: store.collection("runs", runRecord),
  };
}
