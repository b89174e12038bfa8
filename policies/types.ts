import type { Resource } from "./rule";

/** Types of resources that more than one rule is about. */
export const TYPES = {
  alert: "databricks:index/alertV2:AlertV2",
  endpoint: "databricks:index/modelServing:ModelServing",
  job: "databricks:index/job:Job",
  model: "mlops:index:ModelStack",
  monitor: "databricks:index/dataQualityMonitor:DataQualityMonitor",
  pipeline: "databricks:index/pipeline:Pipeline",
  stack: "pulumi:pulumi:Stack",
} as const;

/** The type without Azure's API version: `azure-native:storage/v20230501:BlobContainer` → `azure-native:storage:BlobContainer`. */
export function withoutApiVersion(type: string): string {
  return type.startsWith("azure-native:") ? type.replace(/\/v\d{8}\w*(?=:)/, "") : type;
}

/** The component that the resource, or what it is part of, is in: `mlops:index:ModelStack`. */
export function ancestor(resource: Resource, type: string): Resource | undefined {
  for (let at = resource.parent; at !== undefined; at = at.parent) {
    if (at.type === type) return at;
  }
  return undefined;
}
