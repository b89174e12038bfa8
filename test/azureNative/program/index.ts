import { ManagementLockByScope, RoleAssignment } from "@pulumi/azure-native/authorization";
import { Workspace } from "@pulumi/azure-native/databricks";
import { Workflow, listWorkflowTriggerCallbackUrlOutput } from "@pulumi/azure-native/logic";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { BlobContainer, StorageAccount } from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

// A program for tests of the double: what they change about it comes by configuration.
const config = new pulumi.Config();
const group = new ResourceGroup("group", {
  resourceGroupName: "rg-double",
  location: config.get("location") ?? "westeurope",
});
const account = new StorageAccount("account", {
  accountName: config.get("accountName") ?? "stdouble",
  resourceGroupName: group.name,
  kind: "StorageV2",
  sku: { name: "Standard_ZRS" },
  allowSharedKeyAccess: false,
  // As text, so that a test can misspell what the compiler would refuse.
  networkRuleSet: config.getObject("networkRuleSet") ?? { defaultAction: "Deny" },
  tags: { secret: config.requireSecret("secret"), note: config.get("note") ?? "none" },
});
const container = new BlobContainer("container", {
  accountName: account.name,
  containerName: "data",
  resourceGroupName: group.name,
});
const workspace = new Workspace("workspace", {
  resourceGroupName: group.name,
  workspaceName: "dbw-double",
  managedResourceGroupId:
    "/subscriptions/00000000-0000-4000-8000-00000000d0b1/resourceGroups/rg-double-managed",
  sku: { name: "premium" },
});
const role = new RoleAssignment("role", {
  scope: container.id,
  principalId: "11111111-1111-4111-8111-111111111111",
  principalType: "ServicePrincipal",
  roleDefinitionId:
    "/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
});
if (config.getBoolean("locked") ?? true) {
  new ManagementLockByScope(
    "lock",
    { scope: account.id, level: "CanNotDelete", lockName: "holds-data" },
    { dependsOn: [container, role] },
  );
}
const workflow = new Workflow("workflow", {
  resourceGroupName: group.name,
  definition: { triggers: { manual: { type: "Request", kind: "Http" } } },
});

/** What a program reads of Azure's answers. */
export const outputs = {
  accountId: account.id,
  blob: account.primaryEndpoints.blob,
  workspaceUrl: workspace.workspaceUrl,
  callback: pulumi.secret(
    listWorkflowTriggerCallbackUrlOutput({
      resourceGroupName: group.name,
      workflowName: workflow.name,
      triggerName: "manual",
    }).value,
  ),
};
