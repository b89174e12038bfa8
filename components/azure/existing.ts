import { Workspace } from "@pulumi/azure-native/databricks";
import { Vault } from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { armIdArgument, ARM_TYPES } from "./armId";

/**
 * A workspace that exists. It is read and never changed.
 * @throws pulumi.RunError if the id is none of a workspace, and when it has been read, if it is not premium.
 */
export function existingWorkspace(
  name: string,
  id: string,
  opts: pulumi.CustomResourceOptions,
): { readonly id: pulumi.Output<string>; readonly workspace: Workspace } {
  armIdArgument("workspace.existingId", ARM_TYPES.workspace, id);
  const workspace = Workspace.get(name, id, opts);
  const checked = workspace.sku.apply((sku) => {
    if (sku?.name === "premium") return id;
    throw new pulumi.RunError(
      `The workspace ${id} has the tier '${sku?.name ?? "standard"}'; Unity Catalog needs premium.`,
    );
  });
  return { id: checked, workspace };
}

/**
 * A vault that exists. It is read and never changed: who may read its secrets is its owner's to say.
 * @throws pulumi.RunError if the id is none of a vault, and when it has been read, if it has access policies or
 * no purge protection.
 */
export function existingVault(
  name: string,
  id: string,
  opts: pulumi.CustomResourceOptions,
): { readonly resourceId: pulumi.Output<string>; readonly uri: pulumi.Output<string> } {
  const parsed = armIdArgument("keyVault.existingId", ARM_TYPES.vault, id);
  const checked = Vault.get(name, id, opts).properties.apply((properties) => {
    if (properties.enableRbacAuthorization !== true) {
      throw new pulumi.RunError(`The vault ${id} has access policies; it must use Azure roles.`);
    }
    if (properties.enablePurgeProtection !== true) {
      throw new pulumi.RunError(`The vault ${id} must have purge protection.`);
    }
    return id;
  });
  return {
    resourceId: checked,
    uri: checked.apply(() => `https://${parsed.name}.vault.azure.net/`),
  };
}
