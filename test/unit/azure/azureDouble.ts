type Inputs = Readonly<Record<string, unknown>>;
type Outputs = Readonly<Record<string, unknown>>;

/** Address of the Logic App with its signature, as the double gives it. */
export const CALLBACK_URL =
  "https://prod-01.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=of-the-double";

/** Object id of an identity that Azure makes along with a resource. */
export const principalOf = (resource: string): string => `principal-of-${resource}`;

/** `name` and `id` of what is made, from the argument that names it. */
const named =
  (argument: string, more: (name: string) => Outputs = () => ({})) =>
  (inputs: Inputs): Outputs => {
    const name = String(inputs[argument]);
    return { name, id: `/arm/${name}`, ...more(name) };
  };

const nothing = (): Outputs => ({});

const withIdentity = (argument: string) =>
  named(argument, (name) => ({
    identity: { type: "SystemAssigned", principalId: principalOf(name) },
  }));

/**
 * What Azure computes, as far as the program reads it, by package and type. Ids are not ARM's: what tells whether
 * Azure would take a resource is the double of the provider in `test/azureNative`.
 */
export const AZURE_COMPUTED: Readonly<Record<string, (inputs: Inputs) => Outputs>> = {
  "azure-native:AccessConnector": withIdentity("connectorName"),
  "azure-native:ActionGroup": named("actionGroupName"),
  "azure-native:BlobContainer": named("containerName"),
  "azure-native:BlobServiceProperties": ({ accountName }) => ({
    id: `/arm/${String(accountName)}/blobServices/default`,
  }),
  "azure-native:Budget": named("budgetName"),
  "azure-native:DataCollectionEndpoint": named("dataCollectionEndpointName", (name) => ({
    logsIngestion: { endpoint: `https://${name}.ingest.monitor.azure.com` },
  })),
  "azure-native:DataCollectionRule": named("dataCollectionRuleName", () => ({
    immutableId: "dcr-0123",
  })),
  "azure-native:DiagnosticSetting": nothing,
  "azure-native:FederatedIdentityCredential": nothing,
  "azure-native:ManagementLockByScope": nothing,
  "azure-native:ManagementPolicy": nothing,
  "azure-native:NatGateway": named("natGatewayName"),
  "azure-native:NetworkSecurityGroup": named("networkSecurityGroupName"),
  "azure-native:NetworkSecurityPerimeter": named("networkSecurityPerimeterName"),
  "azure-native:NetworkSecurityPerimeterAccessRule": nothing,
  "azure-native:NetworkSecurityPerimeterAssociation": nothing,
  "azure-native:NetworkSecurityPerimeterProfile": named("profileName"),
  "azure-native:PublicIPAddress": named("publicIpAddressName"),
  "azure-native:Registry": named("registryName", (name) => ({ loginServer: `${name}.azurecr.io` })),
  "azure-native:ResourceGroup": named("resourceGroupName"),
  "azure-native:RoleAssignment": nothing,
  "azure-native:RoleDefinition": named("roleDefinitionId"),
  "azure-native:ScheduledQueryRule": nothing,
  "azure-native:StorageAccount": named("accountName"),
  "azure-native:Table": named("tableName"),
  "azure-native:UserAssignedIdentity": named("resourceName", (name) => ({
    clientId: `client-of-${name}`,
    principalId: principalOf(name),
  })),
  "azure-native:Vault": named("vaultName"),
  "azure-native:VirtualNetwork": named("virtualNetworkName"),
  "azure-native:Workflow": withIdentity("workflowName"),
  // Of Azure Databricks and of Log Analytics.
  "azure-native:Workspace": named("workspaceName", () => ({
    workspaceUrl: "adb-1.2.azuredatabricks.net",
  })),
  "pulumi:azure-native": nothing,
};

/** What the provider's functions answer, by token. */
export const AZURE_CALLS: Readonly<Record<string, (inputs: Inputs) => Outputs>> = {
  "azure-native:logic:listWorkflowTriggerCallbackUrl": () => ({ value: CALLBACK_URL }),
};

const SCOPE = "/subscriptions/44444444-4444-4444-8444-444444444444/resourceGroups/shared/providers";

/** ARM ids of what exists before the program runs. */
export const EXISTING = {
  workspace: `${SCOPE}/Microsoft.Databricks/workspaces/shared`,
  vault: `${SCOPE}/Microsoft.KeyVault/vaults/shared-vault`,
  network: `${SCOPE}/Microsoft.Network/virtualNetworks/spoke`,
} as const;

/** What reading each of them says. */
export const AZURE_EXISTING: Readonly<Record<string, Outputs>> = {
  [EXISTING.workspace]: { sku: { name: "premium" }, workspaceUrl: "adb-9.8.azuredatabricks.net" },
  [EXISTING.vault]: {
    properties: { enableRbacAuthorization: true, enablePurgeProtection: true },
  },
};
