import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { catalogOperations } from "../../../local/api/catalogs";
import { dataQualityMonitorOperations } from "../../../local/api/dataQualityMonitors";
import { dataQualityRefreshOperations } from "../../../local/api/dataQualityRefreshes";
import { schemaOperations } from "../../../local/api/schemas";
import { resumeMonitors } from "../../../local/dataQuality/lifecycle";
import { windowsOf } from "../../../local/dataQuality/history";
import { setProfiler, type Profiler } from "../../../local/dataQuality/profiler";
import { endSchedule } from "../../../local/dataQuality/schedules";
import type { ProfileSpec } from "../../../local/dataQuality/spec";
import { ApiError } from "../../../local/errors";
import { SqlRefusal } from "../../../local/lakehouse";
import { senderOf } from "../../../local/notifications/deliver";
import { openWorkspace } from "./harness";

const uc = "/api/2.1/unity-catalog";
const path = "/api/data-quality/v1/monitors";
const mask = "update_mask=anomaly_detection_config,data_profiling_config";

const inferenceLog = {
  problem_type: "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
  granularities: ["AGGREGATION_GRANULARITY_1_DAY"],
  timestamp_column: "timestamp",
  model_id_column: "model_version",
  prediction_column: "prediction",
  label_column: "actual_label",
};

/** A double of what computes metrics: notes what it is asked for, and computes nothing. */
class ProfilerDouble implements Profiler {
  readonly specs: ProfileSpec[] = [];
  readonly cancelled: number[] = [];
  /** Stands for the computation. */
  work = (): Promise<string> => Promise.resolve("Profiled 1 of 1 windows.");

  refreshProfile(_refreshId: number, spec: ProfileSpec): Promise<string> {
    this.specs.push(spec);
    return this.work();
  }

  cancelProfile(refreshId: number): Promise<void> {
    this.cancelled.push(refreshId);
    return Promise.resolve();
  }
}

async function openWithTable() {
  const harness = openWorkspace([
    ...catalogOperations,
    ...dataQualityMonitorOperations,
    ...dataQualityRefreshOperations,
    ...schemaOperations,
  ]);
  const profiler = new ProfilerDouble();
  setProfiler(harness.workspace, profiler);
  const { call, tables } = harness;
  await call("POST", `${uc}/catalogs`, { name: "ml" });
  const made = await call("POST", `${uc}/schemas`, { catalog_name: "ml", name: "monitoring" });
  const columns = ["timestamp", "model_version", "prediction", "actual_label"];
  const table = tables.put("ml.default.predictions", ...columns);
  const config = {
    output_schema_id: z.object({ schema_id: z.string() }).parse(made.body).schema_id,
    assets_dir: "/ml/monitoring/customer_churn_model",
    inference_log: inferenceLog,
    schedule: { quartz_cron_expression: "0 0 * * * ?", timezone_id: "UTC" },
  };
  const monitor = (change: object = {}) => ({
    object_type: "table",
    object_id: table.table_id,
    data_profiling_config: { ...config, ...change },
  });
  return { ...harness, config, monitor, profiler, table, one: `${path}/table/${table.table_id}` };
}

const statusOf = (body: unknown) =>
  z.object({ data_profiling_config: z.object({ status: z.string() }) }).parse(body)
    .data_profiling_config.status;

