import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { python } from "../../cli/python/python";
import { call, families, sql, type Family, type Ground } from "./durableWrites";
import { isRunning, startWorkspaceChild, type WorkspaceChild } from "./workspaceChild";

/** `DURABILITY_KILLS=1000` tries harder; a kill takes five to ten seconds, most of it the next start. */
const KILLS = Number(process.env["DURABILITY_KILLS"] ?? 3);
const LONGEST_WRITING_MS = 1500;
const CATALOG = "durable";
const MODEL = `${CATALOG}.default.model`;

const id = z.object({ id: z.string() });
const experiment = z.object({ experiment_id: z.string() });
const run = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });

/** What is killed is the process that acknowledges, not the machine: a power failure is not tried here. */
describe("a workspace that is killed", () => {
  const folder = mkdtempSync(join(tmpdir(), "durability-"));
  const readySeconds: number[] = [];
  let workspace: WorkspaceChild;
  let ground: Ground;

  async function start(): Promise<void> {
    workspace = await startWorkspaceChild(folder);
    readySeconds.push(workspace.readySeconds);
  }

  beforeAll(async () => {
    await start();
    ground = await prepare(workspace);
  });

  afterAll(async () => {
    await workspace.kill();
    const sorted = readySeconds.slice(1).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    console.log(
      `Ready after a SIGKILL: ${median.toFixed(1)} s in the median, ` +
        `${(sorted.at(-1) ?? Number.NaN).toFixed(1)} s at most, ${sorted.length} times.`,
    );
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    `keeps every acknowledged write, ${KILLS} times`,
    async () => {
      const acknowledged = new Map<string, Set<number>>();
      const tried = new Map<string, number>();
      for (let kill = 0; kill < KILLS; kill++) {
        const writers = families(ground).map((family) => write(family, acknowledged, tried));
        await sleep(Math.random() * LONGEST_WRITING_MS);
        await workspace.kill();
        await Promise.all(writers);
        await start();
        for (const family of families(ground)) {
          const found = await family.found(workspace, tried.get(family.name) ?? 0);
          const lost = [...(acknowledged.get(family.name) ?? [])].filter((n) => !found.has(n));
          expect(lost, `${family.name} lost after kill ${kill + 1}`).toEqual([]);
        }
      }
      const counts = [...acknowledged].map(([name, writes]) => `${writes.size} ${name}`);
      console.log(`Acknowledged and found again: ${counts.join(", ")}.`);
      expect([...acknowledged.keys()].sort()).toEqual(
        families(ground)
          .map(({ name }) => name)
          .sort(),
      );
    },
    KILLS * 30_000,
  );

  async function write(
    family: Family,
    acknowledged: Map<string, Set<number>>,
    tried: Map<string, number>,
  ): Promise<void> {
    const writes = acknowledged.get(family.name) ?? new Set();
    for (;;) {
      const n = (tried.get(family.name) ?? 0) + 1;
      tried.set(family.name, n);
      try {
        await family.write(workspace, n);
      } catch (error) {
        // Only the kill may end it: a refused write would hide that nothing was written.
        if (!(error instanceof TypeError)) throw error;
        return;
      }
      acknowledged.set(family.name, writes.add(n));
    }
  }

  // Processes are found in /proc.
  it.runIf(process.platform === "linux")(
    "leaves no process behind, and takes up again what it was doing",
    async () => {
      const name = "durable";
      const entity = { entity_name: MODEL, entity_version: "1", workload_size: "Small" };
      await call(workspace, "POST", "/api/2.0/serving-endpoints", {
        name,
        config: { served_entities: [{ ...entity, scale_to_zero_enabled: true }] },
      });
      await isReady(name);
      const runId = await startSleeping();
      const processes = workspace.descendants();
      expect(processes.length, "SQL engine, MLflow, scorer and tasks").toBeGreaterThan(5);
      onTestFinished(() => {
        for (const one of processes.filter(isRunning)) process.kill(one, "SIGKILL");
      });

      await workspace.kill();
      await vi.waitFor(() => {
        expect(processes.filter(isRunning)).toEqual([]);
      }, 5000);

      await start();
      await isReady(name);
      const ended = z.object({
        state: z.object({ life_cycle_state: z.string(), state_message: z.string() }),
      });
      await vi.waitFor(async () => {
        const { state } = ended.parse(
          await call(workspace, "GET", `/api/2.2/jobs/runs/get?run_id=${runId}`),
        );
        expect(state.life_cycle_state).toMatch(/TERMINATED|INTERNAL_ERROR/);
        expect(state.state_message).not.toBe("");
      }, 10_000);
    },
    90_000,
  );

  async function isReady(endpoint: string): Promise<void> {
    const answer = z.object({ state: z.object({ ready: z.string() }) });
    await vi.waitFor(
      async () => {
        const path = `/api/2.0/serving-endpoints/${endpoint}`;
        const { state } = answer.parse(await call(workspace, "GET", path));
        expect(state.ready).toBe("READY");
      },
      { timeout: 40_000, interval: 200 },
    );
  }

  /** Starts a task that would outlive all of this, and waits until it runs. */
  async function startSleeping(): Promise<number> {
    const path = "/Shared/sleeping.py";
    const source = `import subprocess\nsubprocess.run(["sleep", "600"])\n`;
    const content = Buffer.from(source).toString("base64");
    await call(workspace, "POST", "/api/2.0/workspace/import", { path, content, format: "RAW" });
    const before = workspace.descendants().length;
    const submitted = await call(workspace, "POST", "/api/2.2/jobs/runs/submit", {
      run_name: "sleeping",
      tasks: [
        {
          task_key: "only",
          spark_python_task: { python_file: `/Workspace${path}` },
          environment_key: "e",
        },
      ],
      environments: [{ environment_key: "e", spec: { environment_version: "4" } }],
    });
    await vi.waitFor(
      () => {
        expect(workspace.descendants().length).toBeGreaterThan(before + 1);
      },
      { timeout: 20_000, interval: 100 },
    );
    return z.object({ run_id: z.number() }).parse(submitted).run_id;
  }
});

async function prepare(workspace: WorkspaceChild): Promise<Ground> {
  const unityCatalog = "/api/2.1/unity-catalog";
  await call(workspace, "POST", `${unityCatalog}/catalogs`, { name: CATALOG });
  await call(workspace, "POST", `${unityCatalog}/volumes`, {
    ...{ catalog_name: CATALOG, schema_name: "default", name: "files", volume_type: "MANAGED" },
  });
  const warehouse = id.parse(
    await call(workspace, "POST", "/api/2.0/sql/warehouses", {
      name: "durable",
      cluster_size: "2X-Small",
    }),
  ).id;
  await sql(workspace, warehouse, `CREATE TABLE ${CATALOG}.default.numbers (n BIGINT)`);
  const mlflow = "/api/2.0/mlflow";
  const { experiment_id } = experiment.parse(
    await call(workspace, "POST", `${mlflow}/experiments/create`, { name: "/Shared/durable" }),
  );
  const created = await call(workspace, "POST", `${mlflow}/runs/create`, { experiment_id });
  const twice = `import iris\nfor _ in range(2): iris.register("${MODEL}", "/Shared/model")`;
  const registered = spawnSync(python, ["-c", twice], {
    cwd: join(__dirname, "clients"),
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: tmpdir(),
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: workspace.token,
    },
  });
  expect(registered.status, registered.stderr).toBe(0);
  return { catalog: CATALOG, warehouse, run: run.parse(created).run.info.run_id, model: MODEL };
}
