import { EventEmitter, once } from "node:events";
import { invalid } from "../errors";
import { USER } from "../identity";
import { newId } from "../ids";
import type { Collection } from "../store";
import { serviceOf } from "../serviceOf";
import { filesOf } from "../workspaceFiles";
import type { Workspace } from "../workspace";
import { Compute } from "./compute";
import { Execution, interrupted } from "./execution";
import { History } from "./history";
import { newRun, reopened, type RunRequest } from "./newRun";
import { jobRecords, type JobRecord, type RunRecord } from "./records";
import { Schedules } from "./schedules";
import { tellOfEnd } from "./runNotices";
import type { RunServices } from "./services";
import { withDefaults, type JobSettings } from "./settings";
import { Slots } from "./slots";

/** Python tasks that run at once: each can use both cores of a small machine. */
const TASKS_AT_ONCE = 2;

/** Jobs that run within jobs, at most: https://docs.databricks.com/en/jobs/run-job.html */
const MAX_DEPTH = 3;

/** The jobs of a workspace and their runs. */
export class Jobs {
  /** Where the Python tasks run. */
  readonly compute: Compute;
  /** All runs, active ones included. */
  readonly history: History;
  readonly #jobs: Collection<JobRecord>;
  readonly #services: RunServices;
  readonly #schedules: Schedules;
  readonly #active = new Map<number, Execution>();
  readonly #events = new EventEmitter().setMaxListeners(0);

