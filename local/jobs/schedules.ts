import type { Cron } from "croner";
import { quartz } from "./quartz";
import type { JobRecord } from "./records";

/** Starts the runs of jobs with a schedule that is not paused. Times missed while stopped are not made up. */
export class Schedules {
  readonly #fire: (jobId: number) => void;
  readonly #timers = new Map<number, Cron>();

  constructor(fire: (jobId: number) => void) {
    this.#fire = fire;
  }

  /** Follows a job's schedule as it is now. */
  set({ job_id, settings: { schedule } }: JobRecord): void {
    this.remove(job_id);
    if (schedule === undefined || schedule.pause_status === "PAUSED") return;
    const timer = quartz(schedule.quartz_cron_expression, schedule.timezone_id, () => {
      this.#fire(job_id);
    });
    this.#timers.set(job_id, timer);
  }

  remove(jobId: number): void {
    this.#timers.get(jobId)?.stop();
    this.#timers.delete(jobId);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.stop();
    this.#timers.clear();
  }
}
