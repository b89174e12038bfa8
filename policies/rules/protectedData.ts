import type { ResourceRule } from "../rule";
import { withoutApiVersion } from "../types";

/** What holds data, versions or history that cannot be made again. */
export const STATEFUL_TYPES: ReadonlySet<string> = new Set([
  "azure-native:containerregistry:Registry",
  "azure-native:databricks:Workspace",
  "azure-native:keyvault:Vault",
  "azure-native:operationalinsights:Workspace",
  "azure-native:storage:BlobContainer",
  "azure-native:storage:StorageAccount",
  "databricks:index/catalog:Catalog",
  "databricks:index/dataQualityMonitor:DataQualityMonitor",
  "databricks:index/externalLocation:ExternalLocation",
  "databricks:index/mlflowExperiment:MlflowExperiment",
  "databricks:index/modelServing:ModelServing",
  "databricks:index/onlineStore:OnlineStore",
  "databricks:index/registeredModel:RegisteredModel",
  "databricks:index/schema:Schema",
  "databricks:index/sqlTable:SqlTable",
  "databricks:index/storageCredential:StorageCredential",
  "databricks:index/volume:Volume",
]);

/**
 * A policy is not asked about deletes. The engine is, and refuses both delete and replace of what is
 * protected, in the preview already: so this demands the protection.
 */
export const protectedData: ResourceRule = {
  name: "protected-data",
  description: "What holds data is protected, so that nothing deletes or replaces it by accident.",
  checkResource: ({ type, name, protect }, { settings }) =>
    settings.protect && !protect && STATEFUL_TYPES.has(withoutApiVersion(type))
      ? [
          {
            found: `${name} holds data and is not protected`,
            fix:
              "Set mlops:environment.protect to true and give the resource " +
              "{ protect: platform.protect }. To delete it on purpose: pulumi state unprotect",
          },
        ]
      : [],
};
