import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { python } from "../../cli/python/python";
import { call, sql } from "./durableWrites";
import { p95, startLoad, type Answer, type Load } from "./load";
import { startWorkspaceChild, type WorkspaceChild } from "./workspaceChild";

const ENDPOINT = "echo";
const MODEL = "served.default.echo";
const TABLE = "served.default.echo_payload";
const PATH = `/api/2.0/serving-endpoints/${ENDPOINT}`;

const REQUESTS = 5000;
const CONCURRENCY = 8;
const KILLS = 2;

const commandOf = (id: number) => readFileSync(`/proc/${id}/cmdline`, "utf8");

const versioned = (version: number) => ({
  ...{ entity_name: MODEL, entity_version: String(version) },
  ...{ workload_size: "Small", scale_to_zero_enabled: false },
});

/** Whether the entity that is named in the header is the one whose answer it is. */
const isFromServed = ({ n, served, predictions }: Answer) =>
  predictions[0] === n * Number(served.slice("echo-".length));

/** What becomes of requests: under load, while versions change, and when the workspace is killed. */
describe("an endpoint under load", () => {
  const folder = mkdtempSync(join(tmpdir(), "serving-"));
  let workspace: WorkspaceChild;
  let warehouse: string;

  beforeAll(async () => {
    workspace = await startWorkspaceChild(folder);
    await call(workspace, "POST", "/api/2.1/unity-catalog/catalogs", { name: "served" });
    const made = await call(workspace, "POST", "/api/2.0/sql/warehouses", {
      ...{ name: "served", cluster_size: "2X-Small" },
    });
    warehouse = z.object({ id: z.string() }).parse(made).id;
    const script = join(__dirname, "echo_model.py");
    const registered = spawnSync(python, [script, MODEL, "2"], {
      encoding: "utf8",
      env: {
        ...{ PATH: process.env["PATH"], HOME: tmpdir() },
        ...{ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.token },
      },
    });
    expect(registered.status, registered.stderr).toBe(0);
    await call(workspace, "POST", "/api/2.0/serving-endpoints", {
      name: ENDPOINT,
      config: { served_entities: [versioned(1)] },
      ai_gateway: {
        inference_table_config: {
          ...{ catalog_name: "served", schema_name: "default", enabled: true },
        },
      },
    });
    await isUpdated();
  }, 120_000);

  afterAll(async () => {
    await workspace.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const query = async (statement: string) => (await sql(workspace, warehouse, statement)) ?? [];

  function load(name: string, concurrency: number, requests?: number): Load {
    return startLoad(workspace, ENDPOINT, {
      concurrency,
      ...(requests === undefined ? {} : { requests }),
      body: (n) => ({
        client_request_id: `${name}-${n}`,
        dataframe_records: [{ x: n, wait_for: "" }],
      }),
    });
  }

  /** How often each of the requests called `name` is in the table, by number, and with which answer. */
  async function captured(name: string): Promise<Map<number, string[]>> {
    const rows = await query(
      "SELECT client_request_id, concat(status_code, ' ', response) " +
        `FROM ${TABLE} WHERE client_request_id LIKE '${name}-%'`,
    );
    const found = new Map<number, string[]>();
    for (const [id = "", answer = ""] of rows) {
      const n = Number(id.slice(name.length + 1));
      found.set(n, [...(found.get(n) ?? []), answer]);
    }
    return found;
  }

  /** Every acknowledged request is there once, with the answer that its caller got. */
  async function expectCaptured(name: string, answers: readonly Answer[]): Promise<void> {
    await vi.waitFor(
      async () => {
        const found = await captured(name);
        expect(answers.filter(({ n }) => !found.has(n)).length, "not in the table yet").toBe(0);
      },
      { timeout: 20_000, interval: 500 },
    );
    // What is written twice would come later than what is written once.
    await sleep(1500);
    const found = await captured(name);
    expect([...found].filter(([, rows]) => rows.length > 1)).toEqual([]);
    const wrong = answers.filter(({ n, status, predictions }) => {
      const [value] = predictions;
      const expected = `${status} {"predictions": [${value?.toFixed(1) ?? ""}]}`;
      return found.get(n)?.[0] !== expected;
    });
    expect(wrong).toEqual([]);
  }

  async function isUpdated(): Promise<void> {
    const shape = z.object({ state: z.object({ ready: z.string(), config_update: z.string() }) });
    await vi.waitFor(
      async () => {
        const { state } = shape.parse(await call(workspace, "GET", PATH));
        expect(state).toEqual({ ready: "READY", config_update: "NOT_UPDATING" });
      },
      { timeout: 60_000, interval: 100 },
    );
  }

  it(`has every one of ${REQUESTS} requests in its inference table`, async () => {
    const begun = performance.now();
    const { answers, ended } = load("load", CONCURRENCY, REQUESTS);
    await ended;
    const seconds = (performance.now() - begun) / 1000;
    expect(answers.length).toBe(REQUESTS);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    await expectCaptured("load", answers);
    const read = performance.now();
    const [row] = await query(`SELECT count(*), max(length(response)) FROM ${TABLE}`);
    const readMs = performance.now() - read;
    expect(row?.[0]).toBe(String(REQUESTS));
    expect(readMs).toBeLessThan(2000);
    const half = REQUESTS / 2;
    console.log(
      `${REQUESTS} requests at concurrency ${CONCURRENCY} in ${seconds.toFixed(1)} s: ` +
        `p95 ${p95(answers).toFixed(0)} ms (first half ${p95(answers.slice(0, half)).toFixed(0)}, ` +
        `second half ${p95(answers.slice(half)).toFixed(0)}). ` +
        `Reading them all took ${readMs.toFixed(0)} ms.`,
    );
  }, 180_000);

  it("answers all requests while a new version takes over, those that it has begun too", async () => {
    const finish = join(folder, "finish");
    const running = load("update", 4);
    await vi.waitFor(() => {
      expect(running.answers.length).toBeGreaterThan(20);
    }, 10_000);
    await call(workspace, "PUT", `${PATH}/config`, { served_entities: [versioned(2)] });
    // Begun with the old version, and answered long after the new one has taken over.
    const slow = startLoad(workspace, ENDPOINT, {
      ...{ concurrency: 1, requests: 1 },
      body: () => ({ inputs: { x: [7], wait_for: [finish] } }),
    });
    await isUpdated();
    expect(slow.answers, "the update does not wait for it").toEqual([]);
    const before = running.answers.length;
    await vi.waitFor(() => {
      expect(running.answers.length).toBeGreaterThan(before + 50);
    }, 10_000);
    await running.stop();
    expect(running.failed).toBe(0);
    expect(running.answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(running.answers[0]?.served).toBe("echo-1");
    const after = running.answers.slice(before + 4);
    expect(new Set(after.map(({ served }) => served))).toEqual(new Set(["echo-2"]));
    expect(running.answers.filter((answer) => !isFromServed(answer))).toEqual([]);
    await expectCaptured("update", running.answers);
    writeFileSync(finish, "");
    await slow.ended;
    expect(slow.answers).toMatchObject([{ status: 200, served: "echo-1", predictions: [7] }]);
  }, 90_000);

  it("splits its traffic as it is told", async () => {
    const names = ["echo-1", "echo-2"];
    const routes = [80, 20].map((traffic_percentage, i) => ({
      ...{ served_model_name: names[i], traffic_percentage },
    }));
    await call(workspace, "PUT", `${PATH}/config`, {
      ...{ served_entities: [versioned(1), versioned(2)], traffic_config: { routes } },
    });
    await isUpdated();
    const { answers, ended } = load("split", CONCURRENCY, 500);
    await ended;
    const second = answers.filter(({ served }) => served === "echo-2").length;
    console.log(`Of 500 requests, 20 % of them for it, the second version answered ${second}.`);
    // Five standard deviations: one run in a million would fail by chance.
    expect(Math.abs(second - 100)).toBeLessThan(5 * Math.sqrt(500 * 0.2 * 0.8));
    expect(answers.filter((answer) => !isFromServed(answer))).toEqual([]);
  }, 60_000);

  // Processes are found in /proc.
  it.runIf(process.platform === "linux")(
    "answers while the SQL engine is away, and has every request once when it is back",
    async () => {
      const running = load("engine", CONCURRENCY);
      for (let kill = 1; kill <= 2; kill++) {
        await sleep(500 + Math.random() * 1000);
        const engines = workspace.descendants().filter((id) => commandOf(id).includes("lakehouse"));
        expect(engines).not.toEqual([]);
        for (const engine of engines) process.kill(engine, "SIGKILL");
        const before = running.answers.length;
        await vi.waitFor(() => {
          expect(running.answers.length).toBeGreaterThan(before + CONCURRENCY);
        }, 10_000);
        await vi.waitFor(() => query("SELECT 1"), { timeout: 30_000, interval: 500 });
      }
      await running.stop();
      expect(running.failed).toBe(0);
      await expectCaptured("engine", running.answers);
    },
    90_000,
  );

  it(
    `has every acknowledged request once after a SIGKILL, ${KILLS} times`,
    async () => {
      for (let kill = 1; kill <= KILLS; kill++) {
        const name = `kill${kill}`;
        const running = load(name, CONCURRENCY);
        await vi.waitFor(() => {
          expect(running.answers.length).toBeGreaterThan(0);
        }, 30_000);
        await sleep(1000 + Math.random() * 2000);
        await workspace.kill();
        await running.ended;
        workspace = await startWorkspaceChild(folder);
        await expectCaptured(name, running.answers);
        console.log(
          `Kill ${kill}: ${running.answers.length} acknowledged, all of them there once.`,
        );
      }
    },
    KILLS * 60_000,
  );
});
