import * as pulumi from "@pulumi/pulumi";

/** The parts of a resource's ARM id. */
export interface ArmId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Name of the resource itself. */
  readonly name: string;
}

const GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

/**
 * Takes the id of a resource apart. Azure compares ids without regard to case.
 * @param type - Provider and type, e.g. `Microsoft.KeyVault/vaults`.
 * @returns undefined if `id` is not the id of one such resource.
 */
export function parseArmId(type: string, id: string): ArmId | undefined {
  const pattern = new RegExp(
    `^/subscriptions/(${GUID})/resourceGroups/([\\w.()-]{1,90})/providers/${type}/([\\w.()-]+)$`,
    "i",
  );
  const [, subscriptionId, resourceGroup, name] = pattern.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || name === undefined) return;
  return { subscriptionId, resourceGroup, name };
}

/** What an id of such a resource looks like, for messages. */
export const armIdShape = (type: string): string =>
  `/subscriptions/<guid>/resourceGroups/<name>/providers/${type}/<name>`;

/**
 * As {@link parseArmId}, for a component's argument.
 * @throws pulumi.RunError naming the argument, its value and the shape of such an id.
 */
export function armIdArgument(argument: string, type: string, id: string): ArmId {
  const parsed = parseArmId(type, id);
  if (parsed !== undefined) return parsed;
  throw new pulumi.RunError(`${argument} is '${id}'; it must be ${armIdShape(type)}.`);
}

/** Resource types whose ids the configuration can name. */
export const ARM_TYPES = {
  subnet: "Microsoft.Network/virtualNetworks/[\\w.-]+/subnets",
  vault: "Microsoft.KeyVault/vaults",
  virtualNetwork: "Microsoft.Network/virtualNetworks",
  workspace: "Microsoft.Databricks/workspaces",
} as const;
