import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { query } from "../../cli/shared/sql";
import { inputs } from "../../stacks/customers/churnTables";
import { MODEL, register } from "./candidates";
import { processesWith } from "./command";
import { Deployment, MINUTES, only, said } from "./deployment";
import { championOf, nominate } from "./engineGate";
import { Interceptor, type Moment } from "./interceptor";
import { startLoad } from "./load";

const ENDPOINT = "customer-churn-model-endpoint";
const PAYLOAD = "ml_local.inference_logs.customer_churn_model_payload";
const JOB = "customer-churn-canary";

const STEPS = `      canary:
        - percent: 10
          minRequests: 20
          atMost: { error_rate: 0.01, prediction_drift: 0.2 }
        - percent: 50
          minRequests: 20
          atMost: { error_rate: 0.01, prediction_drift: 0.2, latency_p95_ms: 60000 }
`;

const withCanary = (yaml: string): string =>
  only("customerChurn")(yaml).replace(
    "mlops:customerChurn:\n    gate:\n",
    `mlops:customerChurn:\n    gate:\n${STEPS}`,
  );

const GOOD = { val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: 0.9 };
const candidates = { first: GOOD, good: GOOD, other: GOOD };
type Name = keyof typeof candidates;

const served = z.looseObject({
  config: z.looseObject({
    traffic_config: z.looseObject({
      routes: z.array(
        z.looseObject({ served_model_name: z.string(), traffic_percentage: z.number() }),
      ),
    }),
  }),
});

