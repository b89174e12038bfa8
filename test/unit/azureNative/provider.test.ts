import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { Provider } from "../../azureNative/provider";
import { Schemas } from "../../azureNative/schemas";
import { Store } from "../../azureNative/store";
import type { Bag } from "../../azureNative/values";

const SUBSCRIPTION = "/subscriptions/s";
const GROUP = `${SUBSCRIPTION}/resourceGroups/rg`;
const READER =
  "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";

describe("the double of azure-native", () => {
  const folder = mkdtempSync(join(tmpdir(), "azure-double-"));
  const schemas = new Schemas("test", join(folder, "schemas"));
  let provider: Provider;

  beforeEach(() => {
    const account = { subscriptionId: "s", tenantId: "t", location: undefined };
    provider = new Provider(schemas, new Store(mkdtempSync(join(folder, "state-"))), account);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const subject = (token: string) => ({ token: `azure-native:${token}`, name: "it" });
  const create = (token: string, inputs: Bag, preview = false) =>
    provider.create(subject(token), inputs, preview);
  const group = () =>
    create("resources:ResourceGroup", { resourceGroupName: "rg", location: "westeurope" });
  const account = () =>
    create("storage:StorageAccount", {
      resourceGroupName: "rg",
      accountName: "data",
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
    });
  const lock = (scope: string, level: string) =>
    create("authorization:ManagementLockByScope", { scope, level, lockName: "keep" });
  const assign = (scope: string, roleAssignmentName: string, roleDefinitionId = READER) =>
    create("authorization:RoleAssignment", {
      ...{ scope, roleAssignmentName, roleDefinitionId, principalId: "p" },
    });

  test("gives ARM ids and what Azure computes", async () => {
    expect(await group()).toMatchObject({ id: GROUP, outputs: { name: "rg" } });
    const id = `${GROUP}/providers/Microsoft.Storage/storageAccounts/data`;
    const made = await account();
    expect(made).toMatchObject({
      id,
      outputs: {
        type: "Microsoft.Storage/storageAccounts",
        kind: "StorageV2",
        primaryEndpoints: { dfs: "https://data.dfs.core.windows.net/" },
      },
    });
    expect(provider.read(id)?.outputs).toEqual(made.outputs);
  });

  test("knows in a preview what the program gave, and nothing that Azure adds", async () => {
    const inputs = {
      resourceGroupName: "rg",
      connectorName: "c",
      identity: { type: "SystemAssigned" },
    };
    expect(await create("databricks:AccessConnector", inputs, true)).toMatchObject({
      id: "",
      outputs: {
        name: unknownValue,
        identity: { type: "SystemAssigned", principalId: unknownValue },
      },
    });
    expect(
      provider.read(`${GROUP}/providers/Microsoft.Databricks/accessConnectors/c`),
    ).toBeUndefined();
  });

  test("finds the same principal for an identity wherever it is read", async () => {
    await group();
    const { id, outputs } = await create("managedidentity:UserAssignedIdentity", {
      ...{ resourceGroupName: "rg", resourceName: "jobs" },
    });
    const connector = await create("databricks:AccessConnector", {
      ...{ resourceGroupName: "rg", connectorName: "c" },
      identity: { type: "UserAssigned", userAssignedIdentities: [id] },
    });
    const { principalId, clientId } = outputs;
    expect(principalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(connector.outputs["identity"]).toMatchObject({
      userAssignedIdentities: { [id]: { principalId, clientId } },
    });
  });

  test.each<[what: string, act: () => Promise<unknown>, message: string]>([
    ["in a group that is not there", () => account(), "404 ResourceGroupNotFound"],
    ["twice", async () => [await group(), await group()], "409 Conflict"],
    [
      "in a resource that is not there",
      async () => {
        await group();
        await create("storage:BlobContainer", {
          ...{ resourceGroupName: "rg", accountName: "data", containerName: "c" },
        });
      },
      "404 ParentResourceNotFound",
    ],
    [
      "with the id of what is not there",
      async () => {
        await group();
        await create("monitor:DiagnosticSetting", {
          ...{ resourceUri: GROUP, name: "d" },
          workspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/w`,
        });
      },
      "404 LinkedResourceNotFound",
    ],
    [
      "that gives a role twice",
      async () => {
        await group();
        await assign(GROUP, "11111111-1111-4111-8111-111111111111");
        await assign(GROUP, "22222222-2222-4222-8222-222222222222");
      },
      "409 RoleAssignmentExists",
    ],
    [
      "that gives a role that there is not",
      async () => {
        await group();
        await assign(GROUP, "11111111-1111-4111-8111-111111111111", READER.replace("acdd", "acdc"));
      },
      "400 RoleDefinitionDoesNotExist",
    ],
    [
      "that the double does not know",
      () => create("storage:Queue", {}),
      "501 NotInTheDouble: azure-native:storage:Queue is not in test/azureNative/resourceTypes.ts",
    ],
  ])("refuses a resource %s", async (_what, act, message) => {
    await expect(act()).rejects.toThrow(message);
  });

  test("refuses two credentials of an identity at the same time, and takes them in turn", async () => {
    await group();
    await create("managedidentity:UserAssignedIdentity", {
      ...{ resourceGroupName: "rg", resourceName: "ci" },
    });
    const credential = (name: string) =>
      create("managedidentity:FederatedIdentityCredential", {
        ...{ resourceGroupName: "rg", resourceName: "ci" },
        federatedIdentityCredentialResourceName: name,
      });
    const [one, two] = await Promise.allSettled([credential("one"), credential("two")]);
    expect(one.status).toBe("fulfilled");
    expect(two).toHaveProperty(
      "reason.message",
      expect.stringContaining("409 ConcurrentFederatedIdentityCredentialsWrites"),
    );
    await credential("two");
  });

  test("deletes nothing that a lock is on, nor what is in it or around it", async () => {
    await group();
    const { id } = await account();
    const assignment = await assign(id, "11111111-1111-4111-8111-111111111111");
    const { id: lockId } = await lock(id, "CanNotDelete");
    for (const locked of [id, assignment.id, GROUP]) {
      expect(() => {
        provider.delete(locked);
      }).toThrow(`409 ScopeLocked: ${locked} is locked: ${lockId} is CanNotDelete`);
    }
    provider.delete(lockId);
    provider.delete(GROUP);
    expect(provider.read(id)).toBeUndefined();
  });

  test("changes what a lock keeps from deletion, and not what it keeps as it is", async () => {
    const { id } = await group();
    const change = () =>
      provider.update(subject("resources:ResourceGroup"), id, { resourceGroupName: "rg" }, false);
    const { id: lockId } = await lock(id, "CanNotDelete");
    expect(change).not.toThrow();
    provider.delete(lockId);
    await lock(id, "ReadOnly");
    expect(change).toThrow("409 ScopeLocked");
  });

  test("makes and deletes a workspace's managed resource group with it", async () => {
    await group();
    const managed = `${SUBSCRIPTION}/resourceGroups/managed`;
    const workspace = {
      ...{ resourceGroupName: "rg", workspaceName: "dbw", managedResourceGroupId: managed },
    };
    const { id, outputs } = await create("databricks:Workspace", workspace);
    expect(outputs["workspaceUrl"]).toMatch(/^adb-\d{16}\.\d+\.azuredatabricks\.net$/);
    expect(provider.read(managed)).toBeDefined();
    await expect(
      create("databricks:Workspace", { ...workspace, workspaceName: "other" }),
    ).rejects.toThrow(`409 Conflict: ${managed} exists already`);
    provider.delete(id);
    expect(provider.read(managed)).toBeUndefined();
  });

  test("fills in a name and the group's location, and keeps both", async () => {
    await group();
    const check = (olds: Bag) =>
      provider.check(
        subject("managedidentity:UserAssignedIdentity"),
        { resourceGroupName: "rg" },
        olds,
        Buffer.from("seed"),
      );
    const { inputs, problems } = check({});
    expect(problems).toEqual([]);
    expect(inputs).toMatchObject({ location: "westeurope", resourceName: /^it[0-9a-f]{8}$/ });
    const olds = { ...inputs, resourceName: "older" };
    expect(check(olds).inputs).toEqual(olds);
  });

  describe("sees", () => {
    const diff = (olds: Bag, news: Bag) =>
      provider.diff(
        subject("storage:StorageAccount"),
        `${GROUP}/providers/Microsoft.Storage/storageAccounts/data`,
        { resourceGroupName: "rg", accountName: "data", ...olds },
        { resourceGroupName: "rg", accountName: "data", ...news },
      );

    test("changes in place, by path", () => {
      const { changes, replaces } = diff(
        { tags: { a: "1", "b.c": "2" }, sku: { name: "x" } },
        { tags: { a: "2" }, sku: { name: "x" }, kind: "StorageV2" },
      );
      expect(Object.fromEntries(changes)).toEqual({
        "tags.a": "update",
        'tags["b.c"]': "delete",
        kind: "add",
      });
      expect(replaces).toEqual([]);
    });

    test("what needs another resource", () => {
      expect(diff({}, { accountName: "other" })).toMatchObject({
        replaces: ["accountName"],
        deleteBeforeReplace: false,
      });
      expect(diff({ location: "westeurope" }, { location: "northeurope" })).toMatchObject({
        replaces: ["location"],
        deleteBeforeReplace: true,
      });
      expect(diff({ encryption: { requireInfrastructureEncryption: true } }, {})).toMatchObject({
        replaces: ["encryption"],
      });
    });
  });

  test("answers functions by name, and says which it does not know", async () => {
    await group();
    await account();
    const invoke = (name: string, args: Bag) => provider.invoke(`azure-native:${name}`, args);
    expect(invoke("authorization:getClientConfig", {}).result).toMatchObject({
      ...{ subscriptionId: "s", tenantId: "t" },
    });
    const ofAccount = { resourceGroupName: "rg", accountName: "data" };
    expect(invoke("storage:getStorageAccount", ofAccount).result).toMatchObject({
      id: `${GROUP}/providers/Microsoft.Storage/storageAccounts/data`,
    });
    expect(() => invoke("storage:getStorageAccount", { ...ofAccount, accountName: "no" })).toThrow(
      "404 ResourceNotFound",
    );
    expect(() => invoke("storage:listStorageAccountKeys", ofAccount)).toThrow(
      "501 NotInTheDouble: azure-native:storage:listStorageAccountKeys",
    );
    expect(() => invoke("storage:listKeys", {})).toThrow("404 NoSuchFunction");
  });
});
