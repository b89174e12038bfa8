import { runAttempts } from "./attempts";
import { decide, runResult, type Ended, type TaskResult } from "./graph";
import type { AttemptResult } from "./pythonTask";
import type { RunRecord, TaskRecord } from "./records";
import { tellOfEnd, tellOfRun, watchRun } from "./runNotices";
import type { RunServices } from "./services";
import { messageOf } from "./states";
import type { TaskSettings } from "./task";

/** One run while it is active: starts its tasks as they become ready, and settles its end. */
export class Execution {
  readonly #run: RunRecord;
  readonly #services: RunServices;
  readonly #abort = new AbortController();
  /** To end single tasks. */
  readonly #aborts = new Map<string, AbortController>();
  readonly #ended: () => void;
  #timer: NodeJS.Timeout | undefined;
  #watch: (() => void) | undefined;
  #ending: "CANCELED" | "TIMEDOUT" | undefined;

  constructor(run: RunRecord, services: RunServices, ended: () => void) {
    this.#run = run;
    this.#services = services;
    this.#ended = ended;
  }

  /** Begins the run, or goes on with what a repair has reopened. */
  start(): void {
    this.#run.state = "RUNNING";
    this.#run.begin_time ??= Date.now();
    tellOfRun(this.#services.workspace, this.#run, "on_start");
    this.#watch = watchRun(this.#services.workspace, this.#run);
    const limit = this.#run.settings.timeout_seconds ?? 0;
    if (limit > 0)
      this.#timer = setTimeout(() => {
        this.#end("TIMEDOUT", `The run took longer than its timeout_seconds, ${limit}.`);
      }, limit * 1000);
    this.#advance();
  }

  /** Ends the tasks that run and starts no other. */
  cancel(): void {
    this.#end("CANCELED", CANCELED);
  }

  /** Ends one task; those that handle its failure still run. */
  cancelTask(key: string): void {
    const task = this.#run.tasks.find(({ task_key }) => task_key === key);
    if (task === undefined || task.state === "ENDED" || this.#ending !== undefined) return;
    if (task.state === "BLOCKED") settle(task, "CANCELED", CANCELED);
    else task.state = "TERMINATING";
    this.#save();
    this.#aborts.get(key)?.abort();
    this.#advance();
  }

  /** Settles the run at once: the workspace stops. */
  interrupt(message: string): void {
    interrupted(this.#run, message);
    clearTimeout(this.#timer);
    this.#watch?.();
    this.#save();
    tellOfEnd(this.#services.workspace, this.#run);
    this.#abort.abort();
  }

  #end(result: "CANCELED" | "TIMEDOUT", message: string): void {
    if (this.#ending !== undefined || this.#run.state === "ENDED") return;
    this.#ending = result;
    this.#run.message = message;
    this.#run.state = "TERMINATING";
    for (const task of this.#run.tasks) {
      if (task.state === "BLOCKED") settle(task, result, message);
      else if (task.state !== "ENDED") task.state = "TERMINATING";
    }
    this.#save();
    this.#abort.abort();
    this.#advance();
  }

  /** Starts what is ready, settles what never will be, and ends the run when nothing is left. */
  #advance(): void {
    for (let task = this.#nextDecided(); task !== undefined; task = this.#nextDecided()) {
      const { record, settings, decision } = task;
      if (decision === "run") this.#launch(record, settings);
      else settle(record, decision, skipped[decision] ?? "");
    }
    this.#save();
    if (this.#run.tasks.every((task) => task.state === "ENDED")) this.#finish();
  }

  #nextDecided(): Decided | undefined {
    const ended = endedTasks(this.#run);
    for (const record of this.#run.tasks) {
      if (record.state !== "BLOCKED") continue;
      const settings = settingsOf(this.#run, record);
      const decision = decide(settings, ended);
      if (decision !== "wait") return { record, settings, decision };
    }
    return undefined;
  }

  #launch(task: TaskRecord, settings: TaskSettings): void {
    task.state = "PENDING";
    const own = new AbortController();
    this.#aborts.set(task.task_key, own);
    const signal = AbortSignal.any([this.#abort.signal, own.signal]);
    const context = { run: this.#run, services: this.#services, signal };
    runAttempts(context, task, settings)
      .catch((error: unknown): AttemptResult => ({
        result: "INTERNAL_ERROR",
        error: String(error),
        values: {},
      }))
      .then((last) => {
        if (this.#run.state === "ENDED") return;
        if (last.result !== "CANCELED") settle(task, last.result, messageOf(last.result, last));
        else if (this.#ending === undefined) settle(task, "CANCELED", CANCELED);
        else settle(task, this.#ending, this.#run.message);
        this.#advance();
      })
      .catch((error: unknown) => {
        console.error(error);
      });
  }

  #finish(): void {
    const { tasks, settings } = this.#run;
    clearTimeout(this.#timer);
    this.#watch?.();
    const results = tasks.map((t) => ({ key: t.task_key, result: t.result ?? "INTERNAL_ERROR" }));
    this.#run.result = this.#ending ?? runResult(results, settings.tasks ?? []);
    if (this.#ending === undefined) this.#run.message = failureOf(tasks);
    this.#run.state = "ENDED";
    this.#run.end_time = Date.now();
    this.#save();
    tellOfEnd(this.#services.workspace, this.#run);
    this.#ended();
  }

  #save(): void {
    this.#services.save(this.#run);
  }
}

interface Decided {
  readonly record: TaskRecord;
  readonly settings: TaskSettings;
  readonly decision: "run" | TaskResult;
}

/** Marks a run that was active when the workspace ended as failed. */
export function interrupted(run: RunRecord, message: string): void {
  const now = Date.now();
  for (const task of run.tasks) {
    if (task.state === "ENDED") continue;
    settle(task, task.attempts.length === 0 ? "CANCELED" : "INTERNAL_ERROR", message);
    const attempt = task.attempts.at(-1);
    if (attempt !== undefined && attempt.end_time === undefined)
      Object.assign(attempt, { end_time: now, result: "INTERNAL_ERROR", error: message });
  }
  Object.assign(run, { state: "ENDED", result: "INTERNAL_ERROR", message, end_time: now });
}

const CANCELED = "Run cancelled.";

const skipped: Partial<Record<TaskResult, string>> = {
  EXCLUDED: "The condition to run this task was not met.",
  UPSTREAM_FAILED: "An upstream task failed.",
  UPSTREAM_CANCELED: "An upstream task was canceled.",
};

function settle(task: TaskRecord, result: TaskResult, message: string): void {
  task.state = "ENDED";
  task.result = result;
  task.message = message;
}

function settingsOf(run: RunRecord, task: TaskRecord): TaskSettings {
  const found = run.settings.tasks?.find(({ task_key }) => task_key === task.task_key);
  if (found === undefined) throw new Error(`Run ${run.run_id} has no task '${task.task_key}'.`);
  return found;
}

function endedTasks(run: RunRecord): Map<string, Ended> {
  const ended = new Map<string, Ended>();
  for (const { task_key, state, result, attempts } of run.tasks)
    if (state === "ENDED" && result !== undefined)
      ended.set(task_key, { result, outcome: attempts.at(-1)?.outcome });
  return ended;
}

function failureOf(tasks: readonly TaskRecord[]): string {
  const failures = ["FAILED", "TIMEDOUT", "INTERNAL_ERROR"];
  const failed = tasks.find((task) => failures.includes(task.result ?? ""));
  if (failed === undefined) return "";
  const more = tasks.some((task) => task.result === "UPSTREAM_FAILED")
    ? ". This caused all downstream tasks to get skipped."
    : "";
  return `Task ${failed.task_key} failed with message: ${failed.message}${more}`;
}
