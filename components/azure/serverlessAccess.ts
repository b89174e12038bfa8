import {
  NetworkSecurityPerimeter,
  NetworkSecurityPerimeterAccessRule,
  NetworkSecurityPerimeterAssociation,
  NetworkSecurityPerimeterProfile,
} from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";

/** Arguments of {@link ServerlessAccess}. */
export interface ServerlessAccessArgs {
  readonly environment: AzureEnvironment;
  /** ARM id of the storage account that turns everybody else away. */
  readonly storageAccountId: pulumi.Input<string>;
}

/**
 * Lets the serverless compute of Azure Databricks through a storage account's firewall: its jobs, warehouses and
 * endpoints. They have no fixed addresses; a network security perimeter knows them by their service tag.
 * Who comes from there still needs a token for the data.
 * https://learn.microsoft.com/azure/databricks/security/network/serverless-network-security/serverless-nsp-firewall
 */
export class ServerlessAccess extends pulumi.ComponentResource {
  readonly perimeter: NetworkSecurityPerimeter;

  constructor(name: string, args: ServerlessAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ServerlessAccess", name, {}, opts);
    const { environment, storageAccountId } = args;
    const { resourceGroupName } = environment;
    this.perimeter = new NetworkSecurityPerimeter(
      `${name}-perimeter`,
      {
        ...placed(environment),
        networkSecurityPerimeterName: `${environment.names.base}-perimeter`,
      },
      { parent: this },
    );
    const within = { resourceGroupName, networkSecurityPerimeterName: this.perimeter.name };
    const profile = new NetworkSecurityPerimeterProfile(
      `${name}-profile`,
      { ...within, profileName: "serverless" },
      { parent: this },
    );
    const rule = new NetworkSecurityPerimeterAccessRule(
      `${name}-rule`,
      {
        ...within,
        profileName: profile.name,
        accessRuleName: "databricks-serverless",
        direction: "Inbound",
        serviceTags: ["AzureDatabricksServerless"],
      },
      { parent: this },
    );
    new NetworkSecurityPerimeterAssociation(
      `${name}-storage`,
      {
        ...within,
        associationName: "storage",
        privateLinkResource: { id: storageAccountId },
        profile: { id: profile.id },
        // Transition mode: what the perimeter does not allow, the account's own firewall decides. Enforced,
        // it would turn away the access connector.
        accessMode: "Learning",
      },
      { parent: this, dependsOn: [rule] },
    );
    this.registerOutputs({ perimeterId: this.perimeter.id });
  }
}
