import { Vault } from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";
import type { Firewall } from "./firewall";
import type { LogAnalytics } from "./logAnalytics";
import { grantRole } from "./roles";

/** Arguments of {@link KeyVault}. */
export interface KeyVaultArgs {
  readonly environment: AzureEnvironment;
  /** Where its audit log goes. */
  readonly logs: LogAnalytics;
  readonly firewall: Firewall;
  /** Object id of the enterprise application AzureDatabricks in the tenant, which reads the secret scope. */
  readonly databricksObjectId: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The vault behind the workspace's secret scope: roles instead of access policies, and no final deletion. */
export class KeyVault extends pulumi.ComponentResource {
  readonly vault: Vault;
  /** `https://name.vault.azure.net/` */
  readonly uri: pulumi.Output<string>;

  /** @throws pulumi.RunError if `databricksObjectId` is not a GUID. */
  constructor(name: string, args: KeyVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:KeyVault", name, {}, opts);
    const { environment, logs, firewall, databricksObjectId } = args;
    if (!GUID.test(databricksObjectId)) {
      throw new pulumi.RunError(
        `databricksObjectId of ${name} is '${databricksObjectId}'; it must be a GUID: ` +
          "az ad sp show --id 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d --query id",
      );
    }
    this.vault = new Vault(
      `${name}-vault`,
      {
        ...placed(environment),
        vaultName: environment.names.keyVault,
        properties: {
          tenantId: environment.tenantId,
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          softDeleteRetentionInDays: 90,
          enablePurgeProtection: true,
          publicNetworkAccess: "Enabled",
          networkAcls: {
            defaultAction: firewall.defaultAction,
            // Azure Databricks reads secrets as a trusted service:
            // https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints
            bypass: "AzureServices",
            ipRules: firewall.ipRanges.map((value) => ({ value })),
            virtualNetworkRules: firewall.subnetIds.map((id) => ({ id })),
          },
        },
      },
      { parent: this, protect: environment.protect },
    );
    this.uri = pulumi.interpolate`https://${this.vault.name}.vault.azure.net/`;
    grantRole(
      `${name}-scope`,
      environment.subscriptionId,
      databricksObjectId,
      {
        role: "Key Vault Secrets User",
        scope: this.vault.id,
        reason: "Azure Databricks reads the secrets of the workspace's secret scope",
      },
      { parent: this },
    );
    // https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-keyvault-vaults-logs
    logs.collect(`${name}-logs`, this.vault.id, ["AuditEvent"]);
    this.registerOutputs({ vaultId: this.vault.id });
  }
}
