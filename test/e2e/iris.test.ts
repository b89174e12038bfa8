import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkDrift } from "../../cli/loop/driftCheck";
import type { RunResult } from "../../cli/job/runJob";
import { python } from "../../cli/python/python";
import { query } from "../../cli/shared/sql";
import { Deployment, MINUTES, only, said } from "./deployment";

const MODEL = "ml_local.hp_iris_ml.irisclassifierdemo";
const PREDICTIONS = "ml_local.hp_iris_ml.predictions";
const VOLUME = "/Volumes/ml_local/hp_iris_ml/hp_ml_vol";

const version = z.looseObject({ version: z.coerce.string(), run_id: z.string() });
const warehouses = z.object({ warehouses: z.array(z.looseObject({ id: z.string() })) });

/** What became of each task, and what each said. */
const results = (run: RunResult) =>
  Object.fromEntries(run.tasks.map(({ key, result }) => [key, result]));
const task = (run: RunResult, key: string) => run.tasks.find((one) => one.key === key);

/** The Iris document from an empty workspace to a second champion that drift has asked for. */
describe("iris, end to end", () => {
  let deployment: Deployment;
  let warehouse: string;

  beforeAll(async () => {
    deployment = await Deployment.create(only("iris"));
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    expect(said(up)).toContain("irisclassifierdemo → champion: WAITING");
    expect(said(up)).toContain("npm run job -- iris-demo-source iris-ingestion iris-training");
    const [first] = warehouses.parse(
      await deployment.call("GET", "/api/2.0/sql/warehouses"),
    ).warehouses;
    warehouse = first?.id ?? "";
  }, 4 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const alias = async (name: string) => {
    const found = await deployment.call(
      "GET",
      `/api/2.1/unity-catalog/models/${MODEL}/aliases/${name}`,
    );
    return found === undefined ? undefined : version.parse(found);
  };
  /** Predictions whose species is known, all of them told apart, and how many of them are right. */
  const counts = async () => {
    const [row = []] = await query(
      deployment.connection,
      warehouse,
      "SELECT COUNT(species), COUNT(CASE WHEN prediction = species THEN 1 END), " +
        `COUNT(*), COUNT(DISTINCT sample_id) FROM ${PREDICTIONS}`,
    );
    expect(row[2]).toBe(row[0]);
    expect(row[3]).toBe(row[0]);
    return row;
  };

  /** Puts a pickle into the volume that always says setosa. */
  async function putPickle(path: string): Promise<void> {
    const file = join(deployment.folder, "model.pkl");
    const program =
      "import pickle, sys; from sklearn.dummy import DummyClassifier; " +
      "model = DummyClassifier(strategy='most_frequent').fit([[5.0] * 4] * 4, [0, 0, 1, 2]); " +
      "pickle.dump(model, open(sys.argv[1], 'wb'))";
    expect(spawnSync(python, ["-c", program, file]).status).toBe(0);
    const { host, token } = deployment.connection;
    const answer = await fetch(`${host}/api/2.0/fs/files${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
      body: readFileSync(file),
    });
    expect(answer.status).toBe(204);
  }

  it(
    "scores nothing on the first run, because nothing is champion; the job alone says so",
    async () => {
      const source = await deployment.run("iris-demo-source");
      expect(source.result, JSON.stringify(source, null, 2)).toBe("SUCCESS");
      const [first, scoring] = await Promise.all([
        deployment.run("iris-pipeline"),
        deployment.run("iris-batch-inference"),
      ]);
      expect(first.result, JSON.stringify(first, null, 2)).toBe("SUCCESS");
      expect(results(first)).toEqual({
        ...{ ingestion: "SUCCESS", training: "SUCCESS", evaluation: "SUCCESS" },
        ...{ approval: "SUCCESS", deployment: "SUCCESS" },
        ...{ champion_exists: "SUCCESS", batch_inference: "EXCLUDED" },
      });
      expect(task(first, "ingestion")?.logs).toContain("3 files, 3 new, 0 changed");
      expect((await alias("challenger"))?.version).toBe("1");
      expect(await alias("champion")).toBeUndefined();
      expect(scoring.result).toBe("FAILED");
      expect(task(scoring, "batch_inference")?.error).toContain(
        `${MODEL} has no champion to score`,
      );
    },
    3 * MINUTES,
  );

  it(
    "is promoted by the gate with what evaluation measured, then scores every sample once",
    async () => {
      const challenger = await alias("challenger");
      const metrics = await deployment.metricsOf(challenger?.run_id ?? "");
      const accuracy = metrics.get("val_accuracy") ?? NaN;
      expect(accuracy).toBeGreaterThan(0.9);
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toContain(`v1 → champion: PROMOTED (val_accuracy ${accuracy} > 0.9; `);
      expect((await alias("champion"))?.version).toBe("1");

      const [again, scoring] = await Promise.all([
        deployment.run("iris-ingestion"),
        deployment.run("iris-batch-inference"),
      ]);
      expect(task(again, "ingestion")?.logs).toContain("0 new, 0 changed, 3 read before");
      expect(scoring.result, JSON.stringify(scoring, null, 2)).toBe("SUCCESS");
      const [known, right] = await counts();
      expect(known).toBe("150");
      expect(Number(right)).toBeGreaterThan(140);
    },
    3 * MINUTES,
  );

  it(
    "takes a pickle from its volume only, does not approve one that guesses, and names what it cannot read",
    async () => {
      await putPickle(`${VOLUME}/iris_model.pkl`);
      const elsewhere = "/Volumes/ml_local/bronze/landing/iris_model.pkl";
      const [refused, loaded, cloud] = await Promise.all([
        deployment.run("iris-pipeline", { pkl_path: elsewhere }),
        deployment
          .run("iris-training", { pkl_path: `${VOLUME}/iris_model.pkl` })
          .then(() => deployment.run("iris-deployment", { model_version: "2" })),
        deployment.run("iris-ingestion", {
          source_path: "abfss://samples@account.dfs.core.windows.net/iris",
        }),
      ]);
      expect(task(cloud, "ingestion")?.error).toContain(
        "abfss://samples@account.dfs.core.windows.net/iris can be read on Databricks only; elsewhere",
      );
      expect(refused.result).toBe("FAILED");
      expect(task(refused, "training")?.error).toContain(
        `pkl_path '${elsewhere}' is refused: unpickling runs code`,
      );
      expect(results(loaded)).toMatchObject({
        ...{ evaluation: "SUCCESS", approval: "FAILED", deployment: "UPSTREAM_FAILED" },
      });
      expect(task(loaded, "approval")?.error).toMatch(
        /version 2 is not approved: val_accuracy 0\.\d+, must be > 0\.9/,
      );
      expect((await alias("challenger"))?.version).toBe("1");
    },
    3 * MINUTES,
  );

  it(
    "drifts when an instrument reads too high, and the pipeline brings a version that knows it",
    async () => {
      const watched = {
        warehouseId: warehouse,
        unpackJob: "iris-batch-inference",
        predictions: PREDICTIONS,
        alert: "irisclassifierdemo drift",
      };
      expect(await checkDrift(deployment.connection, watched)).toMatchObject({ state: "OK" });
      expect((await counts())[0], "scored once, however often the job runs").toBe("150");

      await deployment.run("iris-demo-source", { shift_cm: "1.5" });
      const later = await deployment.run("iris-ingestion");
      expect(task(later, "ingestion")?.logs).toContain("4 files, 1 new, 0 changed, 3 read before");
      expect(await checkDrift(deployment.connection, watched)).toMatchObject({
        state: "TRIGGERED",
      });
      expect((await counts())[0]).toBe("225");

      const retrain = await deployment.run("iris-drift-retrain");
      expect(retrain.result, JSON.stringify(retrain, null, 2)).toBe("SUCCESS");
      expect((await alias("challenger"))?.version).toBe("3");
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(said(up)).toMatch(
        /v3 → champion: PROMOTED \(val_accuracy (0\.9\d*|1) > 0\.9; val_accuracy gain on v1/,
      );
    },
    3 * MINUTES,
  );
});
