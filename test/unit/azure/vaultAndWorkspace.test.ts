import { expect, test } from "vitest";
import { ContainerRegistry } from "../../../components/azure/containerRegistry";
import { DatabricksWorkspace } from "../../../components/azure/databricksWorkspace";
import { KeyVault } from "../../../components/azure/keyVault";
import { LogAnalytics, type LogAnalyticsArgs } from "../../../components/azure/logAnalytics";
import { roleDefinitionId } from "../../../components/azure/roles";
import { WorkspaceNetwork } from "../../../components/azure/workspaceNetwork";
import { Program, valueOf } from "../program";
import { EXISTING } from "./azureDouble";
import { DATABRICKS, environment, inputsOf, logsOf, SUBSCRIPTION, TAGS, TENANT } from "./scene";

test("the vault goes by roles, is never gone for good, and turns strangers away", async () => {
  const program = new Program();
  const vault = await program.run(
    () =>
      new KeyVault("vault", {
        environment,
        logs: logsOf(),
        firewall: { defaultAction: "Deny", ipRanges: ["203.0.113.0/24"], subnetIds: ["/subnet"] },
        databricksObjectId: DATABRICKS,
      }),
  );
  expect(inputsOf(program, "Vault", "vault-vault")).toMatchObject({
    vaultName: environment.names.keyVault,
    tags: TAGS,
    properties: {
      tenantId: TENANT,
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enablePurgeProtection: true,
      networkAcls: {
        defaultAction: "Deny",
        bypass: "AzureServices",
        ipRules: [{ value: "203.0.113.0/24" }],
        virtualNetworkRules: [{ id: "/subnet" }],
      },
    },
  });
  expect(program.find("azure-native:Vault", "vault-vault").protect).toBe(true);
  expect(await valueOf(vault.uri)).toBe(`https://${environment.names.keyVault}.vault.azure.net/`);
  expect(inputsOf(program, "RoleAssignment", "vault-scope")).toMatchObject({
    scope: `/arm/${environment.names.keyVault}`,
    principalId: DATABRICKS,
    roleDefinitionId: roleDefinitionId(SUBSCRIPTION, "Key Vault Secrets User"),
  });
  expect(inputsOf(program, "DiagnosticSetting", "vault-logs")).toMatchObject({
    logs: [{ category: "AuditEvent", enabled: true }],
  });
});

test("a principal that is no GUID is refused before any child is made", async () => {
  const program = new Program();
  const args = { firewall: { defaultAction: "Deny", ipRanges: [], subnetIds: [] } as const };
  const run = program.run(
    () =>
      new KeyVault("vault", {
        ...args,
        environment,
        logs: logsOf(),
        databricksObjectId: "AzureDatabricks",
      }),
  );
  await expect(run).rejects.toThrow("databricksObjectId of vault is 'AzureDatabricks'; it must be");
  expect(program.resources.filter(({ parent }) => parent === "vault")).toEqual([]);
});

