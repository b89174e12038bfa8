import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { python } from "../../cli/python/python";
import { callWorkspace } from "../../components/workspace/rest";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { MINUTES, said } from "./deployment";
import {
  account,
  changed,
  endpoint,
  job,
  proper,
  schema,
  withChanged,
  without,
  type Registered,
} from "./policies/resources";
import { PolicyStack } from "./policies/stack";

/** All that an environment can demand. */
const strict = { protect: true, runAs: true, monitored: true, minimumMinutesBetweenRuns: 60 };
const token = `dapi${"0123456789abcdef".repeat(2)}`;

// Five at a time: on a busy machine each takes its time.
describe("a preview with the policy pack", { timeout: 5 * MINUTES }, () => {
  // Before anything is made the provider asks a workspace for no more than how to sign in.
  const nowhere = createServer((_request, response) => response.writeHead(404).end("{}"));
  let stack: PolicyStack;

  beforeAll(async () => {
    stack = await PolicyStack.create();
    await new Promise<void>((ready) => nowhere.listen(0, "127.0.0.1", ready));
    const address = nowhere.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    stack.connect({ url: `http://127.0.0.1:${port}`, token: "none" });
  });

  afterAll(() => {
    nowhere.close();
    stack.close();
  });

  it.concurrent("passes where everything is as the rules want it", async () => {
    const result = await stack.deploy("preview", [...proper, account], strict);
    expect(violated(said(result))).toEqual([]);
    expect(result.exitCode).toBe(0);
  });

  it.concurrent("demands without settings what every environment needs, and no more", async () => {
    const lax = withChanged("train", ["runAs"], undefined)
      .filter(({ name }) => !["monitor", "drift"].includes(name))
      .map((one) => ({ ...one, protect: false }));
    const result = await stack.deploy("preview", lax, undefined);
    expect(violated(said(result))).toEqual([]);
    expect(result.exitCode).toBe(0);
  });

  it.concurrent.each<[rule: string, what: string, Registered[], messages: string[]]>([
    [
      "deprecated",
      "a deprecated resource and a deprecated field",
      [
        ...withChanged("serving", ["config", "autoCaptureConfig"], { catalogName: "ml" }),
        {
          type: "databricks:index/grants:Grants",
          name: "everybody",
          properties: { catalog: "ml", grants: [{ principal: "users", privileges: ["SELECT"] }] },
        },
      ],
      [
        "everybody is a Grants, which is deprecated. Use databricks.Grant",
        "serving sets config.autoCaptureConfig, which is deprecated. Use aiGateway.inferenceTableConfig",
      ],
    ],
    [
      "tags",
      "a missing tag and another model's",
      withChanged("train", ["tags"], { owner: "data-science", model: "other" }),
      [
        "train has no tag cost_center. Give it the tags of its platform",
        "train belongs to the model churn and has the tag model with 'other'",
      ],
    ],
    [
      "table-tags",
      "a table without a tag",
      without("features-owner"),
      ["features has no tag owner. Give it the tags of its platform"],
    ],
    [
      "protected-data",
      "data that is not protected",
      proper.map((one) => (one === schema ? { ...one, protect: false } : one)),
      ["models holds data and is not protected. Set mlops:environment.protect to true"],
    ],
    [
      "gated-endpoint",
      "a version and a model that no gate let through",
      [
        ...withChanged("serving", ["config", "servedEntities"], [serves("ml.models.churn", "2")]),
        changed({ ...endpoint, name: "other" }, ["config"], {
          servedEntities: [serves("ml.models.other", "1")],
        }),
      ],
      [
        "serving serves version 2 of ml.models.churn, where the gate leaves 3 as champion. Serve gate.confirm",
        "other serves ml.models.other, which no promotion gate before it decides on. Make a PromotionGate",
      ],
    ],
    [
      "run-as",
      "a job that runs as whoever deploys",
      withChanged("train", ["runAs"], undefined),
      ["train runs as whoever deploys it. Set mlops:environment.jobs.runAs"],
    ],
    [
      "storage-access",
      "storage that is open",
      [
        ...proper,
        changed(
          changed(account, ["publicNetworkAccess"], "Enabled"),
          ["allowSharedKeyAccess"],
          true,
        ),
      ],
      [
        "The storage account lake is open to all networks: publicNetworkAccess is Enabled",
        "Set allowSharedKeyAccess to false",
      ],
    ],
    [
      "plain-secrets",
      "a token in a parameter",
      withChanged("train", ["parameters"], [{ name: "host", default: token }]),
      ["train has a Databricks token in parameters[0].default", "write {{secrets/scope/key}}"],
    ],
    [
      "schedules",
      "a schedule that runs too often",
      withChanged("train", ["schedule", "quartzCronExpression"], "0 0/10 * * * ?"),
      [
        "train runs every 10 minutes: '0 0/10 * * * ?' in schedule.quartzCronExpression; " +
          "the environment allows every 60. Run it less often",
      ],
    ],
    [
      "monitored-endpoint",
      "an endpoint without a monitor, whose alert is paused",
      withChanged("drift", ["schedule", "pauseStatus"], "PAUSED").filter(
        ({ name }) => name !== "monitor",
      ),
      [
        "The endpoint serving has no monitor that works: its model has none. Give the model a DataQualityMonitor",
        "The endpoint serving has no alert that works: its model has drift, which is paused",
      ],
    ],
  ])("stops for %s: %s", async (rule, _what, resources, messages) => {
    const result = await stack.deploy("preview", resources, strict);
    expect(violated(said(result))).toEqual([rule]);
    expect(result.exitCode).not.toBe(0);
    for (const message of messages) expect(unwrapped(said(result))).toContain(message);
    expect(said(result)).not.toContain(token);
  });

  it.concurrent(
    "does not judge what --target leaves out, of which it is told nothing",
    async () => {
      const result = await stack.deploy("preview", proper, strict, "--target", "**::models");
      expect(violated(said(result))).toEqual([]);
      expect(result.exitCode, said(result)).toBe(0);
      expect(said(result)).toContain("+ 2 to create");
    },
  );

  it.concurrent("says in one message what is wrong with the settings", async () => {
    const result = await stack.deploy("preview", proper, { protect: "yes", runas: true });
    expect(violated(said(result))).toEqual(["settings"]);
    expect(result.exitCode).not.toBe(0);
    expect(said(result)).toContain(
      "mlops-policies:rules.protect must be true or false; mlops-policies:rules.runas there is no such key",
    );
  });
});

