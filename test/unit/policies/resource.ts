import type { Context, Resource } from "../../../policies/rule";
import type { Settings } from "../../../policies/settings";
import type { Properties } from "../../../policies/values";

/** A resource as the rules see it; `type` without a colon is one of Databricks' types: `job:Job`. */
export function resource(
  type: string,
  properties: Properties = {},
  more: Partial<Resource> = {},
): Resource {
  const full = type.split(":").length === 2 ? `databricks:index/${type}` : type;
  return { type: full, name: "it", urn: `urn::${full}::it`, properties, protect: false, ...more };
}

/** The settings of an environment that demands all. */
export const strict: Settings = {
  protect: true,
  runAs: true,
  monitored: true,
  minimumMinutesBetweenRuns: 60,
};

/** What a rule decides by. */
export function context(more: Partial<Context> = {}): Context {
  return { settings: strict, before: [], secrets: [], ...more };
}