test("the workspace is premium, without public addresses, and has its own managed group", async () => {
  const program = new Program();
  const made = await program.run(
    () => new DatabricksWorkspace("databricks", { environment, logs: logsOf() }),
  );
  const inputs = inputsOf(program, "Workspace", "databricks-workspace");
  expect(inputs).toMatchObject({
    workspaceName: "mlops-dev",
    sku: { name: "premium" },
    computeMode: "Hybrid",
    managedResourceGroupId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/mlops-dev-databricks`,
    tags: TAGS,
  });
  expect(inputs["parameters"]).toEqual({
    enableNoPublicIp: { value: true },
    requireInfrastructureEncryption: { value: true },
  });
  expect(program.find("azure-native:Workspace", "databricks-workspace").protect).toBe(true);
  expect(await valueOf(made.url)).toBe("https://adb-1.2.azuredatabricks.net");
  const { logs } = inputsOf(program, "DiagnosticSetting", "databricks-logs");
  expect(logs).toContainEqual({ category: "unityCatalog", enabled: true });
});

test("the workspace can live in a network that is made for it", async () => {
  const program = new Program();
  await program.run(() => {
    const network = new WorkspaceNetwork("network", { environment, addressSpace: "10.20.0.0/20" });
    return new DatabricksWorkspace("databricks", { environment, logs: logsOf(), network });
  });
  expect(inputsOf(program, "Workspace", "databricks-workspace")["parameters"]).toMatchObject({
    enableNoPublicIp: { value: true },
    customVirtualNetworkId: { value: "/arm/mlops-dev-databricks" },
    customPublicSubnetName: { value: "databricks-public" },
    customPrivateSubnetName: { value: "databricks-private" },
  });
  const shared = {
    networkSecurityGroup: { id: "/arm/mlops-dev-databricks" },
    natGateway: { id: "/arm/mlops-dev-databricks" },
    defaultOutboundAccess: false,
    delegations: [{ name: "databricks", serviceName: "Microsoft.Databricks/workspaces" }],
    serviceEndpoints: [{ service: "Microsoft.Storage" }],
  };
  expect(inputsOf(program, "VirtualNetwork", "network-network")).toMatchObject({
    addressSpace: { addressPrefixes: ["10.20.0.0/20"] },
    subnets: [
      { ...shared, name: "databricks-public", addressPrefix: "10.20.0.0/22" },
      { ...shared, name: "databricks-private", addressPrefix: "10.20.4.0/22" },
    ],
    tags: TAGS,
  });
});

test.each(["10.20.0.0/28", "10.20.0.0/8", "10.20.0.5/20", "10.20.0.0", "300.0.0.0/16"])(
  "the range %s is refused before any child is made",
  async (addressSpace) => {
    const program = new Program();
    await expect(
      program.run(() => new WorkspaceNetwork("network", { environment, addressSpace })),
    ).rejects.toThrow(`addressSpace of network is '${addressSpace}'; it must be an IPv4 range`);
    expect(program.resources.filter(({ parent }) => parent === "network")).toEqual([]);
  },
);

test("a network by another resource's id is refused before any child is made", async () => {
  const program = new Program();
  const network = { virtualNetworkId: EXISTING.vault, publicSubnet: "a", privateSubnet: "b" };
  await expect(
    program.run(
      () => new DatabricksWorkspace("databricks", { environment, logs: logsOf(), network }),
    ),
  ).rejects.toThrow(`virtualNetworkId of databricks is '${EXISTING.vault}'; it must be /subscript`);
  expect(program.resources.filter(({ parent }) => parent === "databricks")).toEqual([]);
});

test("the registry knows no admin and no anonymous pull", async () => {
  const program = new Program();
  await program.run(() => new ContainerRegistry("images", { environment }));
  expect(inputsOf(program, "Registry", "images-registry")).toMatchObject({
    registryName: environment.names.containerRegistry,
    sku: { name: "Basic" },
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    tags: TAGS,
  });
});

test("logs are kept for ninety days and need Microsoft Entra ID", async () => {
  const program = new Program();
  await program.run(() => new LogAnalytics("logs", { environment, dailyCapGb: 2 }));
  expect(inputsOf(program, "Workspace", "logs-workspace")).toMatchObject({
    retentionInDays: 90,
    features: { disableLocalAuth: true },
    workspaceCapping: { dailyQuotaGb: 2 },
    tags: TAGS,
  });
});

test.each<[Partial<LogAnalyticsArgs>, string]>([
  [{ retentionDays: 7 }, "retentionDays of logs is 7; it must be between 30 and 730."],
  [{ retentionDays: 1000 }, "retentionDays of logs is 1000"],
  [{ dailyCapGb: 0 }, "dailyCapGb of logs is 0; it must be above 0."],
])("%j is refused before any child is made", async (args, message) => {
  const program = new Program();
  const run = program.run(() => new LogAnalytics("logs", { environment, ...args }));
  await expect(run).rejects.toThrow(message);
  expect(program.resources.filter(({ parent }) => parent === "logs")).toEqual([]);
});