describe("data quality monitors", () => {
  test("are pending, then active with two empty metric tables in the output schema", async () => {
    const { call, config, monitor, one, tables } = await openWithTable();
    const made = await call("POST", path, monitor());
    expect(made.body).toMatchObject({
      data_profiling_config: {
        ...config,
        status: "DATA_PROFILING_STATUS_PENDING",
        monitor_version: 1,
        monitored_table_name: "ml.default.predictions",
        profile_metrics_table_name: "ml.monitoring.predictions_profile_metrics",
        drift_metrics_table_name: "ml.monitoring.predictions_drift_metrics",
      },
    });
    await sleep(10);
    expect(statusOf((await call("GET", one)).body)).toBe("DATA_PROFILING_STATUS_ACTIVE");
    expect(tables.statements.slice(0, 2)).toMatchObject([
      expect.stringMatching(/`predictions_profile_metrics`.*`model_version` STRING.*`f1_score`/),
      expect.stringMatching(/`predictions_drift_metrics`.*`js_distance` DOUBLE/),
    ]);
  });

  test("without labels have no model quality, without a log no model column", async () => {
    const { call, monitor, tables } = await openWithTable();
    const time_series = {
      granularities: ["AGGREGATION_GRANULARITY_1_HOUR"],
      timestamp_column: "timestamp",
    };
    await call("POST", path, monitor({ inference_log: undefined, time_series }));
    await sleep(10);
    expect(tables.statements.length).toBeGreaterThan(1);
    expect(tables.statements.join()).not.toMatch(/f1_score|model_version|mean_squared/);
  });

  test("say why they failed", async () => {
    const { call, monitor, one, tables } = await openWithTable();
    tables.execute = () => Promise.reject(new Error("no space left"));
    await call("POST", path, monitor());
    await sleep(10);
    expect((await call("GET", one)).body).toMatchObject({
      data_profiling_config: {
        status: "DATA_PROFILING_STATUS_FAILED",
        latest_monitor_failure_message: "no space left",
      },
    });
  });

  test("that were pending when the workspace was killed are taken up again", async () => {
    const harness = await openWithTable();
    harness.tables.execute = () => new Promise(() => undefined);
    await harness.call("POST", path, harness.monitor());
    const workspace = harness.reopen();
    setProfiler(workspace, new ProfilerDouble());
    const statements: string[] = [];
    harness.tables.execute = (statement) => Promise.resolve(void statements.push(statement));
    expect(statusOf((await harness.call("GET", harness.one)).body)).toMatch(/PENDING$/);
    await resumeMonitors(workspace);
    expect(statusOf((await harness.call("GET", harness.one)).body)).toMatch(/ACTIVE$/);
    expect(statements.slice(0, 2).join()).toMatch(/_profile_metrics.*_drift_metrics/);
  });

  test("an update replaces the configuration and counts it", async () => {
    const { call, config, one, monitor } = await openWithTable();
    await call("POST", path, monitor());
    const schedule = { quartz_cron_expression: "0 0 6 * * ?", timezone_id: "UTC" };
    const slicing = { ...config, assets_dir: undefined, schedule, slicing_exprs: ["prediction"] };
    await call("PATCH", `${one}?${mask}`, { data_profiling_config: slicing });
    const { body } = await call("GET", one);
    expect(body).toMatchObject({
      data_profiling_config: { schedule, slicing_exprs: ["prediction"], monitor_version: 2 },
    });
    expect(JSON.stringify(body)).not.toContain("assets_dir");
    await call("PATCH", `${one}?update_mask=data_profiling_config.schedule.timezone_id`, {
      data_profiling_config: { schedule: { ...schedule, timezone_id: "Europe/Berlin" } },
    });
    expect((await call("GET", one)).body).toMatchObject({
      data_profiling_config: { schedule: { ...schedule, timezone_id: "Europe/Berlin" } },
    });
  });

  test("are gone after deletion, or with their table; the metric tables stay", async () => {
    const { call, monitor, one, tables } = await openWithTable();
    await call("POST", path, monitor());
    expect(await call("POST", path, monitor())).toMatchObject({ status: 409 });
    expect(await call("DELETE", one)).toMatchObject({ status: 200 });
    expect(await call("GET", one)).toMatchObject({ status: 404 });
    expect(tables.statements.join()).not.toContain("DROP");
    await call("POST", path, monitor());
    tables.tables.delete("ml.default.predictions");
    expect(await call("GET", one)).toMatchObject({ status: 404 });
  });

  test.each([
    ["a granularity", { inference_log: { ...inferenceLog, granularities: ["1 day"] } }, 400],
    ["no granularity", { inference_log: { ...inferenceLog, granularities: [] } }, 400],
    ["a problem type", { inference_log: { ...inferenceLog, problem_type: "RANKING" } }, 400],
    ["a column", { inference_log: { ...inferenceLog, label_column: "no" } }, 400],
    ["two analyses", { snapshot: {} }, 400],
    ["no analysis", { inference_log: undefined }, 400],
    [
      "a cron expression",
      { schedule: { quartz_cron_expression: "0 * * * *", timezone_id: "UTC" } },
      400,
    ],
    ["a baseline", { baseline_table_name: "ml.default.no" }, 404],
    ["an output schema", { output_schema_id: "x" }, 404],
    ["custom metrics", { custom_metrics: [] }, 501],
  ])("with a wrong %s are refused", async (_, change, status) => {
    const { call, monitor } = await openWithTable();
    expect(await call("POST", path, monitor(change))).toMatchObject({ status });
    expect((await call("GET", path)).body).toEqual({ monitors: [] });
  });

  test("are of tables that exist; schemas are refused by name", async () => {
    const { call, monitor } = await openWithTable();
    expect(await call("POST", path, { ...monitor(), object_id: "x" })).toMatchObject({
      status: 404,
    });
    expect(await call("POST", path, { ...monitor(), object_type: "schema" })).toMatchObject({
      status: 501,
    });
  });

  test("with slices that the SQL engine cannot compute are refused", async () => {
    const { call, monitor, tables } = await openWithTable();
    tables.execute = () => Promise.reject(new ApiError("INVALID_PARAMETER_VALUE", "no column x"));
    const made = await call("POST", path, monitor({ slicing_exprs: ["x > 1"] }));
    expect(made).toMatchObject({
      status: 400,
      body: { message: "slicing_exprs: 'x > 1': no column x" },
    });
  });
});

