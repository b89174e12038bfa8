import type * as pulumi from "@pulumi/pulumi";
import type { AzureNames } from "./names";

/** Where the Azure resources of an environment are, and what they have in common. */
export interface AzureEnvironment {
  readonly names: AzureNames;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** Region, e.g. `westeurope`. */
  readonly location: string;
  readonly resourceGroupName: pulumi.Input<string>;
  /** Tags for everything that can carry them: owner, cost centre. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether an update may not delete what holds data. */
  readonly protect: boolean;
}

/** The arguments that nearly every resource takes from its environment. */
export const placed = ({ resourceGroupName, location, tags }: AzureEnvironment) => ({
  resourceGroupName,
  location,
  tags,
});
