import { isUnknown, revealed, type Bag } from "./values";

/** What the double knows of a resource type beyond the SDK's types. */
export interface ResourceType {
  /**
   * The ARM id, with the inputs that it is made of. An input alone at the beginning is a scope.
   * From the type's page at https://learn.microsoft.com/azure/templates/.
   */
  readonly path: string;
  /** The name that a resource without one gets; random by default. */
  readonly autoName?: "default" | "uuid";
  /** Inputs outside the id that cannot change in place; `location` never can. */
  readonly immutable?: readonly string[];
}

const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

const inGroup = (type: string, rest: Omit<ResourceType, "path"> = {}): ResourceType => ({
  path: `${GROUP}/providers/${type}`,
  ...rest,
});

const STORAGE = "Microsoft.Storage/storageAccounts/{accountName}";
const PERIMETER = "Microsoft.Network/networkSecurityPerimeters/{networkSecurityPerimeterName}";
const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";
const AUTHORIZATION = "/providers/Microsoft.Authorization";

/** The types that the double has, without `azure-native:`; others are refused by name. */
export const TYPES: Readonly<Record<string, ResourceType>> = {
  "resources:ResourceGroup": { path: GROUP },

  "storage:StorageAccount": inGroup(STORAGE, {
    immutable: ["isHnsEnabled", "enableNfsV3", "encryption.requireInfrastructureEncryption"],
  }),
  "storage:BlobServiceProperties": inGroup(`${STORAGE}/blobServices/{blobServicesName}`, {
    autoName: "default",
  }),
  "storage:BlobContainer": inGroup(`${STORAGE}/blobServices/default/containers/{containerName}`),
  "storage:ManagementPolicy": inGroup(`${STORAGE}/managementPolicies/{managementPolicyName}`, {
    autoName: "default",
  }),

  "keyvault:Vault": inGroup("Microsoft.KeyVault/vaults/{vaultName}"),
  "keyvault:Secret": inGroup("Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}"),
  "keyvault:Key": inGroup("Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}"),

  "databricks:Workspace": inGroup("Microsoft.Databricks/workspaces/{workspaceName}", {
    // https://learn.microsoft.com/azure/templates/microsoft.databricks/workspaces
    immutable: ["managedResourceGroupId", "computeMode"],
  }),
  "databricks:AccessConnector": inGroup("Microsoft.Databricks/accessConnectors/{connectorName}"),

  "operationalinsights:Workspace": inGroup(
    "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  ),
  "operationalinsights:Table": inGroup(
    "Microsoft.OperationalInsights/workspaces/{workspaceName}/tables/{tableName}",
  ),
  "monitor:DataCollectionEndpoint": inGroup(
    "Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}",
  ),
  "monitor:DataCollectionRule": inGroup(
    "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
  ),
  "monitor:DiagnosticSetting": {
    path: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  },
  "monitor:ActionGroup": inGroup("Microsoft.Insights/actionGroups/{actionGroupName}"),
  "monitor:ScheduledQueryRule": inGroup("Microsoft.Insights/scheduledQueryRules/{ruleName}"),
  "monitor:MetricAlert": inGroup("Microsoft.Insights/metricAlerts/{ruleName}"),

  "containerregistry:Registry": inGroup("Microsoft.ContainerRegistry/registries/{registryName}"),
  "logic:Workflow": inGroup("Microsoft.Logic/workflows/{workflowName}"),

  "managedidentity:UserAssignedIdentity": inGroup(`${IDENTITY}/{resourceName}`),
  "managedidentity:FederatedIdentityCredential": inGroup(
    `${IDENTITY}/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
  ),

  "authorization:RoleAssignment": {
    path: `{scope}${AUTHORIZATION}/roleAssignments/{roleAssignmentName}`,
    autoName: "uuid",
    immutable: ["principalId", "roleDefinitionId"],
  },
  "authorization:RoleDefinition": {
    path: `{scope}${AUTHORIZATION}/roleDefinitions/{roleDefinitionId}`,
    autoName: "uuid",
  },
  "authorization:ManagementLockByScope": { path: `{scope}${AUTHORIZATION}/locks/{lockName}` },
  "authorization:ManagementLockAtResourceGroupLevel": {
    path: `${GROUP}${AUTHORIZATION}/locks/{lockName}`,
  },

  "consumption:Budget": { path: "{scope}/providers/Microsoft.Consumption/budgets/{budgetName}" },
  "costmanagement:Budget": {
    path: "{scope}/providers/Microsoft.CostManagement/budgets/{budgetName}",
  },

  "network:VirtualNetwork": inGroup("Microsoft.Network/virtualNetworks/{virtualNetworkName}"),
  "network:Subnet": inGroup(
    "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  ),
  "network:NetworkSecurityGroup": inGroup(
    "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  ),
  "network:NetworkSecurityPerimeter": inGroup(PERIMETER),
  "network:NetworkSecurityPerimeterProfile": inGroup(`${PERIMETER}/profiles/{profileName}`),
  "network:NetworkSecurityPerimeterAccessRule": inGroup(
    `${PERIMETER}/profiles/{profileName}/accessRules/{accessRuleName}`,
  ),
  "network:NetworkSecurityPerimeterAssociation": inGroup(
    `${PERIMETER}/resourceAssociations/{associationName}`,
  ),
  "network:NatGateway": inGroup("Microsoft.Network/natGateways/{natGatewayName}"),
  "network:PublicIPAddress": inGroup("Microsoft.Network/publicIPAddresses/{publicIpAddressName}"),
  "network:PrivateEndpoint": inGroup("Microsoft.Network/privateEndpoints/{privateEndpointName}"),
  "network:PrivateDnsZoneGroup": inGroup(
    "Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
  ),
  "privatedns:PrivateZone": inGroup("Microsoft.Network/privateDnsZones/{privateZoneName}"),
  "privatedns:VirtualNetworkLink": inGroup(
    "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
  ),
};

/** @param token - e.g. `azure-native:storage:StorageAccount`. */
export function resourceType(token: string): ResourceType | undefined {
  return TYPES[token.replace(/^azure-native:/, "")];
}

/** The inputs that an id is made of, e.g. resourceGroupName and accountName. */
export function pathInputs({ path }: ResourceType): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    name === undefined || name === "subscriptionId" ? [] : [name],
  );
}

/** The input that holds a resource's own name, e.g. accountName. */
export function nameInput(type: ResourceType): string {
  return pathInputs(type).at(-1) ?? "name";
}

/**
 * The id of the resource that has these inputs.
 * @returns undefined while one of them is not known.
 */
export function idOf(type: ResourceType, inputs: Bag, subscriptionId: string): string | undefined {
  const values: Record<string, unknown> = { ...inputs, subscriptionId };
  const names = ["subscriptionId", ...pathInputs(type)];
  const known = names.map((name) => [name, revealed(values[name]).value] as const);
  if (known.some(([, value]) => typeof value !== "string" || isUnknown(value))) return undefined;
  return known.reduce(
    (path, [name, value]) => path.replace(`{${name}}`, pathPart(name, String(value))),
    type.path,
  );
}

/** Scopes are written with and without a slash in front. */
function pathPart(name: string, value: string): string {
  return name === "scope" || name === "resourceUri" ? `/${value.replace(/^\/|\/$/g, "")}` : value;
}
