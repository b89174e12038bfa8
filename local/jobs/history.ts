import { invalid } from "../errors";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";
import { removeOutput } from "./output";
import type { RunRecord } from "./records";

/** Databricks keeps runs for 60 days. */
const KEPT_MS = 60 * 24 * 3600_000;

/** The runs that the workspace remembers, active ones included. */
export class History {
  readonly #workspace: Workspace;
  readonly #runs: Collection<RunRecord>;

  constructor(workspace: Workspace, runs: Collection<RunRecord>) {
    this.#workspace = workspace;
    this.#runs = runs;
  }

  /** All runs, the latest first. */
  list(): RunRecord[] {
    return this.#runs.list().sort((a, b) => b.run_id - a.run_id);
  }

  /** The run, or the run that holds the task run, of this id. @throws ApiError when there is none */
  get(runId: number): RunRecord {
    const run = this.#runs.get(String(runId)) ?? this.#holding(runId);
    if (run === undefined) throw invalid(`Run ${runId} does not exist.`);
    return run;
  }

  /** The run that was made with this idempotency token. */
  withToken(token: string | undefined): RunRecord | undefined {
    if (token === undefined) return undefined;
    return this.list().find((run) => run.idempotency_token === token);
  }

  /** The jobs within which a run runs, its own first. */
  lineage(run: RunRecord): number[] {
    const parent = run.parent_task_run_id;
    return [run.job_id, ...(parent === undefined ? [] : this.lineage(this.get(parent)))];
  }

  save(run: RunRecord): void {
    this.#runs.put(String(run.run_id), run);
  }

  /** Removes an ended run with its logs. @throws ApiError while it is active */
  delete(run: RunRecord): void {
    if (run.state !== "ENDED")
      throw invalid(`Run ${run.run_id} is active and cannot be deleted; cancel it first.`);
    for (const { attempts } of run.tasks)
      for (const attempt of attempts) removeOutput(this.#workspace, attempt.run_id);
    this.#runs.delete(String(run.run_id));
  }

  /** Removes what ended too long ago. */
  forgetOld(): void {
    const oldest = Date.now() - KEPT_MS;
    for (const run of this.list())
      if (run.end_time !== undefined && run.end_time < oldest) this.delete(run);
  }

  #holding(taskRunId: number): RunRecord | undefined {
    return this.list().find((run) =>
      run.tasks.some(
        (task) =>
          task.run_id === taskRunId || task.attempts.some(({ run_id }) => run_id === taskRunId),
      ),
    );
  }
}
