import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startAlerts } from "../../../../local/alerts/service";
import { alertOperations } from "../../../../local/api/alerts";
import { jobRunOperations } from "../../../../local/api/jobRuns";
import { jobOperations } from "../../../../local/api/jobs";
import { Jobs, setJobs } from "../../../../local/jobs/service";
import type { Executed } from "../../../../local/lakehouse/shapes";
import { QueryDouble, result } from "../alerts/queryDouble";
import { openWorkspace } from "../harness";
import { mailsOf } from "../notifications/mails";

const alert = {
  display_name: "drift",
  query_text: "SELECT x FROM t WHERE d = :day",
  warehouse_id: "w1",
  parameters: [{ name: "day", value: "monday" }],
  evaluation: {
    comparison_operator: "GREATER_THAN",
    source: { name: "x" },
    threshold: { value: { double_value: 0.1 } },
    notification: { subscriptions: [{ user_email: "subscriber@example.com" }] },
  },
  schedule: { quartz_cron_schedule: "0 0 * * * ?", timezone_id: "UTC", pause_status: "PAUSED" },
};
const warehouse = {
  name: "w",
  creator_name: "c",
  state: "RUNNING",
  cluster_size: "2X-Small",
  channel: { name: "CHANNEL_NAME_CURRENT" },
  tags: { custom_tags: [] },
  auto_stop_mins: 10,
  min_num_clusters: 1,
  max_num_clusters: 1,
  spot_instance_policy: "COST_OPTIMIZED",
  enable_photon: true,
  enable_serverless_compute: true,
  warehouse_type: "PRO",
};
const runState = z.looseObject({
  state: z.looseObject({ result_state: z.string().optional() }),
  tasks: z.array(
    z.looseObject({
      task_key: z.string(),
      run_id: z.number(),
      condition_task: z.unknown().optional(),
    }),
  ),
});

async function open() {
  const harness = openWorkspace([...alertOperations, ...jobOperations, ...jobRunOperations]);
  const { workspace, call } = harness;
  const warehouses = workspace.store.collection("warehouses", z.unknown());
  for (const id of ["w1", "w2"]) warehouses.put(id, { ...warehouse, id });
  const double = new QueryDouble();
  startAlerts(workspace, double.query);
  const jobs = setJobs(workspace, new Jobs(workspace));
  onTestFinished(() => jobs.close());
  const made = (await call("POST", "/api/2.0/alerts", alert)).body;
  const { id } = z.looseObject({ id: z.string() }).parse(made);
  /** Submits tasks and waits for the end. */
  const submit = async (...tasks: object[]) => {
    const { body } = await call("POST", "/api/2.2/jobs/runs/submit", { tasks });
    const { run_id } = z.looseObject({ run_id: z.number() }).parse(body);
    const get = async () =>
      runState.parse((await call("GET", `/api/2.2/jobs/runs/get?run_id=${run_id}`)).body);
    await expect
      .poll(async () => (await get()).state.result_state, { timeout: 3000 })
      .toBeDefined();
    return get();
  };
  const outputOf = async ({ tasks }: z.output<typeof runState>) =>
    (await call("GET", `/api/2.2/jobs/runs/get-output?run_id=${String(tasks[0]?.run_id)}`)).body;
  const recipients = () => mailsOf(workspace).map(({ to }) => to);
  return { harness, double, id, submit, outputOf, recipients };
}

const high: Executed = result("x DOUBLE", ["0.5"]);
const watch = (alert_task: object, more: object = {}) => ({
  task_key: "watch",
  alert_task,
  ...more,
});

