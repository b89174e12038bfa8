import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** What the names of an environment's Azure resources are made of. */
export interface NameParts {
  /** The platform's short name, the same in every environment: `mlops`. */
  readonly name: string;
  /** The environment's short name: `dev`. */
  readonly environment: string;
  readonly subscriptionId: string;
}

/**
 * Names of an environment's Azure resources. All hold name and environment, so that no two environments
 * share one. Those that Azure wants to be unique in the world end in five characters of a hash over
 * subscription, name and environment.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export interface AzureNames {
  /** `mlops-dev`: resource group, workspace, and the beginning of all that are not listed here. */
  readonly base: string;
  /** Resource group that Azure Databricks makes and manages. */
  readonly managedResourceGroup: string;
  /** 3–24 lower-case letters and digits, unique in the world. */
  readonly storageAccount: string;
  /** 3–24 letters, digits and hyphens, unique in the world. */
  readonly keyVault: string;
  /** 5–50 letters and digits, unique in the world. */
  readonly containerRegistry: string;
  /** Up to 12 characters, which mails and text messages begin with. */
  readonly actionGroupShortName: string;
}

/** A short name that every name can be made of: two such and a hash are 23 characters. */
export const SHORT_NAME = /^[a-z][a-z0-9]{1,7}$/;

/** What {@link SHORT_NAME} allows, for messages. */
export const SHORT_NAME_RULE =
  "must be 2 to 8 lower-case letters and digits, a letter first: Azure's shortest names hold no more";

/**
 * The names of an environment's resources.
 * @throws pulumi.RunError if `name` or `environment` is not a {@link SHORT_NAME}.
 */
export function azureNames(parts: NameParts): AzureNames {
  const { name, environment } = parts;
  for (const [argument, value] of Object.entries({ name, environment })) {
    if (!SHORT_NAME.test(value)) {
      throw new pulumi.RunError(`${argument} is '${value}'; it ${SHORT_NAME_RULE}.`);
    }
  }
  const base = `${name}-${environment}`;
  const unique = suffix(parts);
  return {
    base,
    managedResourceGroup: `${base}-databricks`,
    storageAccount: `${name}${environment}dl${unique}`,
    keyVault: `${base}-${unique}`,
    containerRegistry: `${name}${environment}cr${unique}`,
    actionGroupShortName: base.slice(0, 12),
  };
}

function suffix({ subscriptionId, name, environment }: NameParts): string {
  const hash = createHash("sha256")
    .update([subscriptionId.toLowerCase(), name, environment].join("/"))
    .digest("hex");
  return Number.parseInt(hash.slice(0, 12), 16).toString(36).padStart(5, "0").slice(-5);
}
