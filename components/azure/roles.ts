import { RoleAssignment } from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The built-in roles that are assigned, with their ids, the same in every tenant.
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const ROLES = {
  // …/built-in-roles/privileged
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  // …/built-in-roles/general
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  // …/built-in-roles/security
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Locks Contributor": "28bf596f-4eb7-45ce-b5bc-6cf482fec137",
  // …/built-in-roles/storage
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "Storage Blob Delegator": "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
  // …/built-in-roles/monitor
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  // …/built-in-roles/management-and-governance
  "Cost Management Contributor": "434105ed-43f6-45c7-a02f-909b2ba83430",
} as const;

/** Name of a built-in role. */
export type Role = keyof typeof ROLES;

/** One right that a principal gets. */
export interface Grant {
  /** A built-in role, or the ARM id of a custom one. */
  readonly role: Role | { readonly definitionId: pulumi.Input<string> };
  /** ARM id of what the right is to; the smallest thing that serves. */
  readonly scope: pulumi.Input<string>;
  /** Why the principal needs it: becomes the assignment's description. */
  readonly reason: string;
  /** Restricts the role further, in the language of conditions, version 2.0. */
  readonly condition?: string;
}

/**
 * Grants a service principal or managed identity a role. The assignment's own name is left to the provider:
 * a fixed one would stand in the way when the principal behind it is replaced.
 * @param principalId - Object id of the principal, not its application id.
 */
export function grantRole(
  name: string,
  subscriptionId: string,
  principalId: pulumi.Input<string>,
  { role, scope, reason, condition }: Grant,
  opts: pulumi.CustomResourceOptions,
): RoleAssignment {
  return new RoleAssignment(
    name,
    {
      scope,
      principalId,
      // Without it Azure looks a new principal up, and may not find it yet:
      // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
      principalType: "ServicePrincipal",
      roleDefinitionId:
        typeof role === "string" ? roleDefinitionId(subscriptionId, role) : role.definitionId,
      description: reason,
      ...(condition !== undefined && { condition, conditionVersion: "2.0" }),
    },
    opts,
  );
}

/** Object id of a system-assigned identity, once Azure has made it. */
export const principalIdOf = (
  identity: pulumi.Output<{ readonly principalId: string } | undefined>,
): pulumi.Output<string> =>
  identity.apply((made) => {
    if (made === undefined)
      throw new Error("Azure has made no identity, although one was asked for.");
    return made.principalId;
  });

/** ARM id of a built-in role in a subscription. */
export const roleDefinitionId = (subscriptionId: string, role: Role): string =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`;

/**
 * Condition under which somebody may assign and take away these roles and no other.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
export function onlyRoles(roles: readonly Role[]): string {
  const ids = roles.map((role) => ROLES[role]).join(", ");
  const clause = (action: string, source: string): string =>
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR ` +
    `(@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids}}))`;
  return `${clause("write", "Request")} AND ${clause("delete", "Resource")}`;
}