const registered = z.looseObject({
  model_version: z.looseObject({
    run_id: z.string(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  }),
});

const row = Object.fromEntries(inputs.map(({ name }) => [name, 1]));

/** A candidate on its way through the traffic, with the real engine. Processes are found in /proc. */
describe.runIf(process.platform === "linux")("a gate with steps of traffic", () => {
  let deployment: Deployment;
  let interceptor: Interceptor;
  let warehouse: string;
  let versions: Record<Name, string>;
  let asked = 0;

  beforeAll(async () => {
    deployment = await Deployment.create(withCanary);
    interceptor = await Interceptor.start(deployment.workspace.url);
    deployment.through = interceptor.url;
    const made = await up();
    warehouse = /warehouseId\s*: "(\w+)"/.exec(made)?.[1] ?? "";
    versions = await register(deployment.connection, candidates, { other: { answer: 0 } });
    await nominate(deployment, versions.first);
    expect(await up()).toContain(`v${versions.first} → champion: PROMOTED`);
  }, 8 * MINUTES);

  afterAll(async () => {
    await interceptor.close();
    await deployment.close();
  });

  async function up(): Promise<string> {
    const result = await deployment.up();
    expect(result.exitCode, said(result)).toBe(0);
    return said(result);
  }

  /** The share of each candidate in the endpoint's traffic. */
  async function traffic(): Promise<Partial<Record<Name, number>>> {
    const answer = await deployment.call("GET", `/api/2.0/serving-endpoints/${ENDPOINT}`);
    const { routes } = served.parse(answer).config.traffic_config;
    const shares = routes.map(({ served_model_name: entity, traffic_percentage }) => {
      const found = Object.entries(versions).find(([, v]) => entity.endsWith(`_model-${v}`));
      return [found?.[0] ?? entity, traffic_percentage];
    });
    return Object.fromEntries(shares) as Partial<Record<Name, number>>;
  }

  async function read(name: Name) {
    const path = `/api/2.0/mlflow/unity-catalog/model-versions/get?name=${MODEL}`;
    const answer = await deployment.call("GET", `${path}&version=${versions[name]}`);
    const { run_id, tags } = registered.parse(answer).model_version;
    const tag = (key: string) => tags.find((one) => one.key === key)?.value;
    return {
      runId: run_id,
      canary: tag("mlops_gate_canary"),
      rejected: tag("mlops_gate_rejected"),
    };
  }

  /** Sends requests, waits until they are captured, and measures the candidate's. */
  async function send(requests: number): Promise<void> {
    const load = startLoad(deployment.connection, ENDPOINT, {
      ...{ concurrency: 4, requests },
      body: () => ({ dataframe_records: [row] }),
    });
    await load.ended;
    expect(load.answers.filter(({ status }) => status !== 200)).toEqual([]);
    asked += requests;
    const count = `SELECT count(*) FROM ${PAYLOAD}`;
    await vi.waitFor(
      async () => {
        expect(await query(deployment.connection, warehouse, count)).toEqual([[String(asked)]]);
      },
      { timeout: 60_000, interval: 300 },
    );
  }

  async function measure(name: Name): Promise<ReadonlyMap<string, number>> {
    const run = await deployment.run(JOB);
    expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
    return deployment.metricsOf((await read(name)).runId);
  }

  /** Kills the update with SIGKILL at that moment, and takes its lock away. */
  async function killAt(moment: Moment): Promise<void> {
    const killed = interceptor.at(moment, () => {
      const stack = `file://${deployment.folder}`;
      const cli = processesWith("PULUMI_BACKEND_URL", stack).filter(({ line }) =>
        /(^|\/)pulumi up/.test(line),
      );
      expect(cli).not.toEqual([]);
      for (const { pid } of cli) process.kill(pid, "SIGKILL");
      return Promise.resolve("withhold");
    });
    const ended = deployment.up();
    const first = await Promise.race([killed.then(() => "killed"), ended.then(said)]);
    expect(first).toBe("killed");
    expect((await ended).exitCode).not.toBe(0);
    const cancelled = await deployment.pulumi("cancel", "--yes");
    expect(cancelled.exitCode, said(cancelled)).toBe(0);
  }

  it(
    "gives a candidate the first share, also after an update that ended with its note alone",
    async () => {
      await nominate(deployment, versions.good);
      await killAt({ method: "POST", path: /\/model-versions\/set-tag$/, at: "answer" });
      const { canary } = await read("good");
      expect(JSON.parse(canary ?? "null")).toMatchObject({ step: 0, percent: 10 });
      expect(await traffic()).toEqual({ first: 100 });

      expect(await up()).toContain(`v${versions.good} → champion: CANARY`);
      expect((await read("good")).canary).toBe(canary);
      expect(await traffic()).toEqual({ first: 90, good: 10 });
      expect(await championOf(deployment)).toBe(versions.first);
    },
    8 * MINUTES,
  );

  it(
    "changes nothing until enough of the traffic is measured",
    async () => {
      await send(500);
      const preview = await deployment.pulumi("preview", "--expect-no-changes");
      expect(preview.exitCode, said(preview)).toBe(0);
      const metrics = await measure("good");
      const requests = metrics.get("canary_10_requests") ?? NaN;
      // Five standard deviations around a tenth of them.
      expect(Math.abs(requests - 50)).toBeLessThan(5 * Math.sqrt(500 * 0.1 * 0.9));
      expect(metrics.get("canary_10_error_rate")).toBe(0);
      expect(metrics.get("canary_10_prediction_drift")).toBeLessThan(0.01);
      expect(metrics.get("canary_10_latency_p95_ms")).toBeGreaterThan(0);
    },
    8 * MINUTES,
  );

  it(
    "goes on from the step that was noted when an update is killed before the endpoint follows",
    async () => {
      await killAt({ method: "PUT", path: /\/serving-endpoints\/[\w-]+\/config$/, at: "request" });
      const { canary } = await read("good");
      expect(JSON.parse(canary ?? "null")).toMatchObject({ step: 1, percent: 50 });
      expect(await traffic()).toEqual({ first: 90, good: 10 });

      expect(await up()).toContain(`v${versions.good} → champion: CANARY`);
      expect((await read("good")).canary, "since when it is there is kept").toBe(canary);
      expect(await traffic()).toEqual({ first: 50, good: 50 });
      expect(await championOf(deployment)).toBe(versions.first);
    },
    8 * MINUTES,
  );

  it(
    "promotes what holds on the last step",
    async () => {
      await send(100);
      const metrics = await measure("good");
      expect(metrics.get("canary_50_requests")).toBeGreaterThan(20);
      expect(await up()).toContain(`v${versions.good} → champion: PROMOTED`);
      expect(await championOf(deployment)).toBe(versions.good);
      expect(await traffic()).toEqual({ good: 100 });
    },
    8 * MINUTES,
  );

  it(
    "takes all traffic back from one that answers otherwise, and does not try it again",
    async () => {
      await nominate(deployment, versions.other);
      await up();
      expect(await traffic()).toEqual({ good: 90, other: 10 });
      await send(500);
      const metrics = await measure("other");
      expect(metrics.get("canary_10_prediction_drift")).toBeGreaterThan(0.2);

      expect(await up()).toMatch(
        new RegExp(`v${versions.other} → champion: REFUSED \\(.*prediction_drift`),
      );
      expect(await traffic()).toEqual({ good: 100 });
      expect(await championOf(deployment)).toBe(versions.good);
      const { rejected, canary } = await read("other");
      expect(JSON.parse(rejected ?? "null")).toMatchObject({ by: "its canary" });
      expect(canary).toBe("");

      expect(await up()).toContain(`v${versions.other} → champion: REFUSED`);
      expect(await traffic()).toEqual({ good: 100 });
      expect((await read("other")).canary).toBe("");
    },
    8 * MINUTES,
  );
});
