import { createHash } from "node:crypto";
import { RoleDefinition } from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureEnvironment } from "./environment";

/**
 * The right to read a Logic App's address. A preview asks for it again, and of the built-in roles only those that
 * may also change the Logic App contain it.
 * @param resourceGroupId - Where it can be assigned.
 */
export function alertUrlRole(
  name: string,
  { names, subscriptionId }: AzureEnvironment,
  resourceGroupId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): RoleDefinition {
  return new RoleDefinition(
    name,
    {
      scope: resourceGroupId,
      roleDefinitionId: stableGuid([subscriptionId, names.base, "alert-url"]),
      // Unique in the tenant, as the environment's names are.
      roleName: `${names.base} alert webhook reader`,
      roleType: "CustomRole",
      description: "May read the address that drift notices are posted to",
      assignableScopes: [resourceGroupId],
      permissions: [{ actions: ["Microsoft.Logic/workflows/triggers/listCallbackUrl/action"] }],
    },
    opts,
  );
}

/** A GUID that is the same for the same parts. */
function stableGuid(parts: readonly string[]): string {
  const hex = createHash("sha256").update(parts.join("/")).digest("hex");
  // Version 8, made from anything: RFC 9562.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
