import * as databricks from "@pulumi/databricks";
import type * as pulumi from "@pulumi/pulumi";
import { JobsPrincipal, KeyVaultSecretScope, LakehouseStorage } from "../components";
import type { Foundation } from "../components/azure/foundation";
import type { Settings } from "./config";

/** What a workspace has of its Azure side. */
export interface AzureWorkspace {
  /** Where the catalog keeps managed tables, volumes and models. */
  readonly storageRoot: pulumi.Output<string>;
  /** Application id that jobs run as, where the configuration names no other. */
  readonly runAs: pulumi.Input<string>;
  /** What tells the action group, undefined without one. */
  readonly alertDestinationId: pulumi.Output<string> | undefined;
}

/** Makes the Azure side of an environment known to its workspace: storage, secrets, identity, action group. */
export function azureWorkspace(
  name: string,
  { catalog, access, jobs, prefix, protect, forceDestroy }: Settings["environment"],
  foundation: Foundation,
  parent: pulumi.Resource,
): AzureWorkspace {
  const runAs =
    jobs.runAs ??
    new JobsPrincipal(
      `${name}-jobs-principal`,
      { displayName: `${catalog} jobs`, clientId: foundation.jobsIdentity.clientId, protect },
      { parent },
    ).applicationId;
  const storage = new LakehouseStorage(
    `${name}-storage`,
    {
      name: catalog,
      accessConnectorId: foundation.accessConnectorId,
      locations: {
        catalog: {
          url: foundation.storage.catalog,
          comment: "Managed tables, volumes and models",
        },
        landing: {
          url: foundation.storage.landing,
          comment: "Files of others, which jobs read",
          readOnly: true,
          grants: { jobs: { principal: runAs, privileges: ["READ_FILES"] } },
        },
      },
      protect,
      forceDestroy,
    },
    { parent },
  );
  new KeyVaultSecretScope(
    `${name}-secrets`,
    {
      scope: catalog,
      keyVault: foundation.keyVault,
      readers: { engineers: access.engineers, jobs: runAs },
    },
    { parent },
  );
  pipelinePrincipals(name, catalog, foundation, parent);
  return {
    storageRoot: storage.url("catalog"),
    runAs,
    alertDestinationId: actionGroup(`${name}-action-group`, prefix, foundation, parent),
  };
}

/** Lets pipelines into the workspace; what they see there, `access` says. Who deploys must be made an administrator. */
function pipelinePrincipals(
  name: string,
  catalog: string,
  { previewIdentity: preview, deployIdentity: deploy }: Foundation,
  parent: pulumi.Resource,
): void {
  for (const [purpose, identity] of Object.entries({ preview, deploy })) {
    if (identity === undefined) continue;
    new databricks.ServicePrincipal(
      `${name}-${purpose}-principal`,
      {
        applicationId: identity.clientId,
        displayName: `${catalog} ${purpose}`,
        workspaceAccess: true,
      },
      { parent },
    );
  }
}

function actionGroup(
  name: string,
  prefix: string,
  { alertWebhookUrl: url }: Foundation,
  parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
  if (url === undefined) return undefined;
  const displayName = `${prefix}azure-action-group`;
  const config = { genericWebhook: { url } };
  return new databricks.NotificationDestination(name, { displayName, config }, { parent }).id;
}
