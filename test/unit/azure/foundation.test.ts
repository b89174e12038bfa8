import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { tierProblem, vaultProblem } from "../../../components/azure/existing";
import { MonthlyBudget, type MonthlyBudgetArgs } from "../../../components/azure/monthlyBudget";
import { Program, valueOf } from "../program";
import { EXISTING } from "./azureDouble";
import { environment, inputsOf, LEAST, made, MOST, SUBSCRIPTION, TAGS, TENANT } from "./scene";

/** Types that Azure gives no tags. */
const UNTAGGED = [
  "BlobContainer",
  "BlobServiceProperties",
  "Budget",
  "DiagnosticSetting",
  "FederatedIdentityCredential",
  "ManagementLockByScope",
  "ManagementPolicy",
  "NetworkSecurityPerimeterAccessRule",
  "NetworkSecurityPerimeterAssociation",
  "NetworkSecurityPerimeterProfile",
  "RoleAssignment",
  "RoleDefinition",
  "Table",
];

const azureResources = (program: Program) =>
  program.resources.filter(({ type }) => type.startsWith("azure-native:"));

test("everything goes into the subscription and tenant of the settings", async () => {
  const { program } = await made(LEAST);
  expect(program.find("pulumi:azure-native", "azure").inputs).toMatchObject({
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    location: "westeurope",
  });
});

test("a placeholder is refused before anything is made", async () => {
  const nobody = "00000000-0000-0000-0000-000000000000";
  const settings = { ...LEAST, tenantId: nobody, keyVault: { databricksObjectId: nobody } };
  await expect(made(settings)).rejects.toThrow(
    `mlops:azure still has the placeholder ${nobody} for tenantId, keyVault.databricksObjectId; set`,
  );
});

