import type { Finding, Resource, ResourceRule, StackRule } from "../rule";
import { TYPES, ancestor, withoutApiVersion } from "../types";
import { UNKNOWN, at, each, isProperties, shown, type Value } from "../values";

/** What everything carries that can carry tags. */
const COMMON = ["owner", "cost_center"] as const;
const MODEL = "model";

const TABLE = "databricks:index/sqlTable:SqlTable";
const TABLE_TAG = "databricks:index/entityTagAssignment:EntityTagAssignment";

/** Azure's resources that take `tags`. */
export const TAGGABLE: ReadonlySet<string> = new Set([
  "azure-native:containerregistry:Registry",
  "azure-native:databricks:AccessConnector",
  "azure-native:databricks:Workspace",
  "azure-native:keyvault:Vault",
  "azure-native:managedidentity:UserAssignedIdentity",
  "azure-native:monitor:ActionGroup",
  "azure-native:network:NatGateway",
  "azure-native:network:NetworkSecurityGroup",
  "azure-native:network:PrivateEndpoint",
  "azure-native:network:PublicIPAddress",
  "azure-native:network:VirtualNetwork",
  "azure-native:operationalinsights:Workspace",
  "azure-native:resources:ResourceGroup",
  "azure-native:storage:StorageAccount",
]);

/** Tags by name; undefined where the resource cannot carry any, or they are unknown as a whole. */
type Tags = ReadonlyMap<string, Value>;

/** Who owns what, who pays for it, and which model it is for. */
export const tags: ResourceRule = {
  name: "tags",
  description:
    "What can carry tags has owner and cost_center, and what belongs to a model has its name.",
  checkResource: (resource) => {
    const found = tagsOf(resource);
    return found === undefined ? [] : tagFindings(resource, found);
  },
};

/** The same of tables, whose tags are resources of their own. */
export const tableTags: StackRule = {
  name: "table-tags",
  description: "Every table has the tags owner and cost_center, and a model's table has its name.",
  checkStack: (resources) => {
    const assigned = assignedTags(resources);
    return resources
      .filter(({ type }) => type === TABLE)
      .flatMap((table) => {
        const name = fullName(table);
        if (name === undefined) return [];
        const found = assigned.get(name) ?? new Map<string, Value>();
        return tagFindings(table, found).map((finding) => ({ ...finding, resource: table }));
      });
  },
};

function tagFindings(resource: Resource, found: Tags): Finding[] {
  const model = ancestor(resource, TYPES.model)?.name;
  const missing = COMMON.filter((name) => !isSet(found.get(name))).map((name) => ({
    found: `${resource.name} has no tag ${name}`,
    fix: `Give it the tags of its platform, where mlops:environment.tags sets ${name}`,
  }));
  return model === undefined ? missing : [...missing, ...modelFindings(resource, found, model)];
}

function modelFindings(resource: Resource, found: Tags, model: string): Finding[] {
  const value = found.get(MODEL);
  if (value === model || value === UNKNOWN) return [];
  const has = value === undefined ? "has no tag model" : `has the tag model with '${shown(value)}'`;
  return [
    {
      found: `${resource.name} belongs to the model ${model} and ${has}`,
      fix: `Give it the tags of the model's platform, where model is ${model}`,
    },
  ];
}

const isSet = (value: Value | undefined): boolean =>
  value !== undefined && value !== null && value !== "";

function tagsOf({ type, properties }: Resource): Tags | undefined {
  if (type === TYPES.job) return fromMap(at(properties, "tags"));
  if (type === TYPES.endpoint) return fromList(at(properties, "tags"));
  if (type === "databricks:index/sqlEndpoint:SqlEndpoint") {
    return fromList(at(properties, "tags", "customTags"));
  }
  return TAGGABLE.has(withoutApiVersion(type)) ? fromMap(at(properties, "tags")) : undefined;
}

function fromMap(value: Value): Tags | undefined {
  if (value === UNKNOWN) return undefined;
  return new Map(isProperties(value) ? Object.entries(value) : []);
}

function fromList(value: Value): Tags | undefined {
  if (value === UNKNOWN) return undefined;
  return new Map(
    each(value).flatMap((tag) => {
      const key = at(tag, "key");
      return typeof key === "string" ? [[key, at(tag, "value")] as const] : [];
    }),
  );
}

function assignedTags(resources: readonly Resource[]): Map<string, Map<string, Value>> {
  const assigned = new Map<string, Map<string, Value>>();
  for (const { type, properties } of resources) {
    const [entity, key] = [at(properties, "entityName"), at(properties, "tagKey")];
    if (type !== TABLE_TAG || typeof entity !== "string" || typeof key !== "string") continue;
    const found = assigned.get(entity) ?? new Map<string, Value>();
    assigned.set(entity, found.set(key, at(properties, "tagValue")));
  }
  return assigned;
}

/** undefined while a part of the name is unknown. */
function fullName({ properties }: Resource): string | undefined {
  const parts = ["catalogName", "schemaName", "name"].map((part) => at(properties, part));
  return parts.every((part) => typeof part === "string") ? parts.join(".") : undefined;
}
