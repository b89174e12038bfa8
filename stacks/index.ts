import * as pulumi from "@pulumi/pulumi";
import { signIn } from "../components";
import type { Identity } from "../components/azure/foundation";
import { readSettings } from "../components/workspace/settings";
import { azureFoundation, type AzureFoundation } from "./azure";
import { loadConfig, type Settings } from "./config";
import { models } from "./models";
import { EnvironmentPlatform } from "./platform";

/**
 * Deploys one environment: its Azure side where it has one, the platform, and those of its models that
 * the configuration chooses. Until the stack knows a workspace, the Azure side alone.
 */
export async function deploy(): Promise<Record<string, unknown>> {
  const settings = loadConfig();
  const known = knowsWorkspace();
  if (known || settings.azure === undefined) await signIn();
  const foundation = azureSide(settings);
  const outputs: Record<string, unknown> = {};
  if (foundation !== undefined) {
    Object.assign(outputs, azureOutputs(foundation));
    if (!known) {
      sayWhatIsNext(foundation);
      return outputs;
    }
  }
  const platform = new EnvironmentPlatform("platform", settings.environment, foundation);
  Object.assign(outputs, { catalog: platform.catalog, warehouseId: platform.warehouseId });
  // Side by side: each gate waits for the workspace.
  const deployed = models
    .filter(({ key }) => settings.environment.models.includes(key))
    .map((model) => model.deploy(platform, settings.models[model.key]));
  for (const one of await Promise.all(deployed)) Object.assign(outputs, one);
  return outputs;
}

function azureSide({ azure, environment }: Settings): AzureFoundation | undefined {
  if (azure === undefined) return undefined;
  const { tags, protect } = environment;
  return azureFoundation({ settings: azure, tags, protect });
}

/** What people and pipelines need of it. */
const azureOutputs = (foundation: AzureFoundation) => ({
  workspaceUrl: foundation.workspaceUrl,
  landing: foundation.storage.landing,
  imageRegistry: foundation.registryLoginServer,
  previewIdentity: idsOf(foundation.previewIdentity),
  deployIdentity: idsOf(foundation.deployIdentity),
});

/** Pipelines sign in with the one, and `npm run bootstrap` lets the other read the state. */
const idsOf = (identity: Identity | undefined) =>
  identity && { clientId: identity.clientId, objectId: identity.principalId };

function knowsWorkspace(): boolean {
  const { host, profile, azureWorkspaceResourceId } = readSettings(pulumi.runtime.getConfig);
  return [host, profile, azureWorkspaceResourceId].some((one) => one !== undefined);
}

function sayWhatIsNext({ workspaceUrl }: AzureFoundation): void {
  void pulumi.log.info(
    "This stack has no workspace yet, so that only its Azure side is deployed. Then set " +
      "databricks:host to the workspace's address, and update again for platform and models.",
  );
  workspaceUrl.apply((url) =>
    pulumi.log.info(`npm run pulumi -- config set databricks:host ${url}`),
  );
}
