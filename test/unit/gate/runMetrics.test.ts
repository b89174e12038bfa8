import { expect, test } from "vitest";
import { readMetrics } from "../../../components/gate/runMetrics";
import { startHttpDouble } from "../httpDouble";

const AUC = { key: "auc", value: 0.9 };

/** What the gate reads from a server that answers `body` about run `r1`. */
async function read(body: unknown) {
  const { host } = await startHttpDouble(() => ({ body }));
  return readMetrics({ host, token: "t" }, "r1");
}

const run = (metrics: unknown[], info: Record<string, unknown> = {}) => ({
  run: { info: { run_id: "r1", lifecycle_stage: "active", ...info }, data: { metrics } },
});

test("a metric is what the run measured", async () => {
  expect(await read(run([AUC, { key: "loss", value: -0.5 }]))).toEqual({ auc: 0.9, loss: -0.5 });
});

test("a run that was deleted has no metrics, although MLflow still answers it", async () => {
  expect(await read(run([AUC], { lifecycle_stage: "deleted" }))).toEqual({});
});

test.each([{ run_id: "r2" }, { run_id: null }, { run_id: 1 }])(
  "an answer about another run is no evidence: %j",
  async (info) => {
    await expect(read(run([AUC], info))).rejects.toThrow(
      "Asked for run r1, the server answered run",
    );
  },
);

test("a metric that is answered twice is not a number, in whatever order", async () => {
  const worse = { key: "auc", value: 0.1 };
  expect(await read(run([worse, AUC]))).toEqual({ auc: "0.1 and 0.9" });
  expect(await read(run([AUC, worse]))).toEqual({ auc: "0.9 and 0.1" });
});

test("a number that is too great to be one stays text, which a state can hold", async () => {
  const text = JSON.stringify(run([AUC])).replace("0.9", "1e999");
  expect(await read(text)).toEqual({ auc: "Infinity" });
});

test.each([NaN, null, true, [0.9], { value: 0.9 }, "0.9", "NaN"])(
  "%j is not a number",
  async (value) => {
    expect(typeof (await read(run([{ key: "auc", value }])))["auc"]).toBe("string");
  },
);
