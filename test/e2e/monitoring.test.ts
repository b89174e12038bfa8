import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { checkDrift, type Drift } from "../../cli/loop/driftCheck";
import { followRun } from "../../cli/job/runJob";
import { query, type Rows } from "../../cli/shared/sql";
import { daysAgo } from "../../cli/loop/traffic";
import { inputs } from "../../stacks/customers/churnTables";
import { MODEL, register } from "./candidates";
import { Deployment, MINUTES, only, said } from "./deployment";

const ENDPOINT = "customer-churn-model-endpoint";
const PAYLOAD = "ml_local.inference_logs.customer_churn_model_payload";
const PREDICTIONS = "ml_local.inference_logs.customer_churn_model_predictions";
const FEATURES = "ml_local.features.customer_churn_features";
const COLUMNS = inputs.map(({ name }) => name);
/** Where the amounts spent are in `COLUMNS`. */
const SPEND = COLUMNS.indexOf("total_spend");

/** One customer in so many makes a window that counts. They are numbered by when they came. */
const ONE_IN = 36;

const runList = z.object({
  runs: z.array(z.object({ run_id: z.number(), trigger: z.string() })).default([]),
});

/** Requests become predictions, predictions drift, and drift starts one training. */
describe("monitoring", () => {
  let deployment: Deployment;
  let warehouse: string;
  let requests = 0;

  const up = async () => {
    const result = await deployment.up();
    expect(result.exitCode, said(result)).toBe(0);
    warehouse = /warehouseId\s*: "(\w+)"/.exec(said(result))?.[1] ?? "";
  };

  const succeed = async (job: string) => {
    const run = await deployment.run(job);
    expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
    return run;
  };

  const sql = (statement: string): Promise<Rows> =>
    query(deployment.connection, warehouse, statement);

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"));
    await up();
    const data = (async () => {
      await succeed("purchases-load");
      await succeed("customer-churn-labels");
      await succeed("customer-churn-features-refresh");
    })();
    const metrics = { val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: 0.9 };
    const [{ good }] = await Promise.all([
      register(deployment.connection, { good: metrics }),
      data,
    ]);
    const challenger = `/api/2.1/unity-catalog/models/${MODEL}/aliases/challenger`;
    await deployment.call("PUT", challenger, { version_num: Number(good) });
    await up();
  }, 4 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  /** Asks about some customers in one request, their key beside the inputs, as if days ago. */
  async function ask(ago: number, { limit = 1000, spend = 1 } = {}): Promise<number> {
    const people = await sql(
      `SELECT customer_id, ${COLUMNS.join(", ")} FROM ${FEATURES} ` +
        `WHERE CAST(customer_id AS INT) % ${ONE_IN} = ${ago} LIMIT ${limit}`,
    );
    const data = people.map(([key, ...values]) => [
      key,
      ...values.map((value, at) =>
        value === null ? null : Number(value) * (at === SPEND ? spend : 1),
      ),
    ]);
    const { host, token } = deployment.connection;
    const response = await fetch(`${host}/serving-endpoints/${ENDPOINT}/invocations`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-local-request-time": daysAgo(ago).toISOString(),
      },
      body: JSON.stringify({ dataframe_split: { columns: ["customer_id", ...COLUMNS], data } }),
    });
    expect(response.status, await response.text()).toBe(200);
    await captured(++requests);
    return data.length;
  }

  /** Waits for requests to be in the payload table, which takes a moment as on Databricks. */
  const captured = (wanted: number): Promise<void> =>
    vi.waitFor(
      async () => {
        expect(await sql(`SELECT count(*) FROM ${PAYLOAD}`)).toEqual([[String(wanted)]]);
      },
      { timeout: 20_000, interval: 200 },
    );

  const check = (): Promise<Drift> =>
    checkDrift(deployment.connection, {
      warehouseId: warehouse,
      unpackJob: "customer-churn-monitor-unpack",
      predictions: PREDICTIONS,
      alert: "customer_churn_model drift",
    });

  /** Runs the retrain job; what its check said, and how its last task ended. */
  async function retrain(): Promise<{ log: string; outcome: string | undefined }> {
    const { tasks } = await succeed("customer-churn-drift-retrain");
    const task = (key: string) => tasks.find((one) => one.key === key);
    return { log: task("check_drift")?.logs ?? "", outcome: task("retrain")?.result };
  }

  async function trainingJob(): Promise<number> {
    const path = "/api/2.2/jobs/list?name=customer-churn-training";
    const { jobs } = z
      .object({ jobs: z.tuple([z.object({ job_id: z.number() })]) })
      .parse(await deployment.call("GET", path));
    return jobs[0].job_id;
  }

  /** What started each training, the latest first. */
  async function trainings(): Promise<string[]> {
    const path = `/api/2.2/jobs/runs/list?job_id=${await trainingJob()}`;
    return runList.parse(await deployment.call("GET", path)).runs.map(({ trigger }) => trigger);
  }

  /** Trains as a task of another job than the one that retrains. */
  async function trainOtherwise(): Promise<void> {
    const run_job_task = { job_id: await trainingJob() };
    const body = { run_name: "by hand", tasks: [{ task_key: "train", run_job_task }] };
    const path = "/api/2.2/jobs/runs/submit";
    const started = z.object({ run_id: z.number() });
    const { run_id } = started.parse(await deployment.call("POST", path, body));
    expect(await followRun(deployment.connection, run_id)).toMatchObject({ result: "SUCCESS" });
  }

  it("unpacks what was asked, each request once, with the outcomes that are known", async () => {
    const rows = (await ask(4)) + (await ask(3));
    await succeed("customer-churn-monitor-unpack");
    const count =
      `SELECT count(*), count(DISTINCT request_id), count(DISTINCT record_key), ` +
      `min(model_version), max(prediction) FROM ${PREDICTIONS}`;
    const first = await sql(count);
    expect(first).toEqual([[String(rows), "2", String(rows), "1", "1"]]);
    const outcomes =
      `SELECT count(*) FROM ${PREDICTIONS} AS p JOIN ml_local.labels.churn_labels AS l ` +
      "ON l.customer_id = p.record_key AND l.churned = p.actual_label";
    const [labelled] = await sql(outcomes);
    // The others are in the holdout.
    expect(Number(labelled?.[0]) / rows).toBeCloseTo(0.8, 1);
    await succeed("customer-churn-monitor-unpack");
    expect(await sql(count)).toEqual(first);
    expect(await sql(outcomes)).toEqual([labelled]);
  });

  it("measures no drift between days of the same customers, and starts nothing", async () => {
    const drift = await check();
    expect(drift.state).toBe("OK");
    expect(drift.score).toBeGreaterThan(0);
    expect(drift.score).toBeLessThan(0.1);
    expect(await retrain()).toMatchObject({ outcome: "EXCLUDED" });
    expect(await trainings()).toEqual([]);
  });

  it("takes no notice of three requests, however odd", async () => {
    const before = await check();
    await ask(2, { limit: 3, spend: 1000 });
    expect(await check()).toEqual(before);
  });

  it("finds drift, and starts training once, whoever else has trained", async () => {
    const others = trainOtherwise();
    await ask(1, { spend: 5 });
    const drift = await check();
    expect(drift).toMatchObject({ state: "TRIGGERED", column: "total_spend" });
    await others;
    const first = await retrain();
    expect(first.outcome).toBe("SUCCESS");
    expect(first.log).toContain("total_spend, against the baseline");
    expect(first.log).toContain(`drift_score = ${String(drift.score).slice(0, 4)}`);
    expect(await trainings()).toEqual(["RUN_JOB_TASK", "RUN_JOB_TASK"]);

    const second = await retrain();
    expect(second.outcome).toBe("EXCLUDED");
    expect(second.log).toMatch(/was started on .* by drift, less than 24 hours ago: reporting 0/);
    expect(await trainings()).toHaveLength(2);
  });
});
