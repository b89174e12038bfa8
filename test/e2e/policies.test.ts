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
  type Registered,
} from "./policies/resources";
import { PolicyStack } from "./policies/stack";

/** All that an environment can demand. */
const strict = { protect: true, runAs: true, monitored: true, minimumMinutesBetweenRuns: 60 };
const token = `dapi${"0123456789abcdef".repeat(2)}`;

/** A job, a table and a schema, each against the rules. */
const careless = proper.flatMap((one) => {
  if (one === schema) return [{ ...one, protect: false }];
  if (one.name === "features-owner") return [];
  if (one !== job) return [one];
  const changes: [path: string[], value: unknown][] = [
    [["tags"], { owner: "data-science", model: "other" }],
    [["runAs"], undefined],
    [["parameters"], [{ name: "host", default: token }]],
    [["schedule", "quartzCronExpression"], "0 0/10 * * * ?"],
  ];
  return [changes.reduce((job, [path, value]) => changed(job, path, value), one)];
});

const openAccount = changed(
  changed(account, ["publicNetworkAccess"], "Enabled"),
  ["allowSharedKeyAccess"],
  true,
);

/** What is said about {@link careless} and {@link openAccount}, by the rule's name. */
const CARELESS = {
  tags: [
    "train has no tag cost_center. Give it the tags of its platform",
    "train belongs to the model churn and has the tag model with 'other'",
  ],
  "table-tags": ["features has no tag owner. Give it the tags of its platform"],
  "protected-data": [
    "models holds data and is not protected. Set mlops:environment.protect to true",
  ],
  "run-as": ["train runs as whoever deploys it. Set mlops:environment.jobs.runAs"],
  "storage-access": [
    "The storage account lake is open to all networks: publicNetworkAccess is Enabled",
    "Set allowSharedKeyAccess to false",
  ],
  "plain-secrets": [
    "train has a Databricks token in parameters[0].default",
    "write {{secrets/scope/key}}",
  ],
  schedules: [
    "train runs every 10 minutes: '0 0/10 * * * ?' in schedule.quartzCronExpression; " +
      "the environment allows every 60. Run it less often",
  ],
};

/** Endpoints against the rules: no gate, no monitor, an alert that is paused, what is deprecated. */
const ungoverned: Registered[] = [
  ...proper.flatMap((one) => {
    if (one.name === "monitor") return [];
    if (one.name === "drift") return [changed(one, ["schedule", "pauseStatus"], "PAUSED")];
    if (one !== endpoint) return [one];
    const served = changed(one, ["config", "servedEntities"], [serves("ml.models.churn", "2")]);
    return [changed(served, ["config", "autoCaptureConfig"], { catalogName: "ml" })];
  }),
  changed({ ...endpoint, name: "other" }, ["config"], {
    servedEntities: [serves("ml.models.other", "1")],
  }),
  {
    type: "databricks:index/grants:Grants",
    name: "everybody",
    properties: { catalog: "ml", grants: [{ principal: "users", privileges: ["SELECT"] }] },
  },
];

/** What is said about {@link ungoverned}, by the rule's name. */
const UNGOVERNED = {
  deprecated: [
    "everybody is a Grants, which is deprecated. Use databricks.Grant",
    "serving sets config.autoCaptureConfig, which is deprecated. Use aiGateway.inferenceTableConfig",
  ],
  "gated-endpoint": [
    "serving serves version 2 of ml.models.churn, where the gate leaves 3 as champion. Serve gate.confirm",
    "other serves ml.models.other, which no promotion gate before it decides on. Make a PromotionGate",
  ],
  "monitored-endpoint": [
    "The endpoint serving has no monitor that works: its model has none. Give the model a DataQualityMonitor",
    "The endpoint serving has no alert that works: its model has drift, which is paused",
  ],
};

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

  // What each rule finds, and what it does not mind, is in test/unit/policies.
  it.concurrent.each<[what: string, Registered[], found: Record<string, string[]>]>([
    ["data and what trains on it", [...careless, openAccount], CARELESS],
    ["what serves", ungoverned, UNGOVERNED],
  ])("stops for every rule that is broken by %s", async (_what, resources, found) => {
    const result = await stack.deploy("preview", resources, strict);
    expect(violated(said(result))).toEqual(Object.keys(found).sort());
    expect(result.exitCode).not.toBe(0);
    for (const message of Object.values(found).flat()) {
      expect(unwrapped(said(result))).toContain(message);
    }
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
