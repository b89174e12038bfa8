import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { AlertWebhook } from "../../../components/azure/alertWebhook";
import { DriftNotices } from "../../../components/azure/driftNotices";
import { NoticeAlert } from "../../../components/azure/noticeAlert";
import { roleDefinitionId } from "../../../components/azure/roles";
import { Program, valueOf } from "../program";
import { CALLBACK_URL, principalOf } from "./azureDouble";
import { environment, inputsOf, logsOf, SUBSCRIPTION, TAGS } from "./scene";

async function alerts(emails = ["a@example.com", "b@example.com"]) {
  const program = new Program();
  const webhook = await program.run(() => {
    const logs = logsOf();
    const notices = new DriftNotices("notices", { environment, logs });
    new NoticeAlert("alert", { environment, logs, notices, emails });
    return new AlertWebhook("webhook", { environment, notices });
  });
  return { program, webhook };
}

test("a notice is a row of whatever came, with its time", async () => {
  const { program } = await alerts();
  const columns = (datetime: string) => [
    { name: "TimeGenerated", type: datetime },
    { name: "Notice", type: "dynamic" },
  ];
  expect(inputsOf(program, "Table", "notices-table")).toMatchObject({
    workspaceName: "mlops-dev-logs",
    tableName: "DriftNotices_CL",
    schema: { name: "DriftNotices_CL", columns: columns("dateTime") },
  });
  const rule = program.find("azure-native:DataCollectionRule", "notices-rule");
  expect(rule.inputs).toMatchObject({
    dataCollectionEndpointId: "/arm/mlops-dev-notices",
    streamDeclarations: { "Custom-DriftNotices_CL": { columns: columns("datetime") } },
    destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: "/arm/mlops-dev-logs" }] },
    dataFlows: [
      {
        streams: ["Custom-DriftNotices_CL"],
        destinations: ["logs"],
        outputStream: "Custom-DriftNotices_CL",
      },
    ],
    tags: TAGS,
  });
  expect(rule.dependsOn).toContain("notices-table");
});

test("the Logic App posts each request as one row, as itself", async () => {
  const { program } = await alerts();
  const { definition, ...workflow } = inputsOf(program, "Workflow", "webhook-workflow");
  expect(workflow).toMatchObject({ identity: { type: "SystemAssigned" }, tags: TAGS });
  expect(definition).toMatchObject({
    triggers: { manual: { type: "Request", kind: "Http", inputs: { method: "POST" } } },
    actions: {
      write: {
        type: "Http",
        inputs: {
          method: "POST",
          uri: "https://mlops-dev-notices.ingest.monitor.azure.com/dataCollectionRules/dcr-0123/streams/Custom-DriftNotices_CL?api-version=2023-01-01",
          body: [{ TimeGenerated: "@{utcNow()}", Notice: "@triggerBody()" }],
          authentication: {
            type: "ManagedServiceIdentity",
            audience: "https://monitor.azure.com",
          },
        },
      },
    },
  });
  expect(inputsOf(program, "RoleAssignment", "webhook-publish")).toMatchObject({
    principalId: principalOf("mlops-dev-alerts"),
    scope: "/arm/mlops-dev-notices",
    roleDefinitionId: roleDefinitionId(SUBSCRIPTION, "Monitoring Metrics Publisher"),
  });
});

test("the address with its signature is a secret wherever it goes", async () => {
  const { program, webhook } = await alerts();
  expect(await valueOf(webhook.url)).toBe(CALLBACK_URL);
  expect(await pulumi.isSecret(webhook.url)).toBe(true);
  expect(JSON.stringify(program.resources)).not.toContain("sig=");
});

test("a row brings a mail to everybody", async () => {
  const { program } = await alerts();
  expect(inputsOf(program, "ActionGroup", "alert-group")).toMatchObject({
    location: "Global",
    groupShortName: "mlops-dev",
    enabled: true,
    emailReceivers: [
      { name: "a@example.com", emailAddress: "a@example.com", useCommonAlertSchema: true },
      { name: "b@example.com", emailAddress: "b@example.com", useCommonAlertSchema: true },
    ],
    tags: TAGS,
  });
  const rule = program.find("azure-native:ScheduledQueryRule", "alert-rule");
  expect(rule.inputs).toMatchObject({
    kind: "LogAlert",
    enabled: true,
    scopes: ["/arm/mlops-dev-logs"],
    evaluationFrequency: "PT5M",
    windowSize: "PT15M",
    criteria: {
      allOf: [
        {
          query: "DriftNotices_CL",
          timeAggregation: "Count",
          operator: "GreaterThan",
          threshold: 0,
        },
      ],
    },
    actions: { actionGroups: ["/arm/mlops-dev"] },
    tags: TAGS,
  });
  expect(rule.dependsOn).toContain("notices-table");
});

test("nobody to tell is refused before any child is made", async () => {
  const program = new Program();
  const run = program.run(() => {
    const logs = logsOf();
    const notices = new DriftNotices("notices", { environment, logs });
    return new NoticeAlert("alert", { environment, logs, notices, emails: [] });
  });
  await expect(run).rejects.toThrow("emails of alert is empty; it must name at least one address.");
  expect(program.resources.filter(({ parent }) => parent === "alert")).toEqual([]);
});
