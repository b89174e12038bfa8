import * as databricks from "@pulumi/databricks";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../../policies/rules";
import {
  deprecated,
  DEPRECATED_FIELDS,
  DEPRECATED_TYPES,
} from "../../../policies/rules/deprecated";
import { gatedEndpoint } from "../../../policies/rules/gatedEndpoint";
import { monitoredEndpoint } from "../../../policies/rules/monitoredEndpoint";
import { protectedData, STATEFUL_TYPES } from "../../../policies/rules/protectedData";
import { runAs } from "../../../policies/rules/runAs";
import { schedules } from "../../../policies/rules/schedules";
import { storageAccess } from "../../../policies/rules/storageAccess";
import { tableTags, tags, TAGGABLE } from "../../../policies/rules/tags";
import type { ResourceRule } from "../../../policies/rule";
import { withoutApiVersion } from "../../../policies/types";
import { UNKNOWN, type Properties } from "../../../policies/values";
import { context, resource, strict } from "./resource";

const found = (rule: ResourceRule, type: string, properties: Properties = {}, more = {}) =>
  rule.checkResource(resource(type, properties, more), context()).map((finding) => finding.found);

const model = resource("mlops:index:ModelStack", {}, { name: "churn", urn: "urn:churn" });

describe("the list of rules", () => {
  it("has each name once, in the form that the engine's output and its configuration take", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it("is all in the how-to", () => {
    const page = readFileSync(join(__dirname, "../../../docs/how-to/policies.md"), "utf8");
    for (const { name } of rules) expect(page).toContain(`| \`${name}\` |`);
  });
});

describe("the types that rules name", () => {
  const known = new Set(
    Object.values(databricks).flatMap((member) =>
      typeof member === "function" && "__pulumiType" in member ? [member.__pulumiType] : [],
    ),
  );
  const azure = dirname(require.resolve("@pulumi/azure-native/package.json"));

  it.each([
    ...Object.keys(DEPRECATED_TYPES),
    ...Object.keys(DEPRECATED_FIELDS),
    ...[...STATEFUL_TYPES].filter((type) => type.startsWith("databricks:")),
  ])("%s is a type of Databricks' SDK", (type) => {
    expect(known).toContain(type);
  });

  const azureTypes = [...STATEFUL_TYPES, ...TAGGABLE].filter((type) => type.startsWith("azure"));
  it.each([...new Set(azureTypes)])("%s is a type of Azure's SDK", (type) => {
    const [, module = "", name = ""] = type.split(":");
    const file = join(azure, module, `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`);
    expect(existsSync(file)).toBe(true);
    if (TAGGABLE.has(type)) expect(readFileSync(file, "utf8")).toMatch(/^ {4}tags\?:/m);
  });

  it("have no API version", () => {
    expect(withoutApiVersion("azure-native:storage/v20230501:BlobContainer")).toBe(
      "azure-native:storage:BlobContainer",
    );
    expect(withoutApiVersion("databricks:index/job:Job")).toBe("databricks:index/job:Job");
  });
});

describe("deprecated", () => {
  it.each([
    ["qualityMonitor:QualityMonitor", "DataQualityMonitor"],
    ["lakehouseMonitor:LakehouseMonitor", "DataQualityMonitor"],
    ["sqlAlert:SqlAlert", "AlertV2"],
    ["sqlQuery:SqlQuery", "AlertV2"],
    ["mlflowModel:MlflowModel", "RegisteredModel"],
    ["mlflowWebhook:MlflowWebhook", "Job"],
    ["onlineTable:OnlineTable", "OnlineStore"],
    ["grants:Grants", "Grant"],
  ])("%s: use %s", (type, instead) => {
    const [finding, ...more] = deprecated.checkResource(resource(type), context());
    expect(more).toEqual([]);
    expect(finding?.fix).toContain(instead);
  });

  it("finds fields that are set, and only those", () => {
    const type = "modelServing:ModelServing";
    expect(found(deprecated, type, { config: { servedModels: [{}] } })).toHaveLength(1);
    expect(found(deprecated, type, { config: { autoCaptureConfig: UNKNOWN } })).toHaveLength(1);
    expect(found(deprecated, type, { config: { servedEntities: [{}], servedModels: [] } })).toEqual(
      [],
    );
    expect(found(deprecated, "job:Job", { alwaysRunning: false, maxRetries: 0 })).toEqual([]);
  });
});

describe("tags", () => {
  const owned = { owner: "a", cost_center: "b" };

  it("reads them wherever a type has them", () => {
    const list = Object.entries(owned).map(([key, value]) => ({ key, value }));
    expect(found(tags, "job:Job", { tags: owned })).toEqual([]);
    expect(found(tags, "modelServing:ModelServing", { tags: list })).toEqual([]);
    expect(found(tags, "sqlEndpoint:SqlEndpoint", { tags: { customTags: list } })).toEqual([]);
    expect(found(tags, "azure-native:keyvault/v20240101:Vault", { tags: owned })).toEqual([]);
    expect(found(tags, "azure-native:keyvault/v20240101:Vault")).toHaveLength(2);
    expect(found(tags, "grant:Grant")).toEqual([]);
  });

  it("demands the model's name of what is in a model, however deep", () => {
    const job = resource("mlops:index:PythonJob", {}, { parent: model });
    const inModel = { parent: job };
    expect(found(tags, "job:Job", { tags: owned }, inModel)).toEqual([
      "it belongs to the model churn and has no tag model",
    ]);
    expect(found(tags, "job:Job", { tags: { ...owned, model: "churn" } }, inModel)).toEqual([]);
    expect(found(tags, "job:Job", { tags: { ...owned, model: "x" } }, inModel)).toHaveLength(1);
  });

  it("leaves what is unknown to the update, and takes no empty tag", () => {
    expect(found(tags, "job:Job", { tags: UNKNOWN })).toEqual([]);
    expect(found(tags, "job:Job", { tags: { ...owned, owner: UNKNOWN } })).toEqual([]);
    expect(found(tags, "job:Job", { tags: { ...owned, owner: "" } })).toHaveLength(1);
  });

  it("finds a table's tags among the other resources", () => {
    const table = resource("sqlTable:SqlTable", { catalogName: "a", schemaName: "b", name: "c" });
    const tag = (tagKey: string, entityName = "a.b.c") =>
      resource("entityTagAssignment:EntityTagAssignment", { entityName, tagKey, tagValue: "x" });
    const check = (...others: ReturnType<typeof tag>[]) =>
      tableTags.checkStack([...others, table], strict).map((finding) => finding.found);
    expect(check(tag("owner"), tag("cost_center"))).toEqual([]);
    expect(check(tag("owner"), tag("cost_center", "a.b.d"))).toEqual(["it has no tag cost_center"]);
  });
});

describe("protected-data", () => {
  it("demands protection of what holds data, where the environment does", () => {
    expect(found(protectedData, "schema:Schema")).toHaveLength(1);
    expect(found(protectedData, "schema:Schema", {}, { protect: true })).toEqual([]);
    expect(found(protectedData, "job:Job")).toEqual([]);
    expect(found(protectedData, "azure-native:storage/v20230501:StorageAccount")).toHaveLength(1);
    const lax = context({ settings: { ...strict, protect: false } });
    expect(protectedData.checkResource(resource("schema:Schema"), lax)).toEqual([]);
  });
});

describe("gated-endpoint", () => {
  const gate = (properties: Properties) =>
    resource("pulumi-nodejs:dynamic/mlops:PromotionGate", { model: "m.s.a", ...properties });
  const check = (entity: Properties, ...before: ReturnType<typeof gate>[]) =>
    gatedEndpoint
      .checkResource(
        resource("modelServing:ModelServing", { config: { servedEntities: [entity] } }),
        context({ before }),
      )
      .map((finding) => finding.found);
  const serves = { entityName: "m.s.a", entityVersion: "3" };
  const refused = { verdict: { outcome: "refused" }, candidate: { version: "3" } };

  it("takes the champion and the challenger", () => {
    expect(check(serves, gate({ left: "3" }))).toEqual([]);
    expect(check(serves, gate({ left: "2", ...refused }))).toEqual([]);
  });

  it("takes no other version, nor a candidate that nobody measured", () => {
    expect(check(serves, gate({ left: "2" }))[0]).toContain("version 3 of m.s.a");
    expect(check(serves, gate({ left: "none" }))).toHaveLength(1);
    const unmeasured = { ...refused, verdict: { outcome: "inconclusive" } };
    expect(check(serves, gate({ left: "2", ...unmeasured }))).toHaveLength(1);
  });

  it("takes no model without a gate, except those that Databricks provides", () => {
    expect(check(serves)).toHaveLength(1);
    expect(check(serves, gate({ model: "m.s.b", left: "3" }))).toHaveLength(1);
    expect(check({ entityName: "system.ai.llama", entityVersion: "1" })).toEqual([]);
    expect(check({ entityName: "m.s.features" })).toEqual([]);
    expect(check({ externalModel: { provider: "openai" } })).toEqual([]);
  });

  it("leaves what is unknown to the update", () => {
    expect(check({ ...serves, entityVersion: UNKNOWN }, gate({ left: "2" }))).toEqual([]);
    expect(check(serves, gate({ left: UNKNOWN }))).toEqual([]);
    expect(check(serves, gate({ model: UNKNOWN }))).toEqual([]);
  });
});

describe("run-as", () => {
  it("demands a service principal", () => {
    const as = (principal: Properties) => found(runAs, "job:Job", { runAs: principal });
    expect(as({ servicePrincipalName: "id" })).toEqual([]);
    expect(as({ servicePrincipalName: UNKNOWN })).toEqual([]);
    expect(as({ userName: "me@example.com" })).toEqual(["it runs as the user me@example.com"]);
    expect(found(runAs, "job:Job")).toEqual(["it runs as whoever deploys it"]);
    expect(found(runAs, "schema:Schema")).toEqual([]);
  });
});

describe("storage-access", () => {
  const closed = { allowSharedKeyAccess: false, allowBlobPublicAccess: false };
  const account = (properties: Properties) =>
    found(storageAccess, "azure-native:storage:StorageAccount", { ...closed, ...properties });

  it.each<[Properties]>([
    [{ publicNetworkAccess: "Disabled" }],
    [{ publicNetworkAccess: "SecuredByPerimeter" }],
    [{ publicNetworkAccess: "Enabled", networkRuleSet: { defaultAction: "Deny" } }],
    [{ publicNetworkAccess: UNKNOWN }],
  ])("takes %j", (properties) => {
    expect(account(properties)).toEqual([]);
  });

  it.each([
    [{}, "publicNetworkAccess is not set"],
    [{ publicNetworkAccess: "Enabled" }, "publicNetworkAccess is Enabled"],
    [{ publicNetworkAccess: "Disabled", allowSharedKeyAccess: true }, "shared keys"],
    [
      { publicNetworkAccess: "Disabled", allowSharedKeyAccess: null },
      "allowSharedKeyAccess is not set",
    ],
    [{ publicNetworkAccess: "Disabled", allowBlobPublicAccess: true }, "read by anybody"],
  ])("refuses %j", (properties, what) => {
    expect(account(properties)).toEqual([expect.stringContaining(what)]);
  });

  it("takes no anonymous container", () => {
    const container = (publicAccess: string | null) =>
      found(storageAccess, "azure-native:storage:BlobContainer", { publicAccess });
    expect(container("Blob")).toHaveLength(1);
    expect([...container("None"), ...container(null)]).toEqual([]);
  });
});

describe("schedules", () => {
  const often = { quartzCronExpression: "0 0/5 * * * ?" };

  it.each<[string, Properties]>([
    ["job:Job", { schedule: often }],
    ["job:Job", { continuous: { pauseStatus: "UNPAUSED" } }],
    ["job:Job", { triggers: [{ schedule: often }] }],
    ["alertV2:AlertV2", { schedule: { quartzCronSchedule: "0 0/5 * * * ?" } }],
    ["dataQualityMonitor:DataQualityMonitor", { dataProfilingConfig: { schedule: often } }],
    ["job:Job", { schedule: { quartzCronExpression: "hourly" } }],
  ])("finds what runs too often, or nobody knows when: %s %j", (type, properties) => {
    expect(found(schedules, type, properties)).toHaveLength(1);
  });

  it.each<[string, Properties]>([
    ["job:Job", { schedule: { quartzCronExpression: "0 0 * * * ?" } }],
    ["job:Job", { schedule: { ...often, pauseStatus: "PAUSED" } }],
    ["job:Job", { continuous: { pauseStatus: "PAUSED" } }],
    ["job:Job", { trigger: { periodic: { interval: 1, unit: "HOURS" } } }],
    ["job:Job", { schedule: { quartzCronExpression: UNKNOWN } }],
    ["job:Job", {}],
  ])("takes %s %j", (type, properties) => {
    expect(found(schedules, type, properties)).toEqual([]);
  });
});

describe("monitored-endpoint", () => {
  const inModel = { parent: model };
  const endpoint = resource("modelServing:ModelServing", {}, inModel);
  const monitor = (properties: Properties, more = inModel) =>
    resource("dataQualityMonitor:DataQualityMonitor", properties, more);
  const alert = (properties: Properties) => resource("alertV2:AlertV2", properties, inModel);
  const scheduled: Properties = {
    dataProfilingConfig: { schedule: { quartzCronExpression: "0 0 * * * ?" } },
  };
  const tells: Properties = {
    evaluation: { notification: { subscriptions: [{ destinationId: UNKNOWN }] } },
  };
  const check = (...others: ReturnType<typeof resource>[]) =>
    monitoredEndpoint.checkStack([endpoint, ...others], strict).map((finding) => finding.found);

  it("takes a model with a monitor that is scheduled and an alert that tells somebody", () => {
    expect(check(monitor(scheduled), alert(tells))).toEqual([]);
    expect(check(monitor({}), monitor(scheduled), alert(tells))).toEqual([]);
  });

  it("finds what is missing or does not work", () => {
    expect(check()).toHaveLength(2);
    expect(check(monitor({}), alert(tells))[0]).toContain("has no schedule");
    expect(check(monitor(scheduled), alert({}))[0]).toContain("tells nobody");
    const paused = { ...tells, schedule: { pauseStatus: "PAUSED" } };
    expect(check(monitor(scheduled), alert(paused))[0]).toContain("is paused");
  });

  it("does not take another model's", () => {
    const other = { parent: resource("mlops:index:ModelStack", {}, { urn: "urn:other" }) };
    expect(check(monitor(scheduled, other), alert(tells))).toHaveLength(1);
  });

  it("demands nothing where the environment does not", () => {
    const lax = { ...strict, monitored: false };
    expect(monitoredEndpoint.checkStack([endpoint], lax)).toEqual([]);
  });
});