test("whatever can carry them has the tags", async () => {
  const { program } = await made(MOST);
  const without = azureResources(program).filter(
    ({ type, inputs }) =>
      !UNTAGGED.includes(type.replace("azure-native:", "")) &&
      !isDeepStrictEqual(inputs["tags"], TAGS),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

test("the workspace's side gets what it stands on", async () => {
  const { foundation } = await made(MOST);
  const { storageAccount, keyVault, containerRegistry } = environment.names;
  expect(await valueOf(foundation.workspaceUrl)).toBe("https://adb-1.2.azuredatabricks.net");
  expect(await valueOf(foundation.workspaceResourceId)).toBe("/arm/mlops-dev");
  expect(await valueOf(foundation.accessConnectorId)).toBe("/arm/mlops-dev-lake");
  expect(await valueOf(foundation.storage.catalog)).toBe(
    `abfss://catalog@${storageAccount}.dfs.core.windows.net/`,
  );
  expect(await valueOf(foundation.keyVault.resourceId)).toBe(`/arm/${keyVault}`);
  expect(await valueOf(foundation.keyVault.uri)).toBe(`https://${keyVault}.vault.azure.net/`);
  expect(await valueOf(foundation.jobsIdentity.clientId)).toBe("client-of-mlops-dev-jobs");
  expect(await valueOf(foundation.registryLoginServer)).toBe(`${containerRegistry}.azurecr.io`);
  expect(await pulumi.isSecret(foundation.alertWebhookUrl ?? pulumi.output(""))).toBe(true);
});

test("without alerts there is no address to post to", async () => {
  const { program, foundation } = await made(LEAST);
  expect(foundation.alertWebhookUrl).toBeUndefined();
  for (const type of ["ActionGroup", "Workflow", "Table"]) {
    expect(program.ofType(`azure-native:${type}`)).toEqual([]);
  }
});

test("locks come after all that they cover", async () => {
  const { program } = await made(MOST);
  const locks = program.ofType("azure-native:ManagementLockByScope").sort();
  expect(locks).toEqual(["azure-locks-storage", "azure-locks-vault", "azure-locks-workspace"]);
  const covered = azureResources(program)
    .filter(({ parent }) => /^azure-(lake|vault|databricks)/.test(parent ?? ""))
    .map(({ name }) => name);
  for (const lock of locks) {
    const { inputs, dependsOn } = program.find("azure-native:ManagementLockByScope", lock);
    expect(inputs).toMatchObject({ level: "CanNotDelete", lockName: "holds-data" });
    expect(dependsOn).toEqual(expect.arrayContaining([...covered, "azure-vault-logs"]));
  }
  expect((await made({ ...MOST, locks: false })).program.ofType("mlops:DeleteLocks")).toEqual([]);
});

test("what holds data is protected where that is configured", async () => {
  const protectedIn = async (protect: boolean) =>
    azureResources((await made(MOST, protect)).program)
      .filter((one) => one.protect)
      .map(({ name }) => name)
      .sort();
  expect(await protectedIn(true)).toEqual([
    "azure-databricks-workspace",
    "azure-group",
    "azure-images-registry",
    "azure-lake-account",
    "azure-lake-catalog",
    "azure-lake-landing",
    "azure-logs-workspace",
    "azure-vault-vault",
  ]);
  expect(await protectedIn(false)).toEqual([]);
});

test("serverless compute gets through a firewall that turns others away, and needs no such way else", async () => {
  const { program } = await made(LEAST);
  expect(
    inputsOf(program, "NetworkSecurityPerimeterAccessRule", "azure-lake-serverless-rule"),
  ).toMatchObject({ direction: "Inbound", serviceTags: ["AzureDatabricksServerless"] });
  const association = "azure-lake-serverless-storage";
  expect(inputsOf(program, "NetworkSecurityPerimeterAssociation", association)).toMatchObject({
    privateLinkResource: { id: `/arm/${environment.names.storageAccount}` },
    accessMode: "Learning",
  });
  const open = await made({ ...LEAST, firewall: { defaultAction: "Allow" } });
  expect(open.program.ofType("azure-native:NetworkSecurityPerimeter")).toEqual([]);
});

test("the subnets of a network that is made reach the storage", async () => {
  const { program } = await made(MOST);
  expect(inputsOf(program, "StorageAccount", "azure-lake-account")).toMatchObject({
    networkRuleSet: {
      virtualNetworkRules: [
        { virtualNetworkResourceId: "/arm/mlops-dev-databricks/subnets/databricks-public" },
        { virtualNetworkResourceId: "/arm/mlops-dev-databricks/subnets/databricks-private" },
      ],
    },
  });
});

test("a workspace, vault and network that exist are used and left as they are", async () => {
  const brought = {
    ...LEAST,
    workspace: { existingId: EXISTING.workspace },
    keyVault: { existingId: EXISTING.vault },
  };
  const { program, foundation } = await made(brought);
  expect(await valueOf(foundation.workspaceUrl)).toBe("https://adb-9.8.azuredatabricks.net");
  expect(await valueOf(foundation.workspaceResourceId)).toBe(EXISTING.workspace);
  expect(await valueOf(foundation.keyVault.resourceId)).toBe(EXISTING.vault);
  expect(await valueOf(foundation.keyVault.uri)).toBe("https://shared-vault.vault.azure.net/");
  expect(program.ofType("mlops:DatabricksWorkspace")).toEqual([]);
  expect(program.ofType("mlops:KeyVault")).toEqual([]);
  const about = azureResources(program).filter(
    ({ inputs }) =>
      inputs["resourceUri"] === EXISTING.workspace || inputs["scope"] === EXISTING.vault,
  );
  expect(about).toEqual([]);
  expect(program.ofType("azure-native:ManagementLockByScope")).toEqual(["azure-locks-storage"]);

  const network = {
    virtualNetworkId: EXISTING.network,
    publicSubnet: "hosts",
    privateSubnet: "containers",
  };
  const injected = (await made({ ...LEAST, network })).program;
  expect(injected.ofType("azure-native:VirtualNetwork")).toEqual([]);
  expect(inputsOf(injected, "Workspace", "azure-databricks-workspace")).toMatchObject({
    parameters: {
      customVirtualNetworkId: { value: EXISTING.network },
      customPublicSubnetName: { value: "hosts" },
      customPrivateSubnetName: { value: "containers" },
    },
  });
});

test.each([
  [tierProblem({ name: "premium" }), undefined],
  [tierProblem({ name: "standard" }), "has the tier 'standard'; Unity Catalog needs premium"],
  [tierProblem(undefined), "has the tier 'standard'; Unity Catalog needs premium"],
  [vaultProblem({ enableRbacAuthorization: true, enablePurgeProtection: true }), undefined],
  [vaultProblem({ enablePurgeProtection: true }), "has access policies; it must use Azure roles"],
  [vaultProblem({ enableRbacAuthorization: true }), "must have purge protection"],
])("what is brought along must serve: %s", (problem, expected) => {
  expect(problem).toBe(expected);
});

test("a budget is told of at 80 percent and when it is bound to be exceeded", async () => {
  const { program } = await made(MOST);
  const contactEmails = ["owner@example.com"];
  expect(inputsOf(program, "Budget", "azure-budget-budget")).toMatchObject({
    scope: `/subscriptions/${SUBSCRIPTION}`,
    amount: 2000,
    timeGrain: "Monthly",
    timePeriod: { startDate: "2026-12-01T00:00:00Z" },
    filter: {
      dimensions: { name: "ResourceGroupName", values: ["mlops-dev", "mlops-dev-databricks"] },
    },
    notifications: {
      "spent-80-percent": { threshold: 80, thresholdType: "Actual", contactEmails },
      "will-exceed": { threshold: 100, thresholdType: "Forecasted", contactEmails },
    },
  });
});

test.each<[Partial<MonthlyBudgetArgs>, string]>([
  [{ amount: 0 }, "amount of budget is 0; it must be above 0."],
  [{ startMonth: "12/2026" }, "startMonth of budget is '12/2026'; it must be a month such as"],
  [{ emails: [] }, "emails of budget is empty; it must name at least one address."],
])("a budget with %j is refused before any child is made", async (args, message) => {
  const program = new Program();
  const given = { environment, amount: 1, startMonth: "2026-12", emails: ["a@example.com"] };
  const run = program.run(() => new MonthlyBudget("budget", { ...given, ...args }));
  await expect(run).rejects.toThrow(message);
  expect(program.resources.filter(({ parent }) => parent === "budget")).toEqual([]);
});
