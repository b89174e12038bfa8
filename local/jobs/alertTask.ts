import { alertAt } from "../alerts/records";
import { alertsOf } from "../alerts/service";
import { invalid } from "../errors";
import type { Recipient } from "../notifications/deliver";
import type { Workspace } from "../workspace";
import type { AttemptResult } from "./pythonTask";
import type { AlertTask } from "./task";

/** What an alert task runs with. */
export interface AlertTaskRun {
  readonly workspace: Workspace;
  readonly task: AlertTask;
  /** 0 means no limit. */
  readonly timeoutSeconds: number;
  /** Replaces references. */
  readonly resolve: (text: string) => string;
  /** Ends the task when it aborts. */
  readonly signal: AbortSignal;
}

/** Evaluates the alert, and fails with the reason when its query does. An evaluation that has begun is not undone. */
export async function runAlert(given: AlertTaskRun): Promise<AttemptResult> {
  const { workspace, task, timeoutSeconds, signal } = given;
  const { alert_id, workspace_path = "", warehouse_id, subscribers, parameters = {} } = task;
  const service = alertsOf(workspace);
  if (service === undefined) throw new Error("Alerts were not started for this workspace.");
  const id = alert_id ?? alertAt(workspace, workspace_path).id;
  const resolved = Object.entries(parameters).map(
    ([name, text]) => [name, given.resolve(text)] as const,
  );
  const limit = timeoutSeconds === 0 ? undefined : AbortSignal.timeout(timeoutSeconds * 1000);
  const evaluation = service.evaluate(id, {
    warehouse_id,
    parameters: Object.fromEntries(resolved),
    // An empty list is none, as of a form in which nobody was chosen.
    recipients: subscribers?.length ? recipientsOf(subscribers) : undefined,
  });
  const stop = AbortSignal.any(limit === undefined ? [signal] : [signal, limit]);
  const found = await Promise.race([evaluation, aborted(stop)]);
  if (found === undefined && limit?.aborted === true)
    return {
      result: "TIMEDOUT",
      error: `The task took longer than its timeout_seconds, ${timeoutSeconds}.`,
      values: {},
    };
  if (found === undefined) return { result: "CANCELED", values: {} };
  const { state, error } = found;
  if (state !== "ERROR") return { result: "SUCCESS", alert_state: state, values: {} };
  const reason = error ?? "The query gave no row, which this alert takes for an error.";
  return { result: "FAILED", error: reason, alert_state: state, values: {} };
}

/**
 * Checks what the fields' types cannot say: https://docs.databricks.com/api/workspace/jobs/create
 * @param name - The task, as messages call it.
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function checkAlertTask(name: string, task: AlertTask): void {
  const { alert_id, workspace_path: path, subscribers = [] } = task;
  if ((alert_id === undefined) === (path === undefined))
    throw invalid(`${name}: alert_task needs exactly one of alert_id and workspace_path.`);
  if (path !== undefined && !/^\/Workspace(\/(?!\.{1,2}(\/|$))[^/]+)+$/.test(path))
    throw invalid(
      `${name}: workspace_path '${path}' is not a normalized path that starts with /Workspace.`,
    );
  for (const { destination_id, user_name } of subscribers)
    if ((destination_id === undefined) === (user_name === undefined))
      throw invalid(`${name}: a subscriber needs exactly one of destination_id and user_name.`);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = () => {
      resolve(undefined);
    };
    if (signal.aborted) done();
    else signal.addEventListener("abort", done, { once: true });
  });
}

function recipientsOf(subscribers: NonNullable<AlertTask["subscribers"]>): Recipient[] {
  return subscribers.flatMap(({ destination_id, user_name }): Recipient[] => [
    ...(destination_id === undefined ? [] : [{ destination_id }]),
    ...(user_name === undefined ? [] : [{ emails: [user_name] }]),
  ]);
}
