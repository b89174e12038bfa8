import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { jobRunOperations } from "../../../../local/api/jobRuns";
import { jobOperations } from "../../../../local/api/jobs";
import { servicePrincipalOperations } from "../../../../local/api/servicePrincipals";
import { Jobs, setJobs } from "../../../../local/jobs/service";
import { openWorkspace } from "../harness";

const condition = (task_key: string, left: string, right = "1", ...depends: string[]) => ({
  task_key,
  condition_task: { op: "EQUAL_TO", left, right },
  ...(depends.length === 0 ? {} : { depends_on: depends.map((name) => ({ task_key: name })) }),
});
const python = { spark_python_task: { python_file: "/Workspace/Shared/a.py" } };
const environments = [{ environment_key: "e", spec: { environment_version: "4" } }];

const id = z.looseObject({ job_id: z.number() });
const runId = z.looseObject({ run_id: z.number() });
const finished = z.looseObject({
  state: z.looseObject({ life_cycle_state: z.string(), result_state: z.string().optional() }),
  tasks: z.array(
    z.looseObject({
      task_key: z.string(),
      run_id: z.number(),
      state: z.looseObject({ result_state: z.string().optional() }),
    }),
  ),
});

function open() {
  const harness = openWorkspace([
    ...jobOperations,
    ...jobRunOperations,
    ...servicePrincipalOperations,
  ]);
  const start = (): Jobs => {
    const { workspace } = harness;
    const jobs = setJobs(workspace, new Jobs(workspace));
    workspace.onClose(() => jobs.close());
    jobs.start();
    return jobs;
  };
  start();
  const post = (name: string, body: unknown) => harness.call("POST", `/api/2.2/jobs/${name}`, body);
  const get = (name: string) => harness.call("GET", `/api/2.2/jobs/${name}`);
  const create = async (settings: unknown) =>
    id.parse((await post("create", settings)).body).job_id;
  const run = async (job_id: number, more: object = {}) =>
    runId.parse((await post("run-now", { job_id, ...more })).body).run_id;
  const ended = async (run_id: number) => {
    for (;;) {
      const { body } = await get(`runs/get?run_id=${run_id}`);
      const read = finished.parse(body);
      if (read.state.result_state !== undefined) return read;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const results = async (run_id: number) =>
    Object.fromEntries(
      (await ended(run_id)).tasks.map((task) => [task.task_key, task.state.result_state]),
    );
  return { harness, start, post, get, create, run, ended, results };
}

describe("a job", () => {
  test("runs as a service principal that is registered, and says so as the provider reads it", async () => {
    const { harness, create, get } = open();
    const application = "6f1b1a2c-9d3e-4f50-8a61-0c2d4e6f8a90";
    await harness.call("POST", "/api/2.0/preview/scim/v2/ServicePrincipals", {
      applicationId: application,
    });
    const job_id = await create({ name: "a", run_as: { service_principal_name: application } });
    expect((await get(`get?job_id=${job_id}`)).body).toMatchObject({
      run_as_user_name: application,
    });
  });

  test("is returned as it was given, with Databricks' defaults", async () => {
    const { create, get } = open();
    const settings = {
      name: "train",
      description: "Trains.",
      tags: { team: "ml" },
      parameters: [{ name: "depth", default: "3" }],
      environments,
      schedule: { quartz_cron_expression: "0 0 6 * * ?", timezone_id: "UTC" },
      health: { rules: [{ metric: "RUN_DURATION_SECONDS", op: "GREATER_THAN", value: 60 }] },
      webhook_notifications: { on_failure: [{ id: "x" }] },
      run_as: { user_name: "local.admin@example.com" },
      tasks: [{ task_key: "fit", environment_key: "e", max_retries: 1, ...python }],
    };
    const job_id = await create(settings);
    const { run_as, ...kept } = settings;
    expect((await get(`get?job_id=${job_id}`)).body).toMatchObject({
      job_id,
      creator_user_name: run_as.user_name,
      run_as_user_name: run_as.user_name,
      settings: {
        ...kept,
        schedule: { ...settings.schedule, pause_status: "UNPAUSED" },
        tasks: [{ ...settings.tasks[0], run_if: "ALL_SUCCESS", timeout_seconds: 0 }],
        format: "MULTI_TASK",
        max_concurrent_runs: 1,
        queue: { enabled: true },
      },
    });
  });

  test("outlives the process", async () => {
    const { create, get, harness, start } = open();
    const job_id = await create({ name: "kept", tasks: [condition("a", "1")] });
    harness.reopen();
    start();
    expect((await get(`get?job_id=${job_id}`)).body).toMatchObject({ settings: { name: "kept" } });
  });

  test.each<[string, object, RegExp]>([
    ["two tasks of one key", { tasks: [condition("a", "1"), condition("a", "1")] }, /'a' is used/],
    ["an unknown dependency", { tasks: [condition("a", "1", "1", "b")] }, /depends on 'b'/],
    [
      "a circle",
      { tasks: [condition("a", "1", "1", "b"), condition("b", "1", "1", "a")] },
      /a -> b -> a/,
    ],
    ["a task of no kind", { tasks: [{ task_key: "a" }] }, /exactly one of spark_python_task/],
    ["a task without compute", { tasks: [{ task_key: "a", ...python }] }, /exactly one of env/],
    [
      "an unknown environment",
      { tasks: [{ task_key: "a", environment_key: "f", ...python }], environments },
      /environment_key 'f' is not defined/,
    ],
    [
      "an outcome of no condition",
      {
        environments,
        tasks: [
          { task_key: "a", environment_key: "e", ...python },
          { ...condition("b", "1"), depends_on: [{ task_key: "a", outcome: "true" }] },
        ],
      },
      /outcome is only allowed on a condition task/,
    ],
    ["an unknown reference", { tasks: [condition("a", "{{job.naem}}")] }, /\{\{job.naem\}\}/],
    [
      "a wrong cron",
      { schedule: { quartz_cron_expression: "0 6 * * *", timezone_id: "UTC" } },
      /'0 6 \* \* \*': it has 5 fields/,
    ],
    [
      "an unknown time zone",
      { schedule: { quartz_cron_expression: "0 0 6 * * ?", timezone_id: "Mars" } },
      /timezone_id: 'Mars'/,
    ],
    [
      "a stranger",
      { run_as: { user_name: "you@example.com" } },
      /'you@example.com' does not exist/,
    ],
    [
      "a service principal that is not registered",
      { run_as: { service_principal_name: "6f1b1a2c-9d3e-4f50-8a61-0c2d4e6f8a90" } },
      /service principal '6f1b1a2c-\S+' does not exist/,
    ],
    [
      "two identities",
      { run_as: { user_name: "local.admin@example.com", service_principal_name: "x" } },
      /exactly one of user_name and service_principal_name/,
    ],
    ["a wrong key", { tasks: [condition("a b", "1")] }, /task_key: allowed: 1 to 100/],
  ])("with %s is refused", async (_what, settings, message) => {
    const { post, get } = open();
    const { status, body } = await post("create", settings);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error_code: "INVALID_PARAMETER_VALUE",
      message: expect.stringMatching(message) as unknown,
    });
    expect((await get("list")).body).toEqual({ has_more: false });
  });

  test.each([
    ["notebook_task", { tasks: [{ task_key: "a", notebook_task: { notebook_path: "/a" } }] }],
    ["trigger", { trigger: { periodic: { interval: 1, unit: "DAYS" } } }],
    ["continuous", { continuous: {} }],
    ["git_source", { git_source: {} }],
    [
      "init_scripts",
      { job_clusters: [{ job_cluster_key: "c", new_cluster: { init_scripts: [] } }] },
    ],
  ])("with %s cannot run here and says so", async (field, settings) => {
    const { post } = open();
    const { status, body } = await post("create", settings);
    expect(status).toBe(501);
    expect(body).toMatchObject({ message: expect.stringContaining(field) as unknown });
  });

  test("is found by name whatever its case, and listed in pages", async () => {
    const { create, get } = open();
    const jobs: number[] = [];
    for (const name of ["a", "b", "c"])
      jobs.push(await create({ name, tasks: [condition("t", "1")] }));
    expect((await get("list?name=B")).body).toMatchObject({ jobs: [{ job_id: jobs[1] }] });
    const first = z
      .looseObject({ jobs: z.array(id), next_page_token: z.string() })
      .parse((await get("list?limit=2")).body);
    expect(first.jobs.map((job) => job.job_id)).toEqual([jobs[2], jobs[1]]);
    const rest = (await get(`list?limit=2&page_token=${first.next_page_token}`)).body;
    expect(rest).toMatchObject({ jobs: [{ job_id: jobs[0] }], has_more: false });
  });

  test("is replaced by reset and merged by update", async () => {
    const { create, get, post } = open();
    const job_id = await create({ name: "a", tags: { x: "1" }, tasks: [condition("t", "1")] });
    await post("update", { job_id, new_settings: { tasks: [condition("u", "2", "1", "t")] } });
    expect((await get(`get?job_id=${job_id}`)).body).toMatchObject({
      settings: { tags: { x: "1" }, tasks: [{ task_key: "t" }, { task_key: "u" }] },
    });
    const refused = await post("update", { job_id, fields_to_remove: ["tasks/t"] });
    expect(refused.body).toMatchObject({ message: expect.stringContaining("'t'") as unknown });
    await post("reset", { job_id, new_settings: { name: "b", tasks: [condition("v", "1")] } });
    const { settings } = z
      .looseObject({ settings: z.looseObject({ tasks: z.array(z.unknown()) }) })
      .parse((await get(`get?job_id=${job_id}`)).body);
    expect(settings).toMatchObject({ name: "b", tasks: [{ task_key: "v" }] });
    expect(settings.tasks).toHaveLength(1);
    expect(settings).not.toHaveProperty("tags");
  });

  test("that does not exist is told in Databricks' words", async () => {
    const { get, post } = open();
    const missing = {
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE", message: "Job 5 does not exist." },
    };
    expect(await get("get?job_id=5")).toMatchObject(missing);
    expect(await post("delete", { job_id: 5 })).toMatchObject(missing);
    expect(await post("run-now", { job_id: 5 })).toMatchObject(missing);
  });
});

