import type { Shape } from "./shape";

/**
 * Where the SDK's types say something else than Azure takes, by interface and property. The SDK has
 * one enum for each name in a module although Azure's API may have several, and does not tell lists
 * of values that are complete from those that are not.
 */
export const ERRATA: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  "monitor.ConditionArgs": {
    // The SDK has those of pipeline groups. "Equals", which the API's description has, is refused:
    // https://github.com/Azure/bicep-types-az/issues/2308
    operator: {
      kind: "enum",
      values: ["Equal", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"],
    },
  },
  "monitor.DataFlowArgs": {
    // Streams of one's own begin with Custom-:
    // https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure
    streams: { kind: "array", of: { kind: "string" } },
  },
};
