import { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import { AzureFoundation, type AzureFoundationArgs } from "./azureFoundation";

export { AzureFoundation };

/** What a stack's file says of a subscription, a tenant, or an application, until somebody fills it in. */
const PLACEHOLDER = "00000000-0000-0000-0000-000000000000";

/**
 * Deploys the Azure side of an environment into the subscription that its settings name.
 * @throws pulumi.RunError if subscription, tenant, or the vault's reader is still the placeholder.
 */
export function azureFoundation(args: AzureFoundationArgs): AzureFoundation {
  const { subscriptionId, tenantId, location, keyVault } = args.settings;
  const ids = {
    subscriptionId,
    tenantId,
    "keyVault.databricksObjectId": keyVault.databricksObjectId,
  };
  const open = Object.keys(ids).filter((key) => Reflect.get(ids, key) === PLACEHOLDER);
  if (open.length > 0) {
    throw new pulumi.RunError(
      `mlops:azure still has the placeholder ${PLACEHOLDER} for ${open.join(", ")}; ` +
        "set your own, by hand or with npm run bootstrap.",
    );
  }
  const provider = new Provider("azure", { subscriptionId, tenantId, location });
  return new AzureFoundation("azure", args, { providers: [provider] });
}
