import type { Problem } from "./validate";
import { text, type Bag } from "./values";

interface NamingRule {
  readonly input: string;
  readonly pattern: RegExp;
  readonly says: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HYPHENATED = "letters, digits and hyphens, begins and ends with a letter or digit";

const rule = (input: string, pattern: RegExp, says: string): NamingRule => ({
  input,
  pattern,
  says,
});

/**
 * Limits that only Azure itself would tell.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export const RULES: Readonly<Record<string, readonly NamingRule[]>> = {
  "resources:ResourceGroup": [
    rule(
      "resourceGroupName",
      /^[-\w.()]{0,89}[-\w()]$/,
      "1-90 letters, digits, _ - . ( ), with no dot at the end",
    ),
  ],
  "storage:StorageAccount": [
    rule("accountName", /^[a-z0-9]{3,24}$/, "3-24 lower-case letters and digits"),
  ],
  "storage:BlobContainer": [
    rule(
      "containerName",
      /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      "3-63 lower-case letters, digits and single hyphens, begins and ends with a letter or digit",
    ),
  ],
  "keyvault:Vault": [
    rule(
      "vaultName",
      /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/i,
      "3-24 letters, digits and single hyphens, begins with a letter, ends with a letter or digit",
    ),
  ],
  "containerregistry:Registry": [
    rule("registryName", /^[a-z0-9]{5,50}$/i, "5-50 letters and digits"),
  ],
  "databricks:Workspace": [rule("workspaceName", /^[\w-]{3,64}$/, "3-64 letters, digits, _ and -")],
  "databricks:AccessConnector": [
    rule("connectorName", /^[\w-]{3,64}$/, "3-64 letters, digits, _ and -"),
  ],
  "operationalinsights:Workspace": [
    rule("workspaceName", /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i, `4-63 ${HYPHENATED}`),
  ],
  "managedidentity:UserAssignedIdentity": [
    rule(
      "resourceName",
      /^[a-z0-9][\w-]{2,127}$/i,
      "3-128 letters, digits, _ and -, begins with a letter or digit",
    ),
  ],
  "managedidentity:FederatedIdentityCredential": [
    rule(
      "federatedIdentityCredentialResourceName",
      /^[a-z0-9][\w-]{2,119}$/i,
      "3-120 letters, digits, _ and -, begins with a letter or digit",
    ),
  ],
  "monitor:ActionGroup": [
    // https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
    rule("groupShortName", /^.{1,12}$/, "1-12 characters"),
  ],
  "consumption:Budget": [rule("budgetName", /^[\w-]{1,63}$/, "1-63 letters, digits, _ and -")],
  "authorization:RoleAssignment": [rule("roleAssignmentName", GUID, "a GUID")],
  "authorization:RoleDefinition": [rule("roleDefinitionId", GUID, "a GUID")],
  "network:VirtualNetwork": [
    rule(
      "virtualNetworkName",
      /^[a-z0-9](?:[\w.-]{0,62}\w)$/i,
      "2-64 letters, digits, _ . -, begins with a letter or digit, ends with a letter, digit or _",
    ),
  ],
};

/** Names that the SDK's types allow and Azure does not. */
export function namingProblems(token: string, inputs: Bag): readonly Problem[] {
  return (RULES[token.replace(/^azure-native:/, "")] ?? []).flatMap(({ input, pattern, says }) => {
    const value = text(inputs, input);
    if (value === undefined || pattern.test(value)) return [];
    return [{ path: input, message: `${input} is ${JSON.stringify(value)}; Azure allows ${says}` }];
  });
}
