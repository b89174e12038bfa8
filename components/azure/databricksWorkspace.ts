import { Workspace } from "@pulumi/azure-native/databricks";
import * as pulumi from "@pulumi/pulumi";
import { armIdArgument, ARM_TYPES } from "./armId";
import { placed, type AzureEnvironment } from "./environment";
import type { LogAnalytics } from "./logAnalytics";
import type { InjectedNetwork } from "./workspaceNetwork";

/** Arguments of {@link DatabricksWorkspace}. */
export interface DatabricksWorkspaceArgs {
  readonly environment: AzureEnvironment;
  /** Where its audit logs go. */
  readonly logs: LogAnalytics;
  /** The network of its clusters. @default one that Azure Databricks manages */
  readonly network?: InjectedNetwork | undefined;
}

/** https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-databricks-workspaces-logs */
const LOG_CATEGORIES = [
  "accounts",
  "clusters",
  "databrickssql",
  "jobs",
  "secrets",
  "serverlessRealTimeInference",
  "unityCatalog",
  "workspace",
];

/** An Azure Databricks workspace whose clusters have no public addresses. */
export class DatabricksWorkspace extends pulumi.ComponentResource {
  readonly workspace: Workspace;
  /** `https://adb-….azuredatabricks.net` */
  readonly url: pulumi.Output<string>;

  /** @throws pulumi.RunError if the network's id is a plain value and none of a virtual network. */
  constructor(name: string, args: DatabricksWorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DatabricksWorkspace", name, {}, opts);
    const { environment, logs, network } = args;
    const { names, subscriptionId } = environment;
    if (typeof network?.virtualNetworkId === "string") {
      armIdArgument(
        `virtualNetworkId of ${name}`,
        ARM_TYPES.virtualNetwork,
        network.virtualNetworkId,
      );
    }
    this.workspace = new Workspace(
      `${name}-workspace`,
      {
        ...placed(environment),
        workspaceName: names.base,
        // Unity Catalog, roles and audit logs are premium.
        sku: { name: "premium" },
        computeMode: "Hybrid",
        managedResourceGroupId: `/subscriptions/${subscriptionId}/resourceGroups/${names.managedResourceGroup}`,
        // People and pipelines reach it from anywhere and sign in with Microsoft Entra ID.
        publicNetworkAccess: "Enabled",
        requiredNsgRules: "AllRules",
        parameters: {
          enableNoPublicIp: { value: true },
          requireInfrastructureEncryption: { value: true },
          ...(network && {
            customVirtualNetworkId: { value: network.virtualNetworkId },
            customPublicSubnetName: { value: network.publicSubnet },
            customPrivateSubnetName: { value: network.privateSubnet },
          }),
        },
      },
      { parent: this, protect: environment.protect },
    );
    logs.collect(`${name}-logs`, this.workspace.id, LOG_CATEGORIES);
    this.url = workspaceAddress(this.workspace);
    this.registerOutputs({ url: this.url });
  }
}

/** A workspace's address, which Azure gives without its scheme. */
export const workspaceAddress = ({ workspaceUrl }: Workspace): pulumi.Output<string> =>
  pulumi.interpolate`https://${workspaceUrl}`;
