import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { call, sql } from "./durableWrites";
import { CATALOG, failures, FILES, python, SOURCES, step, TABLES } from "./failureCases";
import { attempts, ended, outputOf, read, results, start, upload, uploadTasks } from "./jobRuns";
import { startWorkspaceChild, type WorkspaceChild } from "./workspaceChild";

const WORKLOAD_FAILED = "Workload failed, see run output for details";

/** What a user sees of a run that failed, by the Jobs API alone. */
describe("a run that fails", () => {
  const folder = mkdtempSync(join(tmpdir(), "failures-"));
  let workspace: WorkspaceChild;

  beforeAll(async () => {
    workspace = await startWorkspaceChild(folder);
    const post = (path: string, body: object) => call(workspace, "POST", path, body);
    const { id } = z
      .object({ id: z.string() })
      .parse(await post("/api/2.0/sql/warehouses", { name: "sql", cluster_size: "2X-Small" }));
    await post("/api/2.1/unity-catalog/catalogs", { name: CATALOG });
    for (const name of ["bronze", "features", "labels", "models"])
      await post("/api/2.1/unity-catalog/schemas", { name, catalog_name: CATALOG });
    for (const table of TABLES) await sql(workspace, id, `CREATE TABLE ${CATALOG}.${table}`);
    const model = { name: "churn", catalog_name: CATALOG, schema_name: "models" };
    await post("/api/2.1/unity-catalog/models", model);
    await uploadTasks(workspace, FILES, ["churn", "mlops"]);
    for (const [name, source] of Object.entries(SOURCES))
      await upload(workspace, `${FILES}/${name}`, source);
  }, 90_000);

  afterAll(async () => {
    await workspace.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const startJob = (tasks: object[], more: object = {}): Promise<number> =>
    start(workspace, {
      name: "failing",
      tasks,
      environments: [{ environment_key: "serverless", spec: { environment_version: "4" } }],
      ...more,
    });
  const runJob = async (tasks: object[], more: object = {}) =>
    ended(workspace, await startJob(tasks, more));
  const asleep = (runId: number): Promise<void> =>
    vi.waitFor(async () => {
      const [slow] = attempts(await read(workspace, runId), "slow");
      expect((await outputOf(workspace, slow)).logs).toContain("asleep");
    }, 30_000);

  it.concurrent.each(failures)(
    "for $what is FAILED and says why",
    async ({ file, parameters, error, logs, trace }) => {
      const run = await runJob([
        python("first", file, parameters),
        step("next", ["first"], "ALL_SUCCESS"),
        step("last", ["next"], "ALL_SUCCESS"),
      ]);
      expect(results(run)).toEqual({
        first: "FAILED",
        next: "UPSTREAM_FAILED",
        last: "UPSTREAM_FAILED",
      });
      const message =
        `Task first failed with message: ${WORKLOAD_FAILED}. ` +
        "This caused all downstream tasks to get skipped.";
      expect(run.state).toMatchObject({ result_state: "FAILED", state_message: message });
      expect(run.status.termination_details).toEqual({
        code: "RUN_EXECUTION_ERROR",
        type: "CLIENT_ERROR",
        message,
      });
      const [first] = attempts(run, "first");
      expect(first.state).toMatchObject({
        life_cycle_state: "TERMINATED",
        state_message: WORKLOAD_FAILED,
      });
      const found = await outputOf(workspace, first);
      expect(found.error).toMatch(error);
      expect(found.logs).toContain(logs);
      if (trace !== undefined) expect(found.error_trace).toContain(trace);
      const [next] = attempts(run, "next");
      expect(next.status.termination_details).toMatchObject({ code: "SKIPPED" });
      expect(next.start_time).toBe(0);
    },
  );

  it.concurrent("for a file that does not exist names it in its state", async () => {
    const run = await runJob([python("first", "nowhere.py")]);
    const [first] = attempts(run, "first");
    expect(first.state).toMatchObject({
      life_cycle_state: "INTERNAL_ERROR",
      result_state: "FAILED",
      state_message: expect.stringContaining(`${FILES}/nowhere.py`) as unknown,
    });
    expect(first.status.termination_details).toMatchObject({ code: "RESOURCE_NOT_FOUND" });
    expect(run.state.state_message).toContain("Cannot read the python file");
    expect((await outputOf(workspace, first)).error).toContain(`${FILES}/nowhere.py`);
  });

  it.concurrent("for a package that is not there names it in its state", async () => {
    const spec = { environment_version: "4", dependencies: ["no-such-package==1.0"] };
    const run = await runJob([python("first", "fine.py")], {
      environments: [{ environment_key: "serverless", spec }],
    });
    const [first] = attempts(run, "first");
    expect(first.state).toMatchObject({ life_cycle_state: "INTERNAL_ERROR" });
    expect(first.state.state_message).toMatch(/^Library installation failed.*no-such-package/);
    expect(first.status.termination_details?.code).toBe("LIBRARY_INSTALLATION_ERROR");
  });

  it.concurrent("is tried again, not sooner than it shall", async () => {
    const retried = { max_retries: 5, min_retry_interval_millis: 1500 };
    const run = await runJob([
      python("third", "third.py", ["{{task.execution_count}}"], retried),
      step("next", ["third"], "ALL_SUCCESS"),
    ]);
    expect(run.state.result_state).toBe("SUCCESS");
    const tries = attempts(run, "third");
    expect(tries.map((one) => [one.attempt_number, one.state.result_state])).toEqual([
      [0, "FAILED"],
      [1, "FAILED"],
      [2, "SUCCESS"],
    ]);
    expect(new Set(tries.map(({ run_id }) => run_id)).size).toBe(3);
    const pauses = tries
      .slice(1)
      .map(({ start_time }, n) => start_time - (tries[n]?.start_time ?? 0));
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(1500);
    for (const pause of pauses) expect(pause).toBeLessThan(10_000);
    const outputs = await Promise.all(tries.map((one) => outputOf(workspace, one)));
    expect(outputs.map(({ logs }) => logs?.split("\n")[0])).toEqual(["try 1", "try 2", "try 3"]);
    const last = await read(workspace, tries[2]?.run_id ?? 0);
    expect(last.original_attempt_run_id).toBe(tries[0].run_id);
  });

  it.concurrent("is given up when its retries are used up", async () => {
    const run = await runJob([python("exits", "exits.py", [], { max_retries: 1 })]);
    expect(run.state.result_state).toBe("FAILED");
    expect(attempts(run, "exits").map(({ attempt_number }) => attempt_number)).toEqual([0, 1]);
  });

  it.concurrent.each([
    { retry_on_timeout: false, tries: 1 },
    { retry_on_timeout: true, tries: 2 },
  ])("for its task's time limit is TIMEDOUT, with %o", async ({ retry_on_timeout, tries }) => {
    const limits = { timeout_seconds: 1, max_retries: 1, retry_on_timeout };
    const run = await runJob([
      python("slow", "sleeps.py", [], limits),
      step("next", ["slow"], "ALL_SUCCESS"),
      step("anyway", ["slow"], "AT_LEAST_ONE_FAILED"),
    ]);
    expect(results(run)).toEqual({
      slow: "TIMEDOUT",
      next: "UPSTREAM_FAILED",
      anyway: "SUCCESS",
    });
    const all = attempts(run, "slow");
    expect(all.map(({ state }) => state.result_state)).toEqual(Array(tries).fill("TIMEDOUT"));
    expect(all[0].state.state_message).toContain("timeout_seconds, 1");
    expect(all[0].status.termination_details).toMatchObject({ code: "CANCELED" });
    expect(run.state.result_state).toBe("FAILED");
  });

  it.concurrent("for its own time limit is TIMEDOUT", async () => {
    const tasks = [python("slow", "sleeps.py"), step("next", ["slow"], "ALL_DONE")];
    const run = await runJob(tasks, { timeout_seconds: 2 });
    expect(run.state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "TIMEDOUT" });
    expect(run.state.state_message).toContain("timeout_seconds, 2");
    expect(results(run)).toEqual({ slow: "TIMEDOUT", next: "TIMEDOUT" });
  });

  it.concurrent("is CANCELED with all its tasks", async () => {
    const tasks = [python("slow", "sleeps.py"), step("cleanup", ["slow"], "ALL_DONE")];
    const runId = await startJob(tasks);
    await asleep(runId);
    await call(workspace, "POST", "/api/2.2/jobs/runs/cancel", { run_id: runId });
    const run = await ended(workspace, runId);
    expect(run.state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "CANCELED" });
    expect(run.status.termination_details?.code).toBe("USER_CANCELED");
    expect(results(run)).toEqual({ slow: "CANCELED", cleanup: "CANCELED" });
  });

  it.concurrent("goes on when one of its tasks is canceled", async () => {
    const runId = await startJob([
      python("slow", "sleeps.py"),
      step("beside", [], "ALL_SUCCESS"),
      step("next", ["slow"], "ALL_SUCCESS"),
      step("cleanup", ["slow", "next"], "AT_LEAST_ONE_FAILED"),
    ]);
    await asleep(runId);
    const { run_id } = attempts(await read(workspace, runId), "slow")[0];
    await call(workspace, "POST", "/api/2.2/jobs/runs/cancel", { run_id });
    const run = await ended(workspace, runId);
    expect(results(run)).toEqual({
      slow: "CANCELED",
      beside: "SUCCESS",
      next: "UPSTREAM_CANCELED",
      cleanup: "SUCCESS",
    });
    expect(run.state.result_state).toBe("SUCCESS_WITH_FAILURES");
  });

  it.concurrent("runs what handles failures, and only that", async () => {
    const run = await runJob([
      python("bad", "exits.py"),
      step("good", [], "ALL_SUCCESS"),
      step("all_success", ["bad", "good"], "ALL_SUCCESS"),
      step("at_least_one_success", ["bad", "good"], "AT_LEAST_ONE_SUCCESS"),
      step("none_failed", ["bad", "good"], "NONE_FAILED"),
      step("all_done", ["bad", "good"], "ALL_DONE"),
      step("at_least_one_failed", ["bad", "good"], "AT_LEAST_ONE_FAILED"),
      step("all_failed", ["bad", "good"], "ALL_FAILED"),
      step("after_excluded", ["all_failed"], "ALL_DONE"),
    ]);
    expect(results(run)).toEqual({
      bad: "FAILED",
      good: "SUCCESS",
      all_success: "UPSTREAM_FAILED",
      at_least_one_success: "SUCCESS",
      none_failed: "UPSTREAM_FAILED",
      all_done: "SUCCESS",
      at_least_one_failed: "SUCCESS",
      all_failed: "EXCLUDED",
      after_excluded: "EXCLUDED",
    });
    expect(run.state.result_state).toBe("FAILED");
  });
});