describe("a run", () => {
  test("follows the graph", async () => {
    const { create, run, results } = open();
    const job_id = await create({
      parameters: [{ name: "word", default: "no" }],
      tasks: [
        condition("if", "{{job.parameters.word}}", "yes"),
        { ...condition("then", "1"), depends_on: [{ task_key: "if", outcome: "true" }] },
        { ...condition("else", "1"), depends_on: [{ task_key: "if", outcome: "false" }] },
        condition("after_then", "1", "1", "then"),
        { ...condition("both", "1", "1", "then", "else"), run_if: "NONE_FAILED" },
      ],
    });
    expect(await results(await run(job_id))).toEqual({
      if: "SUCCESS",
      then: "EXCLUDED",
      else: "SUCCESS",
      after_then: "EXCLUDED",
      both: "SUCCESS",
    });
    expect(await results(await run(job_id, { job_parameters: { word: "yes" } }))).toMatchObject({
      then: "SUCCESS",
      else: "EXCLUDED",
      after_then: "SUCCESS",
    });
  });

  test("with a failed task is an internal error, as on Databricks", async () => {
    const { create, run, ended, get } = open();
    const less = { op: "LESS_THAN", left: "a", right: "1" };
    const job_id = await create({
      tasks: [{ task_key: "a", condition_task: less }, condition("b", "1", "1", "a")],
    });
    const { state, tasks } = await ended(await run(job_id));
    expect(state).toMatchObject({
      life_cycle_state: "INTERNAL_ERROR",
      result_state: "FAILED",
      state_message:
        "Task a failed with message: Workload failed, see run output for details. " +
        "This caused all downstream tasks to get skipped.",
    });
    expect(tasks.map((task) => task.state.result_state)).toEqual(["FAILED", "UPSTREAM_FAILED"]);
    const { body } = await get(`runs/get-output?run_id=${tasks[0]?.run_id ?? 0}`);
    expect(body).toMatchObject({ error: "The operand 'a' is not a number." });
  });

  test("refuses parameters and tasks that the job does not have", async () => {
    const { create, post } = open();
    const job_id = await create({ tasks: [condition("t", "1")] });
    expect(await post("run-now", { job_id, job_parameters: { x: "1" } })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("'x' are not defined") as unknown },
    });
    expect(await post("run-now", { job_id, only: ["u"] })).toMatchObject({ status: 400 });
    expect(await post("run-now", { job_id, python_params: [] })).toMatchObject({ status: 501 });
  });

  test("of some tasks does not wait for the others", async () => {
    const { create, run, results } = open();
    const job_id = await create({ tasks: [condition("a", "1"), condition("b", "1", "1", "a")] });
    expect(await results(await run(job_id, { only: ["b"] }))).toEqual({ b: "SUCCESS" });
  });

  test("of a job within itself ends", async () => {
    const { create, post, run, results } = open();
    const job_id = await create({ max_concurrent_runs: 10, tasks: [condition("a", "1")] });
    await post("reset", {
      job_id,
      new_settings: {
        max_concurrent_runs: 10,
        tasks: [{ task_key: "again", run_job_task: { job_id } }],
      },
    });
    expect(await results(await run(job_id))).toEqual({ again: "FAILED" });
  });

  test("is skipped where no run is allowed", async () => {
    const { create, run, ended } = open();
    const job_id = await create({
      max_concurrent_runs: 0,
      queue: { enabled: false },
      tasks: [condition("a", "1")],
    });
    expect((await ended(await run(job_id))).state).toMatchObject({
      life_cycle_state: "SKIPPED",
      result_state: "MAXIMUM_CONCURRENT_RUNS_REACHED",
    });
  });

  test("waits in the queue, also for another process, until it is allowed", async () => {
    const { create, run, get, post, results, harness, start } = open();
    const settings = { queue: { enabled: true }, tasks: [condition("a", "1")] };
    const job_id = await create({ ...settings, max_concurrent_runs: 0 });
    const waiting = await run(job_id);
    harness.reopen();
    start();
    expect((await get(`runs/get?run_id=${waiting}`)).body).toMatchObject({
      state: { life_cycle_state: "QUEUED" },
      status: { state: "QUEUED" },
    });
    await post("reset", { job_id, new_settings: settings });
    expect(await results(waiting)).toEqual({ a: "SUCCESS" });
  });

  test("that was active when the process ended is over, with the reason", async () => {
    const { create, run, ended, harness, start } = open();
    const job_id = await create({ tasks: [condition("a", "1")] });
    const run_id = await run(job_id);
    await ended(run_id);
    // The record as a process that was killed half-way has left it.
    const runs = harness.workspace.store.collection("runs", z.record(z.string(), z.unknown()));
    const record = runs.get(String(run_id)) ?? {};
    delete record["result"];
    runs.put(String(run_id), {
      ...record,
      state: "RUNNING",
      tasks: [
        {
          task_key: "a",
          run_id: run_id + 1,
          state: "RUNNING",
          message: "",
          attempts: [{ run_id: run_id + 1, attempt_number: 0, start_time: 1 }],
          values: {},
        },
      ],
    });
    harness.reopen();
    start();
    const { state, tasks } = await ended(run_id);
    expect(state).toMatchObject({
      life_cycle_state: "INTERNAL_ERROR",
      result_state: "FAILED",
      state_message: "The workspace was restarted while this run was active.",
    });
    expect(tasks[0]?.state.result_state).toBe("FAILED");
  });

  test("is deleted only when it has ended", async () => {
    const { create, run, post, get, ended } = open();
    const queue = { enabled: true };
    const job_id = await create({ max_concurrent_runs: 0, queue, tasks: [condition("a", "1")] });
    const run_id = await run(job_id);
    expect(await post("runs/delete", { run_id })).toMatchObject({ status: 400 });
    await post("runs/cancel", { run_id });
    expect((await ended(run_id)).state).toMatchObject({ result_state: "CANCELED" });
    expect(await post("runs/delete", { run_id })).toMatchObject({ status: 200 });
    expect(await get(`runs/get?run_id=${run_id}`)).toMatchObject({ status: 400 });
  });
});

test("schedules start runs until they are paused", async () => {
  const { create, get, post } = open();
  const settings = (pause_status: string) => ({
    tasks: [condition("a", "1")],
    schedule: { quartz_cron_expression: "* * * * * ?", timezone_id: "UTC", pause_status },
  });
  const job_id = await create(settings("UNPAUSED"));
  onTestFinished(async () => {
    await post("delete", { job_id });
  });
  const count = async () =>
    z
      .looseObject({ runs: z.array(z.looseObject({ trigger: z.literal("PERIODIC") })).default([]) })
      .parse((await get(`runs/list?job_id=${job_id}`)).body).runs.length;
  await expect.poll(count, { timeout: 5000 }).toBeGreaterThan(0);
  await post("reset", { job_id, new_settings: settings("PAUSED") });
  const before = await count();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(await count()).toBe(before);
});
