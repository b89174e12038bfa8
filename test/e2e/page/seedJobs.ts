import { writeFileSync } from "node:fs";
import { newId } from "../../../local/ids";
import { logPath } from "../../../local/jobs/output";
import type { Attempt, RunRecord, TaskRecord } from "../../../local/jobs/records";
import { jobsOf } from "../../../local/jobs/service";
import type { JobSettings } from "../../../local/jobs/settings";
import type { Workspace } from "../../../local/workspace";
import type { SeededModel } from "./seedModels";

/** A run to be made; it failed in its first task if it has an error. */
export interface SeededRun {
  readonly started: number;
  readonly error?: string;
  readonly log?: string;
}

const TOOK = 41_300;

/** A training job of a model, with runs that have ended. @returns the ids of the runs. */
export function seedJob(
  workspace: Workspace,
  { fullName }: SeededModel,
  name: string,
  runs: readonly SeededRun[],
): number[] {
  const tasks = ["train", "validate"].map((key, i) => ({
    task_key: key,
    spark_python_task: {
      python_file: `/Workspace/Shared/jobs/${key}.py`,
      parameters: [`--model=${fullName}`],
    },
    ...(i === 0 ? {} : { depends_on: [{ task_key: "train" }] }),
  }));
  const settings: JobSettings = {
    name,
    description: `Trains ${fullName}, validates it and nominates it as challenger.`,
    parameters: [{ name: "max_depth", default: "3" }],
    tasks,
  };
  const job = jobsOf(workspace).put(settings);
  return runs.map((run, i) => {
    const record = runOf(workspace, job.job_id, job.settings, name, i + 1, run);
    jobsOf(workspace).history.save(record);
    return record.run_id;
  });
}

function runOf(
  workspace: Workspace,
  job_id: number,
  settings: JobSettings,
  run_name: string,
  number_in_job: number,
  { started, error, log }: SeededRun,
): RunRecord {
  const failed = error !== undefined;
  const train = attempt(started, {
    result: failed ? "FAILED" : "SUCCESS",
    ...(failed
      ? {
          error,
          error_trace: `Traceback (most recent call last):\n  File "train.py", line 41\n${error}`,
        }
      : {}),
  });
  writeFileSync(logPath(workspace, train.run_id), log ?? "fitted on 18,856 rows in 31.2 s\n");
  const tasks: TaskRecord[] = [
    { ...task("train"), result: failed ? "FAILED" : "SUCCESS", attempts: [train] },
    failed
      ? { ...task("validate"), result: "UPSTREAM_FAILED", message: "An upstream task failed." }
      : {
          ...task("validate"),
          result: "SUCCESS",
          attempts: [attempt(started + 30_000, { result: "SUCCESS" })],
        },
  ];
  return {
    run_id: newId(),
    job_id,
    run_type: "JOB_RUN",
    number_in_job,
    run_name,
    creator_user_name: "local.admin@example.com",
    trigger: "ONE_TIME",
    settings,
    parameters: { max_depth: "3" },
    overrides: {},
    state: "ENDED",
    result: failed ? "FAILED" : "SUCCESS",
    message: failed ? "Task train failed. This caused all downstream tasks to get skipped." : "",
    start_time: started,
    begin_time: started,
    end_time: started + TOOK,
    tasks,
    repairs: [],
  };
}

function task(task_key: string): TaskRecord {
  return { task_key, run_id: newId(), state: "ENDED", message: "", attempts: [], values: {} };
}

function attempt(start_time: number, more: Partial<Attempt>): Attempt {
  const parameters = ["--max_depth=3"];
  return {
    run_id: newId(),
    attempt_number: 0,
    start_time,
    end_time: start_time + 30_000,
    parameters,
    ...more,
  };
}
