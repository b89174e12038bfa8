import { Workspace } from "@pulumi/azure-native/databricks";
import { Vault } from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { armIdArgument, ARM_TYPES } from "./armId";

/** What of a workspace decides whether it serves. */
export interface WorkspaceTraits {
  readonly name?: string | undefined;
}

/** What of a vault decides whether it serves. */
export interface VaultTraits {
  readonly enableRbacAuthorization?: boolean | undefined;
  readonly enablePurgeProtection?: boolean | undefined;
}

/**
 * A workspace that exists. It is read and never changed.
 * @throws pulumi.RunError if the id is none of a workspace, and when it has been read, if it does not serve.
 */
export function existingWorkspace(
  name: string,
  id: string,
  opts: pulumi.CustomResourceOptions,
): { readonly id: pulumi.Output<string>; readonly workspace: Workspace } {
  armIdArgument("workspace.existingId", ARM_TYPES.workspace, id);
  const workspace = Workspace.get(name, id, opts);
  return { id: workspace.sku.apply((sku) => servingId(id, tierProblem(sku))), workspace };
}

/**
 * A vault that exists. It is read and never changed: who may read its secrets is its owner's to say.
 * @throws pulumi.RunError if the id is none of a vault, and when it has been read, if it does not serve.
 */
export function existingVault(
  name: string,
  id: string,
  opts: pulumi.CustomResourceOptions,
): { readonly resourceId: pulumi.Output<string>; readonly uri: pulumi.Output<string> } {
  const parsed = armIdArgument("keyVault.existingId", ARM_TYPES.vault, id);
  const { properties } = Vault.get(name, id, opts);
  const resourceId = properties.apply((traits) => servingId(id, vaultProblem(traits)));
  return { resourceId, uri: resourceId.apply(() => `https://${parsed.name}.vault.azure.net/`) };
}

/** Why a workspace of this tier cannot be used, if so. */
export const tierProblem = (sku: WorkspaceTraits | undefined): string | undefined =>
  sku?.name === "premium"
    ? undefined
    : `has the tier '${sku?.name ?? "standard"}'; Unity Catalog needs premium`;

/** Why a vault cannot be used, if so. */
export function vaultProblem(traits: VaultTraits): string | undefined {
  if (traits.enableRbacAuthorization !== true)
    return "has access policies; it must use Azure roles";
  if (traits.enablePurgeProtection !== true) return "must have purge protection";
  return undefined;
}

function servingId(id: string, problem: string | undefined): string {
  if (problem === undefined) return id;
  throw new pulumi.RunError(`${id} ${problem}.`);
}
