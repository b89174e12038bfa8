import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { jobRunOperations } from "../../../../local/api/jobRuns";
import { jobOperations } from "../../../../local/api/jobs";
import { startAlerts } from "../../../../local/alerts/service";
import { Jobs, setJobs } from "../../../../local/jobs/service";
import { sentNotifications } from "../../../../local/notifications/records";
import { openWorkspace } from "../harness";
import { mailsOf } from "../notifications/mails";

const to = ["a@example.com"];
const every = { on_start: to, on_success: to, on_failure: to };
const condition = (task_key: string, left: string, more: object = {}) => ({
  task_key,
  condition_task: { op: "GREATER_THAN", left, right: "1" },
  ...more,
});
const good = condition("ok", "2");
/** Fails when it runs: its operand is no number. */
const bad = condition("bad", "many");
const runAnswer = z.looseObject({ run_id: z.number() });

function open() {
  const harness = openWorkspace([...jobOperations, ...jobRunOperations]);
  const start = () => {
    const { workspace } = harness;
    startAlerts(workspace, () => Promise.reject(new Error("No query was expected.")));
    const jobs = setJobs(workspace, new Jobs(workspace));
    onTestFinished(() => jobs.close());
    jobs.start();
  };
  start();
  const post = async (name: string, body: unknown) =>
    (await harness.call("POST", `/api/2.2/jobs/${name}`, body)).body;
  /** Runs a job once; gives the id of the run. */
  const run = async (settings: object) => {
    const made = z.looseObject({ job_id: z.number() }).parse(await post("create", settings));
    return runAnswer.parse(await post("run-now", made)).run_id;
  };
  const subjects = () => mailsOf(harness.workspace).map(({ subject }) => subject);
  return { harness, start, post, run, subjects };
}

describe("who is told of a run", () => {
  test("gets a mail when it starts and when it has succeeded", async () => {
    const { harness, run, subjects } = open();
    await run({ name: "train", tasks: [good], email_notifications: every });
    await expect.poll(subjects).toEqual(['Job "train" has started', 'Job "train" has succeeded']);
    expect(mailsOf(harness.workspace)[1]?.source).toContain("Result: SUCCESS");
  });

  test("gets a mail with the reason when it has failed", async () => {
    const { harness, run, subjects } = open();
    await run({ name: "train", tasks: [bad], email_notifications: { on_failure: to } });
    await expect.poll(subjects).toEqual(['Job "train" has failed']);
    expect(mailsOf(harness.workspace)[0]?.source).toContain(
      "Reason: Task bad failed with message:",
    );
  });

  test("hears of nothing that was not asked for", async () => {
    const { harness, run, subjects } = open();
    await run({ name: "quiet", tasks: [good], email_notifications: { on_failure: to } });
    await run({ name: "loud", tasks: [good], email_notifications: { on_success: to } });
    await expect.poll(subjects).toEqual(['Job "loud" has succeeded']);
    expect(sentNotifications(harness.workspace)).toHaveLength(1);
  });

  test("is called with Databricks' payload where it is a destination", async () => {
    const { harness, run } = open();
    const run_id = await run({
      name: "train",
      tasks: [{ ...good, webhook_notifications: { on_success: [{ id: "gone" }] } }],
      webhook_notifications: { on_success: [{ id: "gone" }] },
    });
    await expect.poll(() => sentNotifications(harness.workspace).length).toBe(2);
    const [ofRun, ofTask] = sentNotifications(harness.workspace).map(({ message }) => message);
    const job = { job_id: expect.stringMatching(/^\d+$/) as string, name: "train" };
    expect(ofRun?.payload).toEqual({
      event_type: "jobs.on_success",
      workspace_id: "1",
      run: { run_id: String(run_id) },
      job,
    });
    expect(ofTask?.payload).toEqual({
      event_type: "jobs.on_success",
      workspace_id: "1",
      task: { task_key: "ok" },
      run: { run_id: expect.any(String) as string, parent_run_id: String(run_id) },
      job,
    });
    expect(sentNotifications(harness.workspace)).toMatchObject([
      { status: "NOT_SENT" },
      { status: "NOT_SENT" },
    ]);
  });

  test.each([
    ["is told of a skipped run", {}, ['Job "full" was skipped']],
    ["is not, where that is held back", { no_alert_for_skipped_runs: true }, []],
  ])("%s", async (_, notification_settings, expected) => {
    const { run, subjects } = open();
    await run({
      name: "full",
      max_concurrent_runs: 0,
      queue: { enabled: false },
      tasks: [good],
      notification_settings,
      email_notifications: { on_failure: to },
    });
    await run({ name: "end", tasks: [good], email_notifications: { on_success: to } });
    await expect.poll(subjects).toEqual([...expected, 'Job "end" has succeeded']);
  });

  test.each([
    ["is told of a canceled run", {}, ['Job "late" was canceled']],
    ["is not, where that is held back", { no_alert_for_canceled_runs: true }, []],
  ])("%s", async (_, notification_settings, expected) => {
    const { post, run, subjects } = open();
    const run_id = await run({
      name: "late",
      max_concurrent_runs: 0,
      queue: { enabled: true },
      tasks: [good],
      notification_settings,
      email_notifications: { on_failure: to },
    });
    await post("runs/cancel", { run_id });
    await run({ name: "end", tasks: [good], email_notifications: { on_success: to } });
    await expect.poll(subjects).toEqual([...expected, 'Job "end" has succeeded']);
  });

  test("is told of a run that a restart has cut off", async () => {
    const { harness, start, run, subjects } = open();
    const run_id = await run({
      name: "cut",
      tasks: [good],
      email_notifications: { on_failure: to },
    });
    const runs = harness.workspace.store.collection("runs", z.record(z.string(), z.unknown()));
    await expect.poll(() => runs.get(String(run_id))?.["state"]).toBe("ENDED");
    // The record as a process that was killed half-way has left it.
    const record = { ...runs.get(String(run_id)), state: "RUNNING" };
    runs.put(String(run_id), record);
    harness.reopen();
    start();
    await expect.poll(subjects).toEqual(['Job "cut" has failed']);
  });
});