describe("an alert task", () => {
  test("succeeds when the alert triggers, tells its subscribers once, and shows the state", async () => {
    const { harness, double, id, submit, outputOf, recipients } = await open();
    double.answer = high;
    for (let time = 0; time < 2; time += 1) {
      const run = await submit(watch({ alert_id: id }));
      expect(run.state.result_state).toBe("SUCCESS");
      expect(await outputOf(run)).toMatchObject({ alert_output: { alert_state: "TRIGGERED" } });
    }
    expect(recipients()).toEqual(["subscriber@example.com"]);
    expect((await harness.call("GET", `/api/2.0/alerts/${id}`)).body).toMatchObject({
      evaluation: { state: "TRIGGERED" },
    });
  });

  test("tells its own subscribers instead of the alert's", async () => {
    const { double, id, submit, recipients } = await open();
    double.answer = high;
    await submit(watch({ alert_id: id, subscribers: [{ user_name: "task@example.com" }] }));
    expect(recipients()).toEqual(["task@example.com"]);
  });

  test("fails with the reason when the query does", async () => {
    const { double, id, submit, outputOf } = await open();
    double.answer = new Error("The table is gone.");
    const run = await submit(watch({ alert_id: id }));
    expect(run.state.result_state).toBe("FAILED");
    expect(await outputOf(run)).toMatchObject({
      alert_output: { alert_state: "ERROR" },
      error: "The table is gone.",
    });
  });

  test("finds the alert by its path, and sets its parameters and warehouse", async () => {
    const { harness, double, submit } = await open();
    double.answer = high;
    const task = {
      workspace_path: "/Workspace/Users/local.admin@example.com/drift.dbalert.json",
      warehouse_id: "w2",
      parameters: { day: "run {{task.name}}" },
    };
    harness.workspace.store.collection("warehouses", z.unknown()).delete("w1");
    expect((await submit(watch(task))).state.result_state).toBe("SUCCESS");
    expect(double.statements[0]?.parameters).toEqual([{ name: "day", value: "run watch" }]);
  });

  test("lets later tasks branch on the state", async () => {
    const { double, id, submit } = await open();
    double.answer = high;
    const { tasks } = await submit(watch({ alert_id: id }), {
      task_key: "is",
      depends_on: [{ task_key: "watch" }],
      condition_task: {
        op: "EQUAL_TO",
        left: "{{tasks.watch.output.alert_state}}",
        right: "TRIGGERED",
      },
    });
    expect(tasks.find(({ task_key }) => task_key === "is")?.condition_task).toMatchObject({
      left: "TRIGGERED",
      outcome: "true",
    });
  });

  test.each([
    ["does not exist", { alert_id: "none" }, "Alert 'none' does not exist."],
    ["is at another path", { workspace_path: "/Workspace/none" }, "Alert '/Workspace/none' does"],
  ])("fails when its alert %s", async (_, task, reason) => {
    const { submit, outputOf } = await open();
    const run = await submit(watch(task));
    expect(run.state.result_state).toBe("FAILED");
    expect(await outputOf(run)).toMatchObject({ error: expect.stringContaining(reason) as string });
  });

  test("fails for a parameter that the alert does not have", async () => {
    const { double, id, submit, outputOf } = await open();
    double.answer = high;
    const run = await submit(watch({ alert_id: id, parameters: { dya: "x" } }));
    expect(await outputOf(run)).toMatchObject({
      error: `Alert '${id}' has no parameter 'dya'.`,
    });
  });

  test("ends at its time limit", async () => {
    const { double, id, submit } = await open();
    double.answer = high;
    const endless = new Promise<never>(() => undefined);
    double.wait = endless;
    const run = await submit(watch({ alert_id: id }, { timeout_seconds: 1 }));
    expect(run.tasks).toMatchObject([{ state: { result_state: "TIMEDOUT" } }]);
  });

  test.each<[string, object, RegExp]>([
    ["neither id nor path", {}, /exactly one of alert_id and workspace_path/],
    ["both", { alert_id: "a", workspace_path: "/Workspace/a" }, /exactly one of alert_id/],
    ["a path outside", { workspace_path: "/Users/a" }, /starts with \/Workspace/],
    ["a path that climbs", { workspace_path: "/Workspace/a/../b" }, /not a normalized path/],
    ["a subscriber of no kind", { alert_id: "a", subscribers: [{}] }, /exactly one of destination/],
    ["an unknown field", { alert_id: "a", mute: true }, /mute/],
  ])("with %s is refused", async (_, task, message) => {
    const { harness } = await open();
    const answer = await harness.call("POST", "/api/2.2/jobs/runs/submit", {
      tasks: [watch(task)],
    });
    expect(JSON.stringify(answer.body)).toMatch(message);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});
