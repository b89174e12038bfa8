import type { Stored } from "./store";
import { text } from "./values";

/** What comes into being along with a resource: its subnets, its managed resource group. */
export function madeWith({ id, token, outputs, created }: Stored): Stored[] {
  const made = (type: string, inner: string): Stored => {
    const about = { name: inner.split("/").at(-1), location: outputs["location"] };
    return {
      id: inner,
      token: `azure-native:${type}`,
      inputs: about,
      outputs: about,
      created,
      owner: id,
    };
  };
  switch (token) {
    case "azure-native:databricks:Workspace": {
      const group = text(outputs, "managedResourceGroupId");
      return group === undefined ? [] : [made("resources:ResourceGroup", group)];
    }
    case "azure-native:network:VirtualNetwork": {
      const subnets = outputs["subnets"];
      const ids = Array.isArray(subnets) ? subnets.map((subnet) => text(subnet, "id")) : [];
      return ids.flatMap((subnet) =>
        subnet === undefined ? [] : [made("network:Subnet", subnet)],
      );
    }
    default:
      return [];
  }
}
