import type { Finding, Resource, ResourceRule } from "../rule";
import { withoutApiVersion } from "../types";
import { UNKNOWN, at, shown, type Value } from "../values";

/** Who gets at stored data: no network that is not named, no key that is shared, nobody unknown. */
export const storageAccess: ResourceRule = {
  name: "storage-access",
  description: "Storage has no public network access, no shared keys and no anonymous blobs.",
  checkResource: (resource) => {
    const type = withoutApiVersion(resource.type);
    if (type === "azure-native:storage:StorageAccount") return accountFindings(resource);
    return type === "azure-native:storage:BlobContainer" ? containerFindings(resource) : [];
  },
};

function accountFindings({ name, properties }: Resource): Finding[] {
  const findings: Finding[] = [];
  const open = openNetwork(properties);
  if (open !== undefined) {
    findings.push({
      found: `The storage account ${name} is open to all networks: ${open}`,
      fix: "Set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny",
    });
  }
  for (const [key, what] of MUST_BE_FALSE) {
    const value = at(properties, key);
    if (value === false || value === UNKNOWN) continue;
    findings.push({
      found: `The storage account ${name} ${what}: ${told(key, value)}`,
      fix: `Set ${key} to false`,
    });
  }
  return findings;
}

/** Azure's defaults are true for both, or were once. */
const MUST_BE_FALSE = [
  ["allowSharedKeyAccess", "can be opened with shared keys"],
  ["allowBlobPublicAccess", "lets containers be read by anybody"],
] as const;

/** What leaves it open; undefined if nothing does, or if that is unknown. */
function openNetwork(properties: Resource["properties"]): string | undefined {
  const access = at(properties, "publicNetworkAccess");
  const action = at(properties, "networkRuleSet", "defaultAction");
  if (access === UNKNOWN || action === UNKNOWN) return undefined;
  if (access === "Disabled" || access === "SecuredByPerimeter" || action === "Deny")
    return undefined;
  return `${told("publicNetworkAccess", access)}, ${told("networkRuleSet.defaultAction", action)}`;
}

function containerFindings({ name, properties }: Resource): Finding[] {
  const access = at(properties, "publicAccess");
  if (access === null || access === UNKNOWN || access === "None") return [];
  return [
    {
      found: `The container ${name} can be read by anybody: ${told("publicAccess", access)}`,
      fix: "Set publicAccess to None, or leave it out",
    },
  ];
}

const told = (key: string, value: Value): string =>
  value === null ? `${key} is not set` : `${key} is ${shown(value)}`;