  constructor(readonly workspace: Workspace) {
    const { jobs, runs } = jobRecords(workspace);
    this.#jobs = jobs;
    this.history = new History(workspace, runs);
    this.compute = new Compute(workspace);
    this.#schedules = new Schedules((jobId) => {
      const job = this.#jobs.get(String(jobId));
      if (job !== undefined) this.run(job, { trigger: "PERIODIC" });
    });
    this.#services = {
      workspace,
      files: filesOf(workspace),
      compute: this.compute,
      slots: new Slots(TASKS_AT_ONCE),
      save: (run) => {
        this.history.save(run);
      },
      startJob: (jobId, overrides, parent) => {
        const job = this.get(jobId);
        const depth = this.history.lineage(parent.run);
        if (depth.length >= MAX_DEPTH || depth.includes(jobId))
          throw invalid(
            `Job ${jobId} would run within ${depth.join(", ")}: too deep, or a circle.`,
          );
        const run = this.run(job, {
          trigger: "RUN_JOB_TASK",
          overrides,
          parent_task_run_id: parent.taskRunId,
        });
        return run.run_id;
      },
      ended: async (runId) => {
        for (;;) {
          const run = this.history.get(runId);
          if (run.state === "ENDED") return run;
          await once(this.#events, String(runId));
        }
      },
      cancel: (runId) => {
        this.cancel(this.history.get(runId));
      },
    };
  }

  /** Settles what an earlier process left open, goes on with the queue, and starts the schedules. */
  start(): void {
    this.history.forgetOld();
    for (const run of this.history.list()) {
      if (run.state === "ENDED" || run.state === "QUEUED") continue;
      interrupted(run, "The workspace was restarted while this run was active.");
      this.history.save(run);
      tellOfEnd(this.workspace, run);
    }
    for (const job of this.list()) {
      this.#schedules.set(job);
      this.#dequeue(job);
    }
  }

  /** Ends what runs; such runs end as failed, queued ones stay. */
  async close(): Promise<void> {
    this.#schedules.close();
    for (const execution of this.#active.values())
      execution.interrupt("The workspace was stopped while this run was active.");
    this.#active.clear();
    await this.compute.close();
  }

  /** All jobs, the latest first. */
  list(): JobRecord[] {
    return this.#jobs.list().sort((a, b) => b.job_id - a.job_id);
  }

  /** @throws ApiError as Databricks answers: 400 INVALID_PARAMETER_VALUE "Job 1 does not exist." */
  get(jobId: number): JobRecord {
    const job = this.#jobs.get(String(jobId));
    if (job === undefined) throw invalid(`Job ${jobId} does not exist.`);
    return job;
  }

  /** Stores a job; its settings are valid. */
  put(settings: JobSettings, existing?: JobRecord): JobRecord {
    const job = {
      job_id: existing?.job_id ?? newId(),
      created_time: existing?.created_time ?? Date.now(),
      creator_user_name: existing?.creator_user_name ?? USER.userName,
      settings: withDefaults(settings),
    };
    this.#jobs.put(String(job.job_id), job);
    this.#schedules.set(job);
    if (existing !== undefined) this.#dequeue(job);
    return job;
  }

  /** Removes a job; its active runs are canceled, its history stays until it is old. */
  delete(jobId: number): void {
    this.get(jobId);
    this.#schedules.remove(jobId);
    this.#jobs.delete(String(jobId));
    for (const run of this.history.list()) if (run.job_id === jobId) this.cancel(run);
  }

  /** Makes a run of the job: it starts, waits for its turn, or is skipped, as the job says. */
  run(job: JobRecord, request: RunRequest): RunRecord {
    const run = newRun(job, request);
    const limit = job.settings.max_concurrent_runs ?? 1;
    if (this.#activeRuns(job.job_id) < limit) return this.#begin(run);
    const message = `Limit of ${limit} concurrent runs of job ${job.job_id} reached.`;
    if ((request.queue ?? job.settings.queue)?.enabled === true)
      Object.assign(run, { state: "QUEUED", message });
    else {
      Object.assign(run, { state: "ENDED", result: "SKIPPED", message, end_time: Date.now() });
      for (const task of run.tasks)
        Object.assign(task, { state: "ENDED", result: "EXCLUDED", message });
    }
    this.history.save(run);
    if (run.state === "ENDED") tellOfEnd(this.workspace, run);
    return run;
  }

  /** Makes a run without a job. */
  submit(settings: JobSettings, token: string | undefined): RunRecord {
    const job = {
      job_id: newId(),
      created_time: Date.now(),
      creator_user_name: USER.userName,
      settings: withDefaults(settings),
    };
    return this.run(job, {
      trigger: "ONE_TIME",
      run_type: "SUBMIT_RUN",
      idempotency_token: token,
    });
  }

  /** Runs tasks of an ended run again, with those that depend on them. */
  repair(run: RunRecord, taskKeys: readonly string[], overrides: Record<string, string>): number {
    const { repaired, repairId } = reopened(run, taskKeys, overrides);
    this.#begin(repaired);
    return repairId;
  }

  /**
   * Ends a run that is queued or active; does nothing to one that has ended.
   * @param runId - The id of one of its tasks' runs, to end that task only.
   */
  cancel(run: RunRecord, runId = run.run_id): void {
    const execution = this.#active.get(run.run_id);
    const task = run.tasks.find((one) => (one.attempts.at(-1)?.run_id ?? one.run_id) === runId);
    if (execution !== undefined && task !== undefined) execution.cancelTask(task.task_key);
    else if (execution !== undefined && runId === run.run_id) execution.cancel();
    else if (run.state === "QUEUED") {
      const ended = { state: "ENDED", result: "CANCELED", message: "Run cancelled." } as const;
      for (const task of run.tasks) Object.assign(task, ended);
      const canceled: RunRecord = { ...run, ...ended, end_time: Date.now() };
      this.history.save(canceled);
      tellOfEnd(this.workspace, canceled);
      this.#events.emit(String(run.run_id));
    }
  }

  #begin(run: RunRecord): RunRecord {
    const execution = new Execution(run, this.#services, () => {
      this.#active.delete(run.run_id);
      this.#events.emit(String(run.run_id));
      const job = this.#jobs.get(String(run.job_id));
      if (job !== undefined) this.#dequeue(job);
    });
    this.#active.set(run.run_id, execution);
    execution.start();
    return run;
  }

  #dequeue(job: JobRecord): void {
    const waiting = this.history
      .list()
      .filter((run) => run.job_id === job.job_id && run.state === "QUEUED")
      .reverse();
    for (const run of waiting) {
      if (this.#activeRuns(job.job_id) >= (job.settings.max_concurrent_runs ?? 1)) return;
      this.#begin({ ...run, message: "" });
    }
  }

  #activeRuns(jobId: number): number {
    return [...this.#active.keys()].filter((id) => this.history.get(id).job_id === jobId).length;
  }
}

/** The jobs of a workspace and their runs. */
export const { of: jobsOf, set: setJobs } = serviceOf<Jobs>("jobs");