describe("a stack with data and the policy pack", () => {
  const catalog: Registered = {
    type: "databricks:index/catalog:Catalog",
    name: "ml",
    protect: true,
    properties: { name: "ml" },
  };
  const other = { ...catalog, name: "other", properties: { name: "other" } };
  const inCatalog = { ...schema, dependsOn: ["ml", "other"] };
  const data = [catalog, other, inCatalog];
  let stack: PolicyStack;
  let workspace: RunningWorkspace;

  beforeAll(async () => {
    stack = await PolicyStack.create();
    workspace = await startWorkspace({ root: join(stack.folder, "workspace"), python });
    stack.connect(workspace);
    const up = await stack.deploy("up", data, strict);
    expect(up, said(up)).toMatchObject({ exitCode: 0 });
  }, 3 * MINUTES);

  afterAll(async () => {
    await workspace.close();
    stack.close();
  });

  it("stops a preview that would delete a schema", async () => {
    const result = await stack.deploy("preview", [catalog, other], strict);
    expect(result.exitCode).not.toBe(0);
    expect(said(result)).toMatch(/::models" cannot be deleted\s+because it is protected/);
  });

  it("stops a preview that would replace a schema", async () => {
    const moved = changed(inCatalog, ["catalogName"], "other");
    const result = await stack.deploy("preview", [catalog, other, moved], strict);
    expect(result.exitCode).not.toBe(0);
    expect(said(result)).toMatch(
      /unable to replace .*::models"\s+as it is .*marked for protection/,
    );
  });

  it("decides in the update what the preview could not know, before anything is made", async () => {
    const leaky = changed(job, ["parameters"], [{ name: "host", default: { later: token } }]);
    const resources = [...data, { type: "mlops:index:ModelStack", name: "churn" }, leaky];
    const preview = await stack.deploy("preview", resources, strict);
    expect(violated(said(preview))).toEqual([]);
    expect(preview.exitCode).toBe(0);

    const up = await stack.deploy("up", resources, strict);
    expect(violated(said(up))).toEqual(["plain-secrets"]);
    expect(up.exitCode).not.toBe(0);
    const connection = { host: workspace.url, token: workspace.token };
    const jobs = await callWorkspace(connection, { method: "GET", path: "/api/2.2/jobs/list" });
    expect(JSON.stringify(jobs)).not.toContain("churn-train");
  });
});

function serves(entityName: string, entityVersion: string) {
  return { entityName, entityVersion, workloadSize: "Small", scaleToZeroEnabled: true };
}

/** The rules that stopped something, each once. */
function violated(output: string): string[] {
  const found = [...output.matchAll(/\[mandatory\]\s+([a-z-]+)/g)];
  return [...new Set(found.map((match) => match[1] ?? ""))].sort();
}

/** The engine breaks messages over lines. */
function unwrapped(output: string): string {
  return output.replace(/\s+/g, " ");
}
