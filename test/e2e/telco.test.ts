import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkDrift } from "../../cli/loop/driftCheck";
import type { RunResult } from "../../cli/job/runJob";
import { python } from "../../cli/python/python";
import { query } from "../../cli/shared/sql";
import { awaitCapture, daysAgo, replay } from "../../cli/loop/traffic";
import { inputs } from "../../stacks/telcoChurn/tables";
import { npmRun, start, type Started } from "./command";
import { Deployment, MINUTES, only, said } from "./deployment";

const MODEL = "ml_local.models.telco_churn_model";
const ENDPOINT = "telco-churn-model-endpoint";
const TRAINING = "telco-churn-training";
const PAYLOAD = "ml_local.inference_logs.telco_churn_model_payload";
const COLUMNS = inputs.map(({ name }) => name);
/** Where the monthly bill is in `COLUMNS`. */
const CHARGES = COLUMNS.indexOf("monthly_charges");

const version = z.looseObject({
  version: z.coerce.string(),
  run_id: z.string(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
});
const predictions = z.object({ predictions: z.array(z.number()) });

const logOf = (run: RunResult, key: string): string =>
  run.tasks.find((task) => task.key === key)?.logs ?? "";

/** Customers of every contract and length of stay, some without any bill so far. */
const CUSTOMERS = [1, 12, 24].flatMap((contract_months) =>
  [0, 1, 5, 20, 70].flatMap((tenure_months) =>
    [20, 60, 100].map((monthly_charges) => ({
      ...{ contract_months, tenure_months, monthly_charges },
      total_charges: tenure_months === 0 ? null : tenure_months * monthly_charges,
      ...{ female: 1, senior_citizen: 0, partner: 0, dependents: 0 },
      ...{ phone_service: 1, paperless_billing: 1, multiple_lines: 0 },
      ...{ dsl: 0, fiber_optic: monthly_charges > 50 ? 1 : 0 },
      ...{ online_security: 0, online_backup: 0, device_protection: 0, tech_support: 0 },
      ...{ streaming_tv: 0, streaming_movies: 0 },
      ...{ electronic_check: 1, mailed_check: 0, bank_transfer: 0 },
    })),
  ),
);

describe("telco churn", () => {
  let deployment: Deployment;
  let warehouse: string;

  beforeAll(async () => {
    deployment = await Deployment.create(only("telcoChurn"));
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    warehouse = /warehouseId\s*: "(\w+)"/.exec(said(up))?.[1] ?? "";
    expect(said(up)).toContain(`telco_churn_model → champion: WAITING`);
    expect(said(up)).toContain(`train it: npm run job -- ${TRAINING}`);
  }, 4 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const modelImage = (...args: string[]) => {
    const { DATABRICKS_HOST, DATABRICKS_TOKEN } = deployment.env;
    return npmRun(["model-image", "--", ...args], { DATABRICKS_HOST, DATABRICKS_TOKEN });
  };

  const challenger = async () =>
    version.parse(
      await deployment.call("GET", `/api/2.1/unity-catalog/models/${MODEL}/aliases/challenger`),
    ).version;

  it(
    "one job sets up, encodes, trains and nominates; the gate promotes; the endpoint answers",
    async () => {
      const [run, tooEarly, unknown] = await Promise.all([
        deployment.run(TRAINING),
        modelImage("telco-churn"),
        modelImage("telco-chrun"),
      ]);
      expect(tooEarly.stderr).toContain(`${MODEL} has no image without its champion`);
      expect(unknown.stderr).toContain("There is no model 'telco-chrun' at");
      expect(unknown.stderr).toContain(MODEL);
      expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
      expect(logOf(run, "setup")).toContain("7,043 customers, 26.5% of them left");
      expect(logOf(run, "training")).toContain("'max_depth': 3");
      expect(logOf(run, "transition")).toContain("nominated as challenger");
      expect(await challenger()).toBe("1");

      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toMatch(
        /telco_churn_model v1 → champion: PROMOTED \(val_accuracy 0\.80\d* > 0\.78; val_auc_roc 0\.85\d* > 0\.84; .*no champion yet; val_rows 14\d\d >= 1000\)/,
      );
      const answers = new Set(await asked());
      expect(answers, "some leave and some stay").toEqual(new Set([0, 1]));
    },
    4 * MINUTES,
  );

  it(
    "a version that is worse than the champion succeeds, says so with numbers, and is not nominated",
    async () => {
      const run = await deployment.run(TRAINING, {
        ...{ n_estimators: "300", max_depth: "8", learning_rate: "0.3" },
      });
      expect(run.result, JSON.stringify(run, null, 2)).toBe("SUCCESS");
      expect(logOf(run, "transition")).toMatch(
        /version 2 is not nominated: val_auc_roc 0\.80\d* is below the champion's 0\.85\d*; recent_auc_roc/,
      );
      expect(logOf(run, "transition")).toContain("nominated = false");
      expect(await challenger()).toBe("1");

      const second = version.parse(
        await deployment.call("GET", `/api/2.1/unity-catalog/models/${MODEL}/versions/2`),
      );
      const metrics = Object.fromEntries(await deployment.metricsOf(second.run_id));
      for (const kind of ["val", "recent"]) {
        const [ours, champions, gain] = ["", "champion_", "gain_"].map(
          (whose) => metrics[`${whose}${kind}_auc_roc`] ?? NaN,
        ) as [number, number, number];
        expect(ours).toBeLessThan(champions);
        expect(gain).toBeCloseTo(ours - champions, 12);
      }
    },
    3 * MINUTES,
  );

  describe("the image of the champion", () => {
    let folder: string;
    let server: Started | undefined;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "image-"));
      const made = await modelImage("telco-churn", "--out", folder);
      expect(made.exitCode, made.stderr).toBe(0);
      expect(made.stdout).toContain(`${MODEL} version 1: build context in`);
      expect(made.stdout).toContain("docker build --tag telco-churn-model:1");
    }, 2 * MINUTES);

    afterAll(async () => {
      if (server !== undefined) process.kill(server.pid, "SIGKILL");
      await server?.ended;
      rmSync(folder, { recursive: true, force: true });
    });

    it("is built from a named base, pinned packages, and without secrets or data; nobody's root", () => {
      const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");
      expect(dockerfile).toMatch(/^FROM python:3\.\d+-slim-bookworm$/m);
      expect(dockerfile).toMatch(/^USER 65534:65534$/m);
      for (const file of ["requirements.txt", "constraints.txt"]) {
        const lines = readFileSync(join(folder, file), "utf8").trim().split("\n");
        expect(lines).toContainEqual(expect.stringMatching(/^xgboost-cpu==[\d.]+$/));
        expect(lines.filter((line) => !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
      }
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      expect(files.filter((file) => file.includes("example"))).toEqual([]);
      for (const file of files) {
        expect(readFileSync(file, "latin1")).not.toContain(deployment.workspace.token);
      }
    });

    it(
      "answers as the endpoint does, run as its Dockerfile says",
      async () => {
        const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");
        const port = await freePort();
        // What the image would have: its own variables, no sign-in, the interpreter called python.
        const changes = {
          ...{ HOST: "127.0.0.1", PORT: String(port), HOME: "/nonexistent" },
          PATH: [dirname(python), process.env["PATH"]].join(delimiter),
        };
        const [command = "", ...args] = commandOf(dockerfile, /^CMD (.*)$/m);
        server = start(command, args, changes, folder);
        const [checker = "", ...check] = commandOf(dockerfile, /^HEALTHCHECK .* CMD (.*)$/m);
        const healthy = async () =>
          (await start(checker, check, changes, folder).ended).exitCode === 0;
        expect(await healthy(), "not before the model is loaded").toBe(false);
        await expect.poll(healthy, { timeout: MINUTES, interval: 200 }).toBe(true);

        const answer = await fetch(`http://127.0.0.1:${port}/invocations`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ dataframe_records: CUSTOMERS }),
        });
        expect(answer.status).toBe(200);
        expect(predictions.parse(await answer.json()).predictions).toEqual(await asked());

        // As Docker stops a container, which it would kill after ten seconds.
        const stopping = Date.now();
        process.kill(server.pid, "SIGTERM");
        await server.ended;
        server = undefined;
        expect(Date.now() - stopping).toBeLessThan(10_000);
      },
      2 * MINUTES,
    );
  });

  it(
    "when prices rise, drift is found in them, and training starts by itself",
    async () => {
      const held = await query(
        deployment.connection,
        warehouse,
        `SELECT ${COLUMNS.join(", ")} FROM ml_local.validation.telco_churn_holdout`,
      );
      const dearer = held.map((row) =>
        row.map((value, at) => (at === CHARGES ? String(Number(value) * 1.3) : value)),
      );
      for (const [ago, rows] of [
        [2, held],
        [1, dearer],
      ] as const) {
        await replay(deployment.connection, ENDPOINT, COLUMNS, rows, daysAgo(ago));
        const { connection } = deployment;
        await awaitCapture(connection, warehouse, PAYLOAD, rows.length, daysAgo(ago));
      }
      const drift = await checkDrift(deployment.connection, {
        warehouseId: warehouse,
        unpackJob: "telco-churn-monitor-unpack",
        predictions: PAYLOAD.replace("_payload", "_predictions"),
        alert: "telco_churn_model drift",
      });
      expect(drift).toMatchObject({ state: "TRIGGERED", column: "monthly_charges" });

      const retrain = await deployment.run("telco-churn-drift-retrain");
      expect(retrain.result, JSON.stringify(retrain, null, 2)).toBe("SUCCESS");
      expect(retrain.tasks.find(({ key }) => key === "retrain")?.result).toBe("SUCCESS");
      // Of the same customers as the champion, and so no worse.
      expect(await challenger()).toBe("3");
    },
    4 * MINUTES,
  );

  /** What the endpoint answers about the customers. */
  async function asked(): Promise<number[]> {
    const answer = await deployment.call("POST", `/serving-endpoints/${ENDPOINT}/invocations`, {
      dataframe_records: CUSTOMERS,
    });
    return predictions.parse(answer).predictions;
  }
});

/** A command in its exec form. */
function commandOf(dockerfile: string, line: RegExp): string[] {
  return z.array(z.string()).parse(JSON.parse(line.exec(dockerfile)?.[1] ?? "null"));
}

/** A port that nothing listens on at this moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : NaN);
      });
    });
  });
}
