import {
  NatGateway,
  NetworkSecurityGroup,
  PublicIPAddress,
  VirtualNetwork,
} from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";
import { firstQuarters, RANGE_RULE } from "./ranges";

/** A network that a workspace's clusters live in. */
export interface InjectedNetwork {
  /** ARM id of the virtual network. */
  readonly virtualNetworkId: pulumi.Input<string>;
  /** Subnet of the hosts; despite its name without public addresses. */
  readonly publicSubnet: string;
  /** Subnet of the containers. */
  readonly privateSubnet: string;
}

/** Arguments of {@link WorkspaceNetwork}. */
export interface WorkspaceNetworkArgs {
  readonly environment: AzureEnvironment;
  /** IPv4 range of the network, /16 to /24: a quarter for each subnet, half of it left for others. */
  readonly addressSpace: string;
}

/**
 * A virtual network for a workspace without public addresses: two delegated subnets, and one way out.
 * https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject
 */
export class WorkspaceNetwork extends pulumi.ComponentResource implements InjectedNetwork {
  readonly virtualNetworkId: pulumi.Output<string>;
  readonly publicSubnet = "databricks-public";
  readonly privateSubnet = "databricks-private";
  /** ARM ids of both subnets; they have the service endpoint of storage. */
  readonly subnetIds: readonly pulumi.Output<string>[];

  /** @throws pulumi.RunError if `addressSpace` is not a range of /16 to /24 that begins at its first address. */
  constructor(name: string, args: WorkspaceNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:WorkspaceNetwork", name, {}, opts);
    const { environment, addressSpace } = args;
    const quarters = firstQuarters(addressSpace);
    if (quarters === undefined) {
      throw new pulumi.RunError(`addressSpace of ${name} is '${addressSpace}'; it ${RANGE_RULE}.`);
    }
    const { base } = environment.names;
    // Azure Databricks adds the rules that it needs when the workspace is made.
    const networkSecurityGroup = new NetworkSecurityGroup(
      `${name}-rules`,
      { ...placed(environment), networkSecurityGroupName: `${base}-databricks` },
      { parent: this },
    );
    const natGateway = this.makeWayOut(name, environment);
    const subnet = (subnetName: string, addressPrefix: string) => ({
      name: subnetName,
      addressPrefix,
      networkSecurityGroup: { id: networkSecurityGroup.id },
      natGateway: { id: natGateway.id },
      defaultOutboundAccess: false,
      delegations: [{ name: "databricks", serviceName: "Microsoft.Databricks/workspaces" }],
      serviceEndpoints: [{ service: "Microsoft.Storage" }],
    });
    const network = new VirtualNetwork(
      `${name}-network`,
      {
        ...placed(environment),
        virtualNetworkName: `${base}-databricks`,
        addressSpace: { addressPrefixes: [addressSpace] },
        subnets: [subnet(this.publicSubnet, quarters[0]), subnet(this.privateSubnet, quarters[1])],
      },
      { parent: this },
    );
    this.virtualNetworkId = network.id;
    this.subnetIds = [this.publicSubnet, this.privateSubnet].map(
      (subnetName) => pulumi.interpolate`${network.id}/subnets/${subnetName}`,
    );
    this.registerOutputs({ virtualNetworkId: network.id });
  }

  private makeWayOut(name: string, environment: AzureEnvironment): NatGateway {
    const { base } = environment.names;
    const address = new PublicIPAddress(
      `${name}-address`,
      {
        ...placed(environment),
        publicIpAddressName: `${base}-databricks-out`,
        sku: { name: "Standard" },
        publicIPAllocationMethod: "Static",
      },
      { parent: this },
    );
    return new NatGateway(
      `${name}-nat`,
      {
        ...placed(environment),
        natGatewayName: `${base}-databricks`,
        sku: { name: "Standard" },
        publicIpAddresses: [{ id: address.id }],
      },
      { parent: this },
    );
  }
}
