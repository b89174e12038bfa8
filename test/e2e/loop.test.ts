import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { runJob } from "../../cli/job/runJob";
import { callWorkspace, type TokenConnection } from "../../components/workspace/rest";
import { Checkout } from "./checkout";
import type { CommandResult } from "./command";
import { MINUTES, only, said } from "./deployment";

const MODEL = "ml_local.models.churn_prediction_model";
const ENDPOINT = "churn-prediction-model-endpoint";

const address = z.object({ url: z.string(), token: z.string(), pid: z.number() });
const endpoint = z.looseObject({
  config: z.looseObject({
    served_entities: z.array(z.looseObject({ entity_version: z.string() })),
  }),
});
const jobs = z.object({ jobs: z.array(z.looseObject({ job_id: z.number() })) });
const runs = z.object({ runs: z.array(z.looseObject({ trigger: z.string() })).default([]) });

/**
 * What a user runs to see the loop turn, and then once more with a bound that the model misses. In a checkout whose
 * configuration names the one model that the loop is about.
 */
describe("npm run loop", () => {
  let checkout: Checkout;
  let home: string;
  let loop: CommandResult;
  let connection: TokenConnection;
  let pid: number;

  beforeAll(async () => {
    checkout = await Checkout.create();
    checkout.edit("Pulumi.local.yaml", only("churnPrediction"));
    home = join(checkout.folder, ".mlops", "loop");
    loop = await checkout.run("npm run loop -- --keep");
    expect(loop.exitCode, said(loop)).toBe(0);
    const file = join(home, "workspace", "address.json");
    const found = address.parse(JSON.parse(readFileSync(file, "utf8")));
    connection = { host: found.url, token: found.token };
    pid = found.pid;
  }, 10 * MINUTES);

  afterAll(async () => {
    await checkout.run("npm run workspace -- --stop", { MLOPS_HOME: home });
    await vi.waitFor(() => {
      expect(() => process.kill(pid, 0)).toThrow();
    }, 10_000);
    checkout.remove();
  });

  const get = (path: string) => callWorkspace(connection, { method: "GET", path });

  async function trainings(): Promise<string[]> {
    const found = jobs.parse(await get("/api/2.2/jobs/list?name=churn-prediction-training"));
    const id = found.jobs[0]?.job_id ?? 0;
    return runs.parse(await get(`/api/2.2/jobs/runs/list?job_id=${id}`)).runs.map((r) => r.trigger);
  }

  async function served(): Promise<string[]> {
    const { config } = endpoint.parse(await get(`/api/2.0/serving-endpoints/${ENDPOINT}`));
    return config.served_entities.map((entity) => entity.entity_version);
  }

  it("sees ten days without an alert, and the shift at once", () => {
    const days = loop.stdout.split("\n").filter((line) => /^\d{4}-\d\d-\d\d /.test(line));
    expect(days).toHaveLength(12);
    const states = days.map((line) => line.split("alert ")[1]);
    expect(states).toEqual([...Array<string>(10).fill("OK"), "TRIGGERED", "OK"]);
  });

  it("tells the one who is to know, once", () => {
    const mails = readdirSync(join(home, "workspace", "mail")).map((name) =>
      readFileSync(join(home, "workspace", "mail", name), "utf8"),
    );
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain("To: data-science@example.com");
    expect(mails[0]).toContain("churn_prediction_model");
  });

  it("started one training", async () => {
    expect((await trainings()).filter((trigger) => trigger === "RUN_JOB_TASK")).toHaveLength(1);
  });

  it("serves the new version, which the gate let through", async () => {
    expect(loop.stdout).toMatch(/churn_prediction_model v2 → champion: PROMOTED/);
    expect(await served()).toEqual(["2"]);
  });

  it(
    "keeps the champion when the gate refuses what was trained",
    async () => {
      const run = await runJob(connection, "churn-prediction-training");
      expect(run.result).toBe("SUCCESS");
      const bound = "\n    gate: { above: { val_accuracy: 0.99 } }\n";
      checkout.edit("Pulumi.local.yaml", (yaml) =>
        yaml.replace("mlops:churnPrediction:\n", `mlops:churnPrediction:${bound}`),
      );
      const up = await checkout.run("npm run pulumi -- up --yes --skip-preview -s local", {
        MLOPS_HOME: home,
        DATABRICKS_HOST: connection.host,
        DATABRICKS_TOKEN: connection.token,
      });
      expect(up.exitCode, said(up)).toBe(0);
      expect(up.stdout).toContain("v3 → champion: REFUSED (val_accuracy 0.877");
      expect(await served()).toEqual(["2"]);
      const champion = await get(`/api/2.1/unity-catalog/models/${MODEL}/aliases/champion`);
      expect(z.looseObject({ version: z.coerce.string() }).parse(champion).version).toBe("2");
    },
    4 * MINUTES,
  );
});
