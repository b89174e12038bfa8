import type { RoleAssignment } from "@pulumi/azure-native/authorization";
import { AccessConnector } from "@pulumi/azure-native/databricks";
import {
  BlobContainer,
  BlobServiceProperties,
  ManagementPolicy,
  StorageAccount,
} from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";
import type { Firewall } from "./firewall";
import type { Container } from "./foundation";
import { landingRules, type Lifecycle } from "./lifecycle";
import type { LogAnalytics } from "./logAnalytics";
import { grantRole, principalIdOf, type Grant } from "./roles";

/** Arguments of {@link DataLake}. */
export interface DataLakeArgs {
  readonly environment: AzureEnvironment;
  /** Where its log of changes goes; what is read is not logged, which would cost more than the storage. */
  readonly logs: LogAnalytics;
  /** Copies: in one place, three zones, two regions, or both of the latter. @default "ZRS" */
  readonly redundancy?: "LRS" | "ZRS" | "GRS" | "GZRS" | undefined;
  /** Days in which what was deleted can be brought back, 7 to 365. @default 14 */
  readonly softDeleteDays?: number | undefined;
  /** What becomes of files in `landing`. `catalog` has no rule: a Delta table names each of its files. */
  readonly landing: Lifecycle;
  readonly firewall: Firewall;
}

/** What the access connector may do in each container, and why. */
const ACCESS: Readonly<Record<Container, Pick<Grant, "role" | "reason">>> = {
  catalog: {
    role: "Storage Blob Data Contributor",
    reason: "Unity Catalog keeps managed tables, volumes and models here",
  },
  landing: {
    role: "Storage Blob Data Reader",
    reason: "Jobs read the files that others leave here",
  },
};

/**
 * An environment's data in ADLS Gen2, and the access connector whose identity Unity Catalog reaches it with.
 * No keys, no anonymous reading, TLS 1.2.
 */
export class DataLake extends pulumi.ComponentResource {
  readonly account: StorageAccount;
  readonly accessConnector: AccessConnector;
  /** `abfss://` URL of each container, known once the access connector may reach it. */
  readonly urls: Readonly<Record<Container, pulumi.Output<string>>>;

  /**
   * @throws pulumi.RunError for a number of days outside 7 to 365, or a lifecycle that deletes before it cools.
   */
  constructor(name: string, args: DataLakeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DataLake", name, {}, opts);
    const { environment, logs, softDeleteDays = 14 } = args;
    if (softDeleteDays < 7 || softDeleteDays > 365) {
      throw new pulumi.RunError(
        `softDeleteDays of ${name} is ${softDeleteDays}; it must be between 7 and 365.`,
      );
    }
    const rules = landingRules(name, args.landing);
    this.accessConnector = new AccessConnector(
      `${name}-connector`,
      {
        ...placed(environment),
        connectorName: `${environment.names.base}-lake`,
        identity: { type: "SystemAssigned" },
      },
      { parent: this },
    );
    this.account = this.makeAccount(name, args);
    const { name: accountName } = this.account;
    const { resourceGroupName } = environment;
    const blobs = new BlobServiceProperties(
      `${name}-blobs`,
      {
        resourceGroupName,
        accountName,
        blobServicesName: "default",
        // Versions do not exist where there are directories: soft delete is all the protection there is.
        // https://learn.microsoft.com/azure/storage/blobs/soft-delete-vs-versioning-options
        deleteRetentionPolicy: { enabled: true, days: softDeleteDays },
        containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays },
      },
      { parent: this },
    );
    new ManagementPolicy(
      `${name}-lifecycle`,
      { resourceGroupName, accountName, managementPolicyName: "default", policy: { rules } },
      { parent: this },
    );
    this.grant(`${name}-delegate`, environment, {
      role: "Storage Blob Delegator",
      scope: this.account.id,
      reason: "Unity Catalog signs short-lived access to single paths",
    });
    this.urls = {
      catalog: this.makeContainer(name, environment, "catalog"),
      landing: this.makeContainer(name, environment, "landing"),
    };
    logs.collect(
      `${name}-logs`,
      blobs.id,
      // https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-storage-storageaccounts-blobservices-logs
      ["StorageWrite", "StorageDelete"],
    );
    this.registerOutputs({ accountId: this.account.id, connectorId: this.accessConnector.id });
  }

  private makeAccount(
    name: string,
    { environment, redundancy = "ZRS", firewall }: DataLakeArgs,
  ): StorageAccount {
    return new StorageAccount(
      `${name}-account`,
      {
        ...placed(environment),
        accountName: environment.names.storageAccount,
        kind: "StorageV2",
        sku: { name: `Standard_${redundancy}` },
        isHnsEnabled: true,
        accessTier: "Hot",
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,
        allowSharedKeyAccess: false,
        defaultToOAuthAuthentication: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        isLocalUserEnabled: false,
        isSftpEnabled: false,
        publicNetworkAccess: "Enabled",
        networkRuleSet: {
          defaultAction: firewall.defaultAction,
          bypass: "None",
          ipRules: firewall.ipRanges.map((range) => ({ iPAddressOrRange: range, action: "Allow" })),
          virtualNetworkRules: firewall.subnetIds.map((id) => ({
            virtualNetworkResourceId: id,
            action: "Allow",
          })),
          // Unity Catalog's own requests:
          // https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/azure-managed-identities
          resourceAccessRules: [
            { tenantId: environment.tenantId, resourceId: this.accessConnector.id },
          ],
        },
      },
      { parent: this, protect: environment.protect },
    );
  }

  private makeContainer(
    name: string,
    environment: AzureEnvironment,
    container: Container,
  ): pulumi.Output<string> {
    const made = new BlobContainer(
      `${name}-${container}`,
      {
        resourceGroupName: environment.resourceGroupName,
        accountName: this.account.name,
        containerName: container,
        publicAccess: "None",
      },
      { parent: this, protect: environment.protect },
    );
    const access = this.grant(`${name}-${container}-access`, environment, {
      ...ACCESS[container],
      scope: made.id,
    });
    // Whoever uses the URL comes after the right to what is there.
    return pulumi
      .all([made.name, this.account.name, access.id])
      .apply(([inside, account]) => `abfss://${inside}@${account}.dfs.core.windows.net/`);
  }

  private grant(name: string, { subscriptionId }: AzureEnvironment, grant: Grant): RoleAssignment {
    const principalId = principalIdOf(this.accessConnector.identity);
    return grantRole(name, subscriptionId, principalId, grant, { parent: this });
  }
}