const oneRefresh = z.looseObject({ refresh_id: z.number(), state: z.string() });
const manyRefreshes = z.object({ refreshes: z.array(oneRefresh) });

describe("refreshes of monitors", () => {
  async function openWithMonitor(change: object = {}) {
    const opened = await openWithTable();
    await opened.call("POST", path, opened.monitor(change));
    await sleep(10);
    const { call, one } = opened;
    const list = async () =>
      manyRefreshes.parse((await call("GET", `${one}/refreshes`)).body).refreshes;
    const start = async () =>
      oneRefresh.parse((await call("POST", `${one}/refreshes`, {})).body).refresh_id;
    const get = async (id: number) => (await call("GET", `${one}/refreshes/${id}`)).body;
    return { ...opened, list, start, get };
  }

  test("making a monitor refreshes it once, changing it does not", async () => {
    const { call, config, list, one, profiler, table } = await openWithMonitor({
      slicing_exprs: ["prediction"],
    });
    expect(await list()).toMatchObject([{ state: "MONITOR_REFRESH_STATE_SUCCESS" }]);
    expect(profiler.specs).toMatchObject([
      {
        object_id: table.table_id,
        table: "ml.default.predictions",
        profile_table: "ml.monitoring.predictions_profile_metrics",
        granularities: ["1 day"],
        model_column: "model_version",
        problem: "classification",
        slicing_exprs: ["prediction"],
      },
    ]);
    await call("PATCH", `${one}?${mask}`, { data_profiling_config: config });
    await sleep(10);
    expect(await list()).toHaveLength(1);
  });

  test("wait, run one after the other, and say what they did; the newest comes first", async () => {
    const { call, one, list, get, profiler, start, table } = await openWithMonitor();
    let finish: (said: string) => void = () => undefined;
    profiler.work = () => new Promise((resolve) => (finish = resolve));
    const asked = { object_type: "table", object_id: table.table_id };
    const made = await call("POST", `${one}/refreshes`, asked);
    expect(made.body).toMatchObject({
      ...asked,
      state: "MONITOR_REFRESH_STATE_PENDING",
      trigger: "MONITOR_REFRESH_TRIGGER_MANUAL",
    });
    const first = oneRefresh.parse(made.body).refresh_id;
    const second = await start();
    await sleep(10);
    expect(await list()).toMatchObject([
      { refresh_id: second, state: "MONITOR_REFRESH_STATE_PENDING" },
      { refresh_id: first, state: "MONITOR_REFRESH_STATE_RUNNING" },
      { state: "MONITOR_REFRESH_STATE_SUCCESS" },
    ]);
    finish("Profiled 3 of 9 windows.");
    await sleep(10);
    expect(await get(first)).toMatchObject({
      state: "MONITOR_REFRESH_STATE_SUCCESS",
      message: "Profiled 3 of 9 windows.",
    });
    expect(await get(second)).toMatchObject({ state: "MONITOR_REFRESH_STATE_RUNNING" });
  });

  test("that fail say why, by mail too, and so does the monitor until one succeeds", async () => {
    const email_addresses = ["team@example.com"];
    const { call, get, one, profiler, start, workspace } = await openWithMonitor({
      notification_settings: { on_failure: { email_addresses } },
    });
    const work = profiler.work;
    profiler.work = () =>
      Promise.reject(new SqlRefusal("TABLE_OR_VIEW_NOT_FOUND", "No table `b`.", "42P01"));
    const failed = await start();
    await sleep(10);
    const message = "[TABLE_OR_VIEW_NOT_FOUND] No table `b`. SQLSTATE: 42P01";
    expect(await get(failed)).toMatchObject({ state: "MONITOR_REFRESH_STATE_FAILED", message });
    await senderOf(workspace).close();
    const mails = readdirSync(workspace.folder("mail"));
    const mail = readFileSync(join(workspace.folder("mail"), mails.join()), "utf8");
    expect(mail).toMatch(/To: team@example.com[^]*could not be refreshed[^]*No table `b`/);
    const failure = async () => JSON.stringify((await call("GET", one)).body);
    expect(await failure()).toContain(message);
    profiler.work = work;
    await start();
    await sleep(10);
    expect(await failure()).not.toContain("latest_monitor_failure_message");
  });

  test("can be cancelled while they wait or run, and then no more", async () => {
    const { call, get, one, profiler, start } = await openWithMonitor();
    profiler.work = () => new Promise(() => undefined);
    const running = await start();
    const waiting = await start();
    await sleep(10);
    for (const id of [running, waiting])
      expect((await call("POST", `${one}/refreshes/${id}/cancel`)).body).toMatchObject({
        refresh: { refresh_id: id, state: "MONITOR_REFRESH_STATE_CANCELED" },
      });
    expect(profiler.cancelled).toEqual([running]);
    expect(await get(running)).toMatchObject({ state: "MONITOR_REFRESH_STATE_CANCELED" });
    expect(await call("POST", `${one}/refreshes/${running}/cancel`)).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_STATE" },
    });
  });

  test("cut off by the end of the workspace end as failed, and say so", async () => {
    const { get, profiler, reopen, start } = await openWithMonitor();
    profiler.work = () => new Promise(() => undefined);
    const running = await start();
    const waiting = await start();
    await sleep(10);
    await resumeMonitors(reopen());
    for (const id of [running, waiting])
      expect(await get(id)).toMatchObject({
        state: "MONITOR_REFRESH_STATE_FAILED",
        message: "The workspace ended before the refresh did. Refresh again.",
      });
  });

  test("come by schedule, also after a restart, until the monitor is deleted", async () => {
    const everySecond = { quartz_cron_expression: "* * * * * ?", timezone_id: "UTC" };
    const {
      call,
      list,
      one,
      reopen,
      table,
      workspace: killed,
    } = await openWithMonitor({
      schedule: everySecond,
    });
    // A killed process has no timers; this one lives on.
    endSchedule(killed, table.table_id);
    const workspace = reopen();
    const profiler = new ProfilerDouble();
    setProfiler(workspace, profiler);
    await resumeMonitors(workspace);
    await sleep(1100);
    expect(profiler.specs.length).toBeGreaterThan(0);
    expect((await list())[0]).toMatchObject({ trigger: "MONITOR_REFRESH_TRIGGER_SCHEDULE" });
    await call("DELETE", one);
    const before = profiler.specs.length;
    await sleep(1100);
    expect(profiler.specs).toHaveLength(before);
  });

  test("of unknown monitors, with other fields, or of other tables are refused", async () => {
    const { call, one } = await openWithMonitor();
    expect(await call("POST", `${path}/table/x/refreshes`, {})).toMatchObject({ status: 404 });
    expect(await call("POST", `${path}/schema/x/refreshes`, {})).toMatchObject({ status: 501 });
    expect(await call("GET", `${one}/refreshes/1`)).toMatchObject({ status: 404 });
    for (const [body, status] of [
      [{ object_id: "x" }, 400],
      [{ state: "MONITOR_REFRESH_STATE_SUCCESS" }, 501],
    ] as const)
      expect(await call("POST", `${one}/refreshes`, body)).toMatchObject({ status });
  });

  test("add the columns that metric tables lack since the monitor was changed", async () => {
    const { start, tables } = await openWithMonitor();
    tables.put("ml.monitoring.predictions_profile_metrics", "window", "log_type");
    tables.statements.length = 0;
    await start();
    await sleep(10);
    expect(tables.statements[0]).toMatch(
      /^ALTER TABLE `ml`.`monitoring`.`predictions_profile_metrics` ADD COLUMNS \(.*`count` BIGINT/,
    );
  });
});

describe("drift history", () => {
  test("puts columns, scores and counts of a window together", () => {
    const day = 86_400_000;
    const drift = [
      ["1 day", "0", String(day), "age", "0.3", "BASELINE"],
      ["1 day", "0", String(day), "amount", "0.01", "CONSECUTIVE"],
      ["1 day", String(day), String(2 * day), "age", "0.02", "CONSECUTIVE"],
    ];
    const counts = [["1 day", "0", String(day), "1200"]];
    expect(windowsOf(drift, counts)).toMatchObject([
      {
        start: new Date(0),
        end: new Date(day),
        rows: 1200,
        score: 0.3,
        columns: [
          { column: "age", psi: 0.3, driftType: "BASELINE" },
          { column: "amount", psi: 0.01 },
        ],
      },
      { start: new Date(day), rows: 0, score: 0.02 },
    ]);
  });
});
