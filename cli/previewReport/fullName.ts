import type { Properties } from "./plan";
import type { Resource } from "./resources";

/**
 * What a resource is called where it is made, e.g. `ml.features.customers`; undefined if its properties have no
 * name. Others refer to it by this name.
 */
export function fullNameOf({
  after,
  before,
}: Pick<Resource, "after" | "before">): string | undefined {
  const properties = Object.keys(after).length > 0 ? after : before;
  const name = text(properties, "name") ?? text(properties, "displayName");
  if (name === undefined) return undefined;
  const parts = [text(properties, "catalogName"), text(properties, "schemaName"), name];
  return parts.filter((part) => part !== undefined).join(".");
}

function text(properties: Properties, key: string): string | undefined {
  const value = properties[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