describe("who is told of a task", () => {
  const retried = { ...bad, max_retries: 2, email_notifications: every };

  test("gets mails for each attempt", async () => {
    const { run, subjects } = open();
    await run({ name: "train", tasks: [retried] });
    const attempt = [
      'Task "bad" of job "train" has started',
      'Task "bad" of job "train" has failed',
    ];
    await expect.poll(subjects).toEqual([...attempt, ...attempt, ...attempt]);
  });

  test("gets them for the last alone where that is wanted", async () => {
    const { run, subjects } = open();
    const notification_settings = { alert_on_last_attempt: true };
    await run({ name: "train", tasks: [{ ...retried, notification_settings }] });
    await expect
      .poll(subjects)
      .toEqual(['Task "bad" of job "train" has started', 'Task "bad" of job "train" has failed']);
  });

  test("does not hear of a task that was left out", async () => {
    const { run, subjects } = open();
    const next = { ...good, depends_on: [{ task_key: "bad" }], email_notifications: every };
    await run({ name: "train", tasks: [bad, next], email_notifications: { on_failure: to } });
    await expect.poll(subjects).toEqual(['Job "train" has failed']);
  });
});

test("a run that takes longer than its health rules allow is told of once", async () => {
  const { run, subjects } = open();
  const sleepy = { ...bad, max_retries: 1, min_retry_interval_millis: 1500 };
  await run({
    name: "slow",
    tasks: [sleepy],
    health: { rules: [{ metric: "RUN_DURATION_SECONDS", op: "GREATER_THAN", value: 1 }] },
    email_notifications: { on_duration_warning_threshold_exceeded: to, on_failure: to },
  });
  await expect
    .poll(subjects, { timeout: 4000 })
    .toEqual(['Job "slow" takes longer than expected', 'Job "slow" has failed']);
});
