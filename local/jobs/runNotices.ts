import { WORKSPACE_ID } from "../identity";
import { senderOf, type Recipient } from "../notifications/deliver";
import { factLines, factTable, type Facts } from "../notifications/facts";
import type { Message } from "../notifications/records";
import type { Workspace } from "../workspace";
import { pageUrl } from "./answers";
import type { RunRecord, TaskRecord } from "./records";
import type { JobSettings } from "./settings";
import type { TaskSettings } from "./task";

/** The events of runs and tasks that are told of: https://docs.databricks.com/en/jobs/notifications.html */
type JobEvent = Extract<Message["about"], { kind: "job" }>["event"];

/** Longer timers do not exist: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Tells those whom the run's settings name of an event. */
export function tellOfRun(workspace: Workspace, run: RunRecord, event: JobEvent): void {
  tell(workspace, { run, settings: run.settings, result: run.result, reason: run.message }, event);
}

/**
 * Tells how a run has ended. A run that was skipped or canceled counts as failed, unless the settings hold
 * notifications of it back.
 */
export function tellOfEnd(workspace: Workspace, run: RunRecord): void {
  const { notification_settings, email_notifications } = run.settings;
  const skipped = run.result === "SKIPPED";
  if (skipped && notification_settings?.no_alert_for_skipped_runs === true) return;
  if (skipped && email_notifications?.no_alert_for_skipped_runs === true) return;
  if (run.result === "CANCELED" && notification_settings?.no_alert_for_canceled_runs === true)
    return;
  tellOfRun(workspace, run, eventOf(run.result));
}

/**
 * Tells of a task's latest attempt: that it has started, or how it has ended.
 * @param final - Whether no other attempt follows it.
 */
export function tellOfAttempt(
  workspace: Workspace,
  run: RunRecord,
  task: TaskRecord,
  final: boolean,
): void {
  const settings = settingsOf(run, task);
  const attempt = task.attempts.at(-1);
  // Of a run that was cut off its end alone is told.
  if (settings === undefined || attempt === undefined || run.state === "ENDED") return;
  const { result, error, attempt_number } = attempt;
  const { alert_on_last_attempt = false, no_alert_for_canceled_runs = false } =
    settings.notification_settings ?? {};
  const event = result === undefined ? "on_start" : eventOf(result);
  if (alert_on_last_attempt && event === "on_start" && attempt_number > 0) return;
  if (alert_on_last_attempt && event === "on_failure" && !final) return;
  if (no_alert_for_canceled_runs && result === "CANCELED") return;
  tell(workspace, { run, settings, task, result, reason: error }, event);
}

/** Tells when a run takes longer than its health rules allow, once; the function that it gives ends the watch. */
export function watchRun(workspace: Workspace, run: RunRecord): () => void {
  return watch(run.settings, () => {
    tellOfRun(workspace, run, "on_duration_warning_threshold_exceeded");
  });
}

/** As {@link watchRun}, for an attempt of a task. */
export function watchTask(workspace: Workspace, run: RunRecord, task: TaskRecord): () => void {
  const settings = settingsOf(run, task);
  if (settings === undefined) return () => undefined;
  return watch(settings, () => {
    tell(workspace, { run, settings, task }, "on_duration_warning_threshold_exceeded");
  });
}

function watch({ health }: JobSettings | TaskSettings, late: () => void): () => void {
  const limits = (health?.rules ?? []).map(({ value }) => value * 1000);
  const timers = limits
    .filter((limit) => limit <= LONGEST_TIMER_MS)
    .map((limit) => setTimeout(late, limit));
  return () => {
    timers.forEach(clearTimeout);
  };
}

interface Told {
  readonly run: RunRecord;
  /** The job's, or the task's. */
  readonly settings: JobSettings | TaskSettings;
  readonly task?: TaskRecord;
  readonly result?: string | undefined;
  readonly reason?: string | undefined;
}

function tell(workspace: Workspace, told: Told, event: JobEvent): void {
  const { email_notifications, webhook_notifications } = told.settings;
  const emails = email_notifications?.[event] ?? [];
  const recipients: Recipient[] = [
    ...(emails.length === 0 ? [] : [{ emails }]),
    ...(webhook_notifications?.[event] ?? []).map(({ id }) => ({ destination_id: id })),
  ];
  if (recipients.length === 0) return;
  const message = messageOf(workspace, told, event);
  senderOf(workspace)
    .notify(recipients, message)
    .catch((error: unknown) => {
      console.error(error);
    });
}

function messageOf(workspace: Workspace, told: Told, event: JobEvent): Message {
  const { run, task, result, reason = "" } = told;
  const runId = task?.attempts.at(-1)?.run_id ?? run.run_id;
  const facts: Facts = [
    ["Job", `${run.run_name} (${run.job_id})`],
    ...(task === undefined ? [] : [["Task", task.task_key] as const]),
    ["Run", String(runId)],
    ...(result === undefined ? [] : [["Result", result] as const]),
    ...(reason === "" ? [] : [["Reason", reason] as const]),
    ["Open", pageUrl(workspace, runId)],
  ];
  const what = `Job "${run.run_name}"`;
  const subject = task === undefined ? what : `Task "${task.task_key}" of job "${run.run_name}"`;
  const about = {
    kind: "job" as const,
    event,
    job_id: run.job_id,
    run_id: run.run_id,
    ...(task === undefined ? {} : { task_key: task.task_key }),
  };
  return {
    about,
    summary: `${subject} ${result === undefined ? verbs[event] : (endings[result] ?? verbs[event])}`,
    text: factLines(facts),
    html: factTable(facts),
    payload: {
      event_type: `jobs.${event}`,
      workspace_id: String(WORKSPACE_ID),
      ...(task === undefined ? {} : { task: { task_key: task.task_key } }),
      run: {
        run_id: String(runId),
        ...(task === undefined ? {} : { parent_run_id: String(run.run_id) }),
      },
      job: { job_id: String(run.job_id), name: run.run_name },
    },
  };
}

const verbs: Record<JobEvent, string> = {
  on_start: "has started",
  on_success: "has succeeded",
  on_failure: "has failed",
  on_duration_warning_threshold_exceeded: "takes longer than expected",
};

const endings: Partial<Record<string, string>> = {
  SKIPPED: "was skipped",
  CANCELED: "was canceled",
  TIMEDOUT: "has timed out",
};

function eventOf(result: string | undefined): "on_success" | "on_failure" {
  return result === "SUCCESS" || result === "SUCCESS_WITH_FAILURES" ? "on_success" : "on_failure";
}

function settingsOf(run: RunRecord, task: TaskRecord): TaskSettings | undefined {
  return run.settings.tasks?.find(({ task_key }) => task_key === task.task_key);
}
