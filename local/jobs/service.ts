import { EventEmitter, once } from "node:events";
import { invalid } from "../errors";
import { USER } from "../identity";
import { newId } from "../ids";
import { filesOf } from "../workspaceFiles";
import type { Workspace } from "../workspace";
import { Compute } from "./compute";
import { Execution, interrupted } from "./execution";
import { newRun, reopened, type RunRequest } from "./newRun";
import { removeOutput } from "./output";
import { jobRecords, type JobRecord, type JobRecords, type RunRecord } from "./records";
import { Schedules } from "./schedules";
import type { RunServices } from "./services";
import { withDefaults, type JobSettings } from "./settings";
import { Slots } from "./slots";

/** Python tasks that run at once: each can use both cores of a small machine. */
const TASKS_AT_ONCE = 2;

/** Databricks keeps runs for 60 days. */
const KEPT_MS = 60 * 24 * 3600_000;

/** Jobs that run within jobs, at most: https://docs.databricks.com/en/jobs/run-job.html */
const MAX_DEPTH = 3;

/** The jobs of a workspace and their runs. */
export class Jobs {
  /** Where the Python tasks run. */
  readonly compute: Compute;
  readonly #records: JobRecords;
  readonly #services: RunServices;
  readonly #schedules: Schedules;
  readonly #active = new Map<number, Execution>();
  readonly #events = new EventEmitter().setMaxListeners(0);

  constructor(readonly workspace: Workspace) {
    this.#records = jobRecords(workspace);
    this.compute = new Compute(workspace);
    this.#schedules = new Schedules((jobId) => {
      const job = this.#records.jobs.get(String(jobId));
      if (job !== undefined) this.run(job, { trigger: "PERIODIC" });
    });
    this.#services = {
      workspace,
      files: filesOf(workspace),
      compute: this.compute,
      slots: new Slots(TASKS_AT_ONCE),
      save: (run) => {
        this.#records.runs.put(String(run.run_id), run);
      },
      startJob: (jobId, overrides, parent) => {
        const job = this.get(jobId);
        const depth = this.#ancestors(parent.run);
        if (depth.length >= MAX_DEPTH || depth.includes(jobId))
          throw invalid(`Job ${jobId} would run within ${depth.join(", ")}: too deep, or a circle.`);
        const run = this.run(job, {
          trigger: "RUN_JOB_TASK",
          overrides,
          parent_task_run_id: parent.taskRunId,
        });
        return run.run_id;
      },
      ended: async (runId) => {
        for (;;) {
          const run = this.getRun(runId);
          if (run.state === "ENDED") return run;
          await once(this.#events, String(runId));
        }
      },
      cancel: (runId) => {
        this.cancel(this.getRun(runId));
      },
    };
  }

  /** Settles what an earlier process left open, goes on with the queue, and starts the schedules. */
  start(): void {
    const old = Date.now() - KEPT_MS;
    for (const run of this.runs()) {
      if (run.end_time !== undefined && run.end_time < old) this.deleteRun(run);
      else if (run.state !== "ENDED" && run.state !== "QUEUED") {
        interrupted(run, "The workspace was restarted while this run was active.");
        this.#services.save(run);
      }
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
    return this.#records.jobs.list().sort((a, b) => b.job_id - a.job_id);
  }

  /** @throws ApiError as Databricks answers: 400 INVALID_PARAMETER_VALUE "Job 1 does not exist." */
  get(jobId: number): JobRecord {
    const job = this.#records.jobs.get(String(jobId));
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
    this.#records.jobs.put(String(job.job_id), job);
    this.#schedules.set(job);
    if (existing !== undefined) this.#dequeue(job);
    return job;
  }

  /** Removes a job; its active runs are canceled, its history stays until it is old. */
  delete(jobId: number): void {
    this.get(jobId);
    this.#schedules.remove(jobId);
    this.#records.jobs.delete(String(jobId));
    for (const run of this.runs()) if (run.job_id === jobId) this.cancel(run);
  }

  /** All runs, the latest first. */
  runs(): RunRecord[] {
    return this.#records.runs.list().sort((a, b) => b.run_id - a.run_id);
  }

  /** The run, or the run that holds the task run, of this id. @throws ApiError when there is none */
  getRun(runId: number): RunRecord {
    const run = this.#records.runs.get(String(runId)) ?? this.#holding(runId);
    if (run === undefined) throw invalid(`Run ${runId} does not exist.`);
    return run;
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
    this.#services.save(run);
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

  /** The run that was made with this idempotency token. */
  runWithToken(token: string | undefined): RunRecord | undefined {
    return token === undefined
      ? undefined
      : this.runs().find((run) => run.idempotency_token === token);
  }

  /** Runs tasks of an ended run again, with those that depend on them. */
  repair(run: RunRecord, taskKeys: readonly string[], overrides: Record<string, string>): number {
    const { repaired, repairId } = reopened(run, taskKeys, overrides);
    this.#begin(repaired);
    return repairId;
  }

  /** Ends a run that is queued or active; does nothing to one that has ended. */
  cancel(run: RunRecord): void {
    const execution = this.#active.get(run.run_id);
    if (execution !== undefined) execution.cancel();
    else if (run.state === "QUEUED") {
      const ended = { state: "ENDED", result: "CANCELED", message: "Run cancelled." } as const;
      for (const task of run.tasks) Object.assign(task, ended);
      this.#services.save({ ...run, ...ended, end_time: Date.now() });
      this.#events.emit(String(run.run_id));
    }
  }

  /** Removes an ended run with its logs. */
  deleteRun(run: RunRecord): void {
    if (run.state !== "ENDED")
      throw invalid(`Run ${run.run_id} is active and cannot be deleted; cancel it first.`);
    for (const { attempts } of run.tasks)
      for (const attempt of attempts) removeOutput(this.workspace, attempt.run_id);
    this.#records.runs.delete(String(run.run_id));
  }

  #begin(run: RunRecord): RunRecord {
    const execution = new Execution(run, this.#services, () => {
      this.#active.delete(run.run_id);
      this.#events.emit(String(run.run_id));
      const job = this.#records.jobs.get(String(run.job_id));
      if (job !== undefined) this.#dequeue(job);
    });
    this.#active.set(run.run_id, execution);
    execution.start();
    return run;
  }

  #dequeue(job: JobRecord): void {
    const waiting = this.runs()
      .filter((run) => run.job_id === job.job_id && run.state === "QUEUED")
      .reverse();
    for (const run of waiting) {
      if (this.#activeRuns(job.job_id) >= (job.settings.max_concurrent_runs ?? 1)) return;
      this.#begin({ ...run, message: "" });
    }
  }

  #activeRuns(jobId: number): number {
    return [...this.#active.keys()].filter((id) => this.getRun(id).job_id === jobId).length;
  }

  #holding(taskRunId: number): RunRecord | undefined {
    return this.runs().find((run) =>
      run.tasks.some(
        (task) =>
          task.run_id === taskRunId || task.attempts.some(({ run_id }) => run_id === taskRunId),
      ),
    );
  }

  /** The jobs within which a run runs, its own first. */
  #ancestors(run: RunRecord): number[] {
    const parent = run.parent_task_run_id;
    return [run.job_id, ...(parent === undefined ? [] : this.#ancestors(this.getRun(parent)))];
  }
}
