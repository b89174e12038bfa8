import { expect, test } from "vitest";
import {
  JobsPrincipal,
  KeyVaultSecretScope,
  LakehouseStorage,
  type LakehouseStorageArgs,
} from "../../../components";
import { Program, valueOf } from "../program";

const CONNECTOR =
  "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Databricks/accessConnectors/c";
const LAKE = "abfss://catalog@mldev.dfs.core.windows.net/";
const LANDING = "abfss://landing@mldev.dfs.core.windows.net/";
const APPLICATION = "6f1b1a2c-9d3e-4f50-8a61-0c2d4e6f8a90";

function makeStorage(args: Partial<LakehouseStorageArgs> = {}): LakehouseStorage {
  return new LakehouseStorage("platform-storage", {
    name: "ml_dev",
    accessConnectorId: CONNECTOR,
    locations: {
      catalog: { url: LAKE, comment: "Managed data" },
      landing: {
        url: LANDING,
        comment: "Files of others",
        readOnly: true,
        grants: { jobs: { principal: APPLICATION, privileges: ["READ_FILES"] } },
      },
    },
    protect: false,
    forceDestroy: true,
    ...args,
  });
}

test("storage is one credential on the access connector, and a location for each container", async () => {
  const program = new Program();
  const storage = await program.run(() => makeStorage());
  const credential = program.find("databricks:StorageCredential", "platform-storage-credential");
  expect(credential.inputs).toMatchObject({
    name: "ml_dev",
    azureManagedIdentity: { accessConnectorId: CONNECTOR },
    forceUpdate: true,
  });
  expect(credential.parent).toBe("platform-storage");
  const location = program.find("databricks:ExternalLocation", "platform-storage-catalog");
  expect(location.inputs).toMatchObject({
    name: "ml_dev_catalog",
    url: LAKE,
    credentialName: "ml_dev",
    readOnly: false,
    forceDestroy: true,
  });
  expect(location.dependsOn).toContain("platform-storage-credential");
  expect(await valueOf(storage.url("catalog"))).toBe(LAKE);
  expect(() => storage.url("raw")).toThrow(
    "There is no storage location 'raw'; there are: catalog, landing.",
  );
});

test("files may be read by those who are granted it, past tables and volumes, and by nobody else", async () => {
  const program = new Program();
  await program.run(() => makeStorage());
  expect(program.ofType("databricks:Grant")).toEqual(["platform-storage-landing-jobs"]);
  expect(program.find("databricks:Grant", "platform-storage-landing-jobs").inputs).toEqual({
    externalLocation: "ml_dev_landing",
    principal: APPLICATION,
    privileges: ["READ_FILES"],
  });
});

test.each([true, false])("what data lies in is protected: %s", async (protect) => {
  const program = new Program();
  await program.run(() => makeStorage({ protect, forceDestroy: false }));
  for (const type of ["databricks:StorageCredential", "databricks:ExternalLocation"]) {
    const made = program.resources.filter((one) => one.type === type);
    expect(made.map((one) => one.protect)).toEqual(made.map(() => protect));
  }
  expect(
    program.find("databricks:ExternalLocation", "platform-storage-catalog").inputs["forceDestroy"],
  ).toBe(false);
});

test.each([
  [{ name: "ML-Dev" }, "'ML-Dev' cannot be part of a storage location's name"],
  [{ locations: { "a b": { url: LAKE, comment: "" } } }, "'a b' cannot be part of"],
])("%j is refused before anything is made", async (args, message) => {
  const program = new Program();
  await expect(program.run(() => makeStorage(args))).rejects.toThrow(message);
  expect(program.ofType("databricks:StorageCredential")).toEqual([]);
});

const keyVault = {
  resourceId: "/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv",
  uri: "https://kv.vault.azure.net/",
};

test("the secret scope shows the vault to its readers, and lets nobody write", async () => {
  const program = new Program();
  const readers = { engineers: "ml-engineers", jobs: APPLICATION };
  const made = await program.run(
    () => new KeyVaultSecretScope("platform-secrets", { scope: "ml_dev", keyVault, readers }),
  );
  expect(program.find("databricks:SecretScope", "platform-secrets-scope").inputs).toEqual({
    name: "ml_dev",
    keyvaultMetadata: { resourceId: keyVault.resourceId, dnsName: keyVault.uri },
  });
  for (const [who, principal] of Object.entries(readers)) {
    const acl = program.find("databricks:SecretAcl", `platform-secrets-${who}`);
    expect(acl.inputs).toEqual({ scope: "ml_dev", principal, permission: "READ" });
    expect(acl.dependsOn).toContain("platform-secrets-scope");
  }
  expect(await valueOf(made.scope)).toBe("ml_dev");
});

test("a scope's name that Databricks refuses is refused", async () => {
  const make = () => new KeyVaultSecretScope("x", { scope: "ml dev", keyVault, readers: {} });
  await expect(new Program().run(make)).rejects.toThrow("The secret scope's name is 'ml dev'");
});

test("the identity of jobs is known by its application once it is registered", async () => {
  const program = new Program();
  const made = await program.run(
    () =>
      new JobsPrincipal("platform-jobs-principal", {
        displayName: "ml_dev jobs",
        clientId: APPLICATION,
        protect: true,
      }),
  );
  const registered = program.find(
    "databricks:ServicePrincipal",
    "platform-jobs-principal-service-principal",
  );
  expect(registered.inputs).toEqual({
    applicationId: APPLICATION,
    displayName: "ml_dev jobs",
    workspaceAccess: true,
  });
  expect([registered.parent, registered.protect]).toEqual(["platform-jobs-principal", true]);
  expect(await valueOf(made.applicationId)).toBe(APPLICATION);
});
