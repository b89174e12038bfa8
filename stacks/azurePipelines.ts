import type * as pulumi from "@pulumi/pulumi";
import { alertUrlRole } from "../components/azure/alertUrlRole";
import type { AlertWebhook } from "../components/azure/alertWebhook";
import type { AzureEnvironment } from "../components/azure/environment";
import { githubSubjects, type FederatedSubject } from "../components/azure/federation";
import { ManagedIdentity } from "../components/azure/managedIdentity";
import { onlyRoles, type Grant } from "../components/azure/roles";
import type { AzureSettings } from "./azureSettings";

/** Arguments of {@link pipelineIdentities}. */
export interface PipelineArgs {
  readonly environment: AzureEnvironment;
  readonly settings: AzureSettings;
  readonly resourceGroupId: pulumi.Output<string>;
  readonly webhook: AlertWebhook | undefined;
}

/**
 * What pipelines sign in as: one identity that reads, for previews, and one that changes, for deployments.
 * @returns undefined if the settings name no pipeline.
 */
export function pipelineIdentities(
  name: string,
  args: PipelineArgs,
  opts: pulumi.ComponentResourceOptions,
): { readonly preview: ManagedIdentity; readonly deploy: ManagedIdentity } | undefined {
  const { github, azureDevOps } = args.settings.pipelines;
  if (github === undefined && azureDevOps === undefined) return;
  const { environment } = args;
  const make = (purpose: "preview" | "deploy", grants: Record<string, Grant>): ManagedIdentity => {
    const subjects: FederatedSubject[] = [
      ...(github ? githubSubjects(github.repository, github[purpose]) : []),
      ...(azureDevOps
        ? [{ name: "azure-devops", issuer: azureDevOps.issuer, subject: azureDevOps[purpose] }]
        : []),
    ];
    const identity = { environment, purpose, subjects, grants };
    return new ManagedIdentity(`${name}-${purpose}`, identity, opts);
  };
  return {
    preview: make("preview", previewGrants(name, args, opts)),
    deploy: make("deploy", deployGrants(args)),
  };
}

function previewGrants(
  name: string,
  { environment, resourceGroupId, webhook }: PipelineArgs,
  opts: pulumi.CustomResourceOptions,
): Record<string, Grant> {
  const grants: Record<string, Grant> = {
    read: {
      role: "Reader",
      scope: resourceGroupId,
      reason: "A preview compares the program with what there is",
    },
  };
  if (webhook === undefined) return grants;
  const role = alertUrlRole(`${name}-alert-url-role`, environment, resourceGroupId, opts);
  return {
    ...grants,
    "alert-url": {
      role: { definitionId: role.id },
      scope: webhook.workflow.id,
      reason: "A preview compares the address of the alert webhook with the one in use",
    },
  };
}

/**
 * What the deploying identity may do. It grants others no more than the data roles below: its own rights, the
 * custom role and the budget's are a person's to give, in the first update.
 */
function deployGrants({
  environment,
  settings,
  resourceGroupId,
}: PipelineArgs): Record<string, Grant> {
  return {
    change: {
      role: "Contributor",
      scope: resourceGroupId,
      reason: "Deploys what is in this group, and administers its workspace",
    },
    grant: {
      role: "Role Based Access Control Administrator",
      scope: resourceGroupId,
      reason: "Lets workloads reach the data, secrets and logs that they need",
      condition: onlyRoles([
        "Storage Blob Data Contributor",
        "Storage Blob Data Reader",
        "Storage Blob Delegator",
        "Key Vault Secrets User",
        "Monitoring Metrics Publisher",
      ]),
    },
    ...(settings.locks && {
      lock: {
        role: "Locks Contributor",
        scope: resourceGroupId,
        reason: "Keeps the locks on what holds data",
      },
    }),
    ...(settings.budget && {
      budget: {
        role: "Cost Management Contributor",
        scope: `/subscriptions/${environment.subscriptionId}`,
        reason: "Keeps the budget, which spans two resource groups and so is the subscription's",
      },
    }),
  };
}
