import { expect, test } from "vitest";
import { DataLake, type DataLakeArgs } from "../../../components/azure/dataLake";
import { roleDefinitionId } from "../../../components/azure/roles";
import { Program, valueOf } from "../program";
import { principalOf } from "./azureDouble";
import { environment, inputsOf, logsOf, SUBSCRIPTION, TAGS, TENANT } from "./scene";

const FIREWALL = { defaultAction: "Deny", ipRanges: [], subnetIds: [] } as const;

async function lake(args: Partial<DataLakeArgs> = {}) {
  const program = new Program();
  const run = () =>
    new DataLake("lake", {
      environment,
      logs: logsOf(),
      landing: { coolAfterDays: 30 },
      firewall: FIREWALL,
      ...args,
    });
  return { program, made: await program.run(run) };
}

test("the account is a data lake that nobody reaches without Microsoft Entra ID", async () => {
  const { program } = await lake();
  expect(inputsOf(program, "StorageAccount", "lake-account")).toMatchObject({
    accountName: environment.names.storageAccount,
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    isHnsEnabled: true,
    minimumTlsVersion: "TLS1_2",
    enableHttpsTrafficOnly: true,
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    tags: TAGS,
  });
  expect(program.find("azure-native:StorageAccount", "lake-account").protect).toBe(true);
});

test("everybody is turned away but the access connector and who is named", async () => {
  const subnet =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s";
  const { program } = await lake({
    firewall: { defaultAction: "Deny", ipRanges: ["203.0.113.7"], subnetIds: [subnet] },
  });
  expect(inputsOf(program, "StorageAccount", "lake-account")["networkRuleSet"]).toEqual({
    defaultAction: "Deny",
    bypass: "None",
    ipRules: [{ iPAddressOrRange: "203.0.113.7", action: "Allow" }],
    virtualNetworkRules: [{ virtualNetworkResourceId: subnet, action: "Allow" }],
    resourceAccessRules: [{ tenantId: TENANT, resourceId: "/arm/mlops-dev-lake" }],
  });
});

test("what is deleted can be brought back", async () => {
  const { program } = await lake({ softDeleteDays: 30 });
  expect(inputsOf(program, "BlobServiceProperties", "lake-blobs")).toMatchObject({
    blobServicesName: "default",
    deleteRetentionPolicy: { enabled: true, days: 30 },
    containerDeleteRetentionPolicy: { enabled: true, days: 30 },
  });
});

test("containers let nobody read without signing in, and have URLs", async () => {
  const { program, made } = await lake();
  expect(program.ofType("azure-native:BlobContainer").sort()).toEqual([
    "lake-catalog",
    "lake-landing",
  ]);
  for (const name of ["lake-catalog", "lake-landing"]) {
    expect(inputsOf(program, "BlobContainer", name)).toMatchObject({ publicAccess: "None" });
    expect(program.find("azure-native:BlobContainer", name).protect).toBe(true);
  }
  const { storageAccount } = environment.names;
  expect(await valueOf(made.urls.catalog)).toBe(
    `abfss://catalog@${storageAccount}.dfs.core.windows.net/`,
  );
  expect(await valueOf(made.urls.landing)).toBe(
    `abfss://landing@${storageAccount}.dfs.core.windows.net/`,
  );
});

test("files in landing cool and go; those of tables are left alone", async () => {
  const rulesOf = async (args: Partial<DataLakeArgs>) =>
    inputsOf((await lake(args)).program, "ManagementPolicy", "lake-lifecycle")["policy"];
  const rule = (baseBlob: object) => ({
    rules: [
      {
        name: "landing",
        enabled: true,
        type: "Lifecycle",
        definition: {
          filters: { blobTypes: ["blockBlob"], prefixMatch: ["landing/"] },
          actions: { baseBlob },
        },
      },
    ],
  });
  expect(await rulesOf({ landing: { coolAfterDays: 10 } })).toEqual(
    rule({ tierToCool: { daysAfterModificationGreaterThan: 10 } }),
  );
  expect(await rulesOf({ landing: { coolAfterDays: 10, deleteAfterDays: 365 } })).toEqual(
    rule({
      tierToCool: { daysAfterModificationGreaterThan: 10 },
      delete: { daysAfterModificationGreaterThan: 365 },
    }),
  );
});

test.each([
  ["lake-delegate", "Storage Blob Delegator", `/arm/${environment.names.storageAccount}`],
  ["lake-catalog-access", "Storage Blob Data Contributor", "/arm/catalog"],
  ["lake-landing-access", "Storage Blob Data Reader", "/arm/landing"],
] as const)("the access connector gets no more than it needs: %s", async (name, role, scope) => {
  const { program } = await lake();
  expect(inputsOf(program, "AccessConnector", "lake-connector")).toMatchObject({
    identity: { type: "SystemAssigned" },
    tags: TAGS,
  });
  expect(inputsOf(program, "RoleAssignment", name)).toMatchObject({
    scope,
    principalId: principalOf("mlops-dev-lake"),
    principalType: "ServicePrincipal",
    roleDefinitionId: roleDefinitionId(SUBSCRIPTION, role),
  });
  expect(inputsOf(program, "RoleAssignment", name)["description"]).not.toBe("");
  expect(program.ofType("azure-native:RoleAssignment")).toHaveLength(3);
});

test("changes of files are logged", async () => {
  const { program } = await lake();
  expect(inputsOf(program, "DiagnosticSetting", "lake-logs")).toMatchObject({
    resourceUri: `/arm/${environment.names.storageAccount}/blobServices/default`,
    workspaceId: "/arm/mlops-dev-logs",
    logs: [
      { category: "StorageWrite", enabled: true },
      { category: "StorageDelete", enabled: true },
    ],
  });
});

test.each<[Partial<DataLakeArgs>, string]>([
  [{ softDeleteDays: 1 }, "softDeleteDays of lake is 1; it must be between 7 and 365."],
  [{ softDeleteDays: 400 }, "softDeleteDays of lake is 400"],
  [{ landing: { coolAfterDays: 0 } }, "coolAfterDays of lake is 0; it must be at least 1."],
  [
    { landing: { coolAfterDays: 30, deleteAfterDays: 30 } },
    "deleteAfterDays of lake is 30; it must be more than coolAfterDays, 30.",
  ],
])("%j is refused before any child is made", async (args, message) => {
  const program = new Program();
  const given = { environment, landing: { coolAfterDays: 30 }, firewall: FIREWALL, ...args };
  await expect(
    program.run(() => new DataLake("lake", { ...given, logs: logsOf() })),
  ).rejects.toThrow(message);
  expect(program.resources.filter(({ parent }) => parent === "lake")).toEqual([]);
});
