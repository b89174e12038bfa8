import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { catalogOperations } from "../../../local/api/catalogs";
import { dataQualityMonitorOperations } from "../../../local/api/dataQualityMonitors";
import { schemaOperations } from "../../../local/api/schemas";
import { resumeMonitors } from "../../../local/dataQuality/monitors";
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

async function openWithTable() {
  const harness = openWorkspace([
    ...catalogOperations,
    ...dataQualityMonitorOperations,
    ...schemaOperations,
  ]);
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
  return { ...harness, config, monitor, table, one: `${path}/table/${table.table_id}` };
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
    expect(tables.statements).toMatchObject([
      expect.stringMatching(/`predictions_profile_metrics`.*`model_version` string.*`f1_score`/),
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
    expect(tables.statements).toHaveLength(2);
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
    const statements: string[] = [];
    harness.tables.execute = (statement) => Promise.resolve(void statements.push(statement));
    expect(statusOf((await harness.call("GET", harness.one)).body)).toMatch(/PENDING$/);
    await resumeMonitors(workspace);
    expect(statusOf((await harness.call("GET", harness.one)).body)).toMatch(/ACTIVE$/);
    expect(statements).toHaveLength(2);
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

  test("are of tables that exist; schemas and refreshes are refused by name", async () => {
    const { call, monitor, one } = await openWithTable();
    expect(await call("POST", path, { ...monitor(), object_id: "x" })).toMatchObject({
      status: 404,
    });
    expect(await call("POST", path, { ...monitor(), object_type: "schema" })).toMatchObject({
      status: 501,
    });
    await call("POST", path, monitor());
    expect((await call("GET", `${one}/refreshes`)).body).toEqual({ refreshes: [] });
    expect(await call("POST", `${one}/refreshes`, {})).toMatchObject({ status: 501 });
  });
});
