import { RoleAssignment } from "@pulumi/azure-native/authorization";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import {
  BlobContainer,
  listStorageAccountKeysOutput,
  StorageAccount,
} from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const { name: resourceGroupName } = new ResourceGroup("group", {
  resourceGroupName: "rg-double",
  location: "westeurope",
});
const account = new StorageAccount("account", {
  accountName: config.get("accountName") ?? "stdouble",
  resourceGroupName,
  kind: "StorageV2",
  sku: { name: "Standard_ZRS" },
  // From configuration, so that a test can write what the compiler would refuse.
  networkRuleSet: config.getObject("networkRuleSet") ?? { defaultAction: "Deny" },
  tags: { note: pulumi.secret("a note that nobody shall read") },
});
const container = new BlobContainer("container", {
  accountName: account.name,
  containerName: "data",
  resourceGroupName,
});
new RoleAssignment("reader", {
  scope: container.id,
  principalId: "11111111-1111-4111-8111-111111111111",
  principalType: "ServicePrincipal",
  roleDefinitionId:
    "/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
});

/** What Azure answers; the keys are of a function that the double has not. */
export const outputs: Record<string, pulumi.Output<unknown>> = {
  accountId: account.id,
  blob: account.primaryEndpoints.blob,
  note: account.tags.apply((tags) => tags?.["note"]),
};
if (config.getBoolean("keys") === true) {
  const named = { resourceGroupName, accountName: account.name };
  outputs["keys"] = listStorageAccountKeysOutput(named).keys;
}
