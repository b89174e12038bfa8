import type { TaskResult } from "./graph";
import type { Attempt, RunRecord, TaskRecord } from "./records";

type Ending = NonNullable<RunRecord["result"] | TaskRecord["result"]>;

/** Code and type of `termination_details`: https://docs.databricks.com/api/workspace/jobs/getrun */
const termination: Record<Ending, readonly [code: string, type: string]> = {
  SUCCESS: ["SUCCESS", "SUCCESS"],
  SUCCESS_WITH_FAILURES: ["SUCCESS_WITH_FAILURES", "SUCCESS"],
  FAILED: ["RUN_EXECUTION_ERROR", "CLIENT_ERROR"],
  TIMEDOUT: ["CANCELED", "CLIENT_ERROR"],
  CANCELED: ["USER_CANCELED", "CLIENT_ERROR"],
  SKIPPED: ["MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR"],
  INTERNAL_ERROR: ["INTERNAL_ERROR", "INTERNAL_ERROR"],
  EXCLUDED: ["SKIPPED", "SUCCESS"],
  UPSTREAM_FAILED: ["SKIPPED", "CLIENT_ERROR"],
  UPSTREAM_CANCELED: ["SKIPPED", "CLIENT_ERROR"],
};

/** The two shapes in which Databricks tells how far a run or a task is. */
export interface States {
  readonly state: Record<string, unknown>;
  readonly status: Record<string, unknown>;
}

/**
 * A run's states. As on Databricks, a run whose task has failed is `INTERNAL_ERROR` in the old shape, so
 * that the SDKs' waiters raise, and `TERMINATED` with `RUN_EXECUTION_ERROR` in the new one.
 */
export function runStates({ state, result, message }: RunRecord): States {
  if (state !== "ENDED") {
    const queue =
      state === "QUEUED" ? { queue_details: { code: "MAX_CONCURRENT_RUNS_REACHED", message } } : {};
    return {
      state: {
        life_cycle_state: state,
        state_message: message,
        user_cancelled_or_timedout: state === "TERMINATING",
        ...(state === "QUEUED" ? { queue_reason: message } : {}),
      },
      status: { state, ...queue },
    };
  }
  return ended(result ?? "INTERNAL_ERROR", message, {
    FAILED: "INTERNAL_ERROR",
    INTERNAL_ERROR: "INTERNAL_ERROR",
    SKIPPED: "SKIPPED",
  });
}

/**
 * A task's states. What has kept its code from running at all is told in the message, and is
 * `INTERNAL_ERROR` in the old shape, as on Databricks.
 */
export function taskStates({ state, result, message, attempts }: TaskRecord): States {
  if (state !== "ENDED")
    return {
      state: {
        life_cycle_state: state,
        state_message: message,
        user_cancelled_or_timedout: state === "TERMINATING",
      },
      status: { state: state === "WAITING_FOR_RETRY" ? "WAITING" : state },
    };
  const code = result === "FAILED" ? obstacle(attempts.at(-1)) : undefined;
  const states = ended(result ?? "INTERNAL_ERROR", message, {
    INTERNAL_ERROR: "INTERNAL_ERROR",
    ...(code === undefined ? {} : { FAILED: "INTERNAL_ERROR" }),
  });
  if (code === undefined) return states;
  const termination_details = { code, type: "CLIENT_ERROR", message };
  return { state: states.state, status: { state: "TERMINATED", termination_details } };
}

/** What a task that has ended says: why its code did not run, else where to find what it says itself. */
export function messageOf(result: TaskResult, attempt: Reason): string {
  if (result !== "FAILED" || obstacle(attempt) !== undefined) return attempt.error ?? "";
  return "Workload failed, see run output for details";
}

type Reason = Pick<Attempt, "error" | "environment_problem" | "file_problem">;

function obstacle(attempt: Reason | undefined): string | undefined {
  if (attempt?.environment_problem === true) return "LIBRARY_INSTALLATION_ERROR";
  return attempt?.file_problem === true ? "RESOURCE_NOT_FOUND" : undefined;
}

/** An attempt's states, of its own for those before the last. */
export function attemptStates(task: TaskRecord, attempt: Attempt): States {
  if (task.attempts.at(-1) === attempt) return taskStates(task);
  return taskStates({
    ...task,
    attempts: [attempt],
    state: "ENDED",
    result: attempt.result ?? "INTERNAL_ERROR",
    message: messageOf(attempt.result ?? "INTERNAL_ERROR", attempt),
  });
}

function ended(
  result: Ending,
  message: string,
  lifeCycle: Partial<Record<Ending, string>>,
): States {
  const [code, type] = termination[result];
  const resultState =
    result === "INTERNAL_ERROR"
      ? "FAILED"
      : result === "SKIPPED"
        ? "MAXIMUM_CONCURRENT_RUNS_REACHED"
        : result;
  return {
    state: {
      life_cycle_state: lifeCycle[result] ?? "TERMINATED",
      result_state: resultState,
      state_message: message,
      user_cancelled_or_timedout: result === "CANCELED" || result === "TIMEDOUT",
    },
    status: { state: "TERMINATED", termination_details: { code, type, message } },
  };
}
