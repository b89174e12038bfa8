import type { Finding, Resource, ResourceRule } from "../rule";
import { UNKNOWN, at, each, type Value } from "../values";

/** Types of resources that Databricks or its provider has given up, with what stands in for each. */
export const DEPRECATED_TYPES: Readonly<Record<string, string>> = {
  "databricks:index/catalogWorkspaceBinding:CatalogWorkspaceBinding": "databricks.WorkspaceBinding",
  "databricks:index/grants:Grants":
    "databricks.Grant, one for each principal: Grants takes away what others granted",
  "databricks:index/lakehouseMonitor:LakehouseMonitor":
    "databricks.DataQualityMonitor with dataProfilingConfig",
  "databricks:index/mlflowModel:MlflowModel": "databricks.RegisteredModel, in Unity Catalog",
  "databricks:index/mlflowWebhook:MlflowWebhook":
    "a databricks.Job that starts when it is due, or when a model changes (trigger.model)",
  "databricks:index/mount:Mount": "databricks.ExternalLocation and databricks.Volume",
  "databricks:index/onlineTable:OnlineTable": "databricks.OnlineStore",
  "databricks:index/qualityMonitor:QualityMonitor":
    "databricks.DataQualityMonitor with dataProfilingConfig",
  "databricks:index/qualityMonitorV2:QualityMonitorV2":
    "databricks.DataQualityMonitor with anomalyDetectionConfig",
  "databricks:index/sqlAlert:SqlAlert": "databricks.AlertV2",
  "databricks:index/sqlDashboard:SqlDashboard": "databricks.Dashboard",
  "databricks:index/sqlQuery:SqlQuery":
    "databricks.Query, or the queryText of a databricks.AlertV2",
  "databricks:index/sqlVisualization:SqlVisualization": "databricks.Dashboard",
  "databricks:index/sqlWidget:SqlWidget": "databricks.Dashboard",
  "databricks:index/table:Table": "databricks.SqlTable",
};

interface Field {
  readonly path: readonly string[];
  readonly instead: string;
}

const taskField = (field: string): Field => ({ path: [field], instead: `tasks[].${field}` });

/** Fields that are given up, by the type of the resource; a list on the way stands for each element. */
export const DEPRECATED_FIELDS: Readonly<Record<string, readonly Field[]>> = {
  "databricks:index/alertV2:AlertV2": [
    { path: ["runAsUserName"], instead: "runAs.servicePrincipalName" },
  ],
  "databricks:index/job:Job": [
    { path: ["alwaysRunning"], instead: "continuous" },
    ...[
      "dbtTask",
      "notebookTask",
      "pipelineTask",
      "pythonWheelTask",
      "runJobTask",
      "sparkJarTask",
      "sparkPythonTask",
      "sparkSubmitTask",
    ].map(taskField),
    { path: ["libraries"], instead: "environments[].spec.dependencies, or tasks[].libraries" },
    taskField("maxRetries"),
    taskField("minRetryIntervalMillis"),
    taskField("retryOnTimeout"),
  ],
  "databricks:index/mlflowExperiment:MlflowExperiment": [
    { path: ["description"], instead: "tags, where mlflow.note.content is the description" },
  ],
  "databricks:index/modelServing:ModelServing": [
    { path: ["config", "servedModels"], instead: "config.servedEntities" },
    { path: ["config", "autoCaptureConfig"], instead: "aiGateway.inferenceTableConfig" },
    { path: ["rateLimits"], instead: "aiGateway.rateLimits" },
  ],
};

/** What is deprecated, and what to use instead. */
export const deprecated: ResourceRule = {
  name: "deprecated",
  description: "Nothing is used that Databricks or its provider has given up.",
  checkResource: (resource) => [...typeFindings(resource), ...fieldFindings(resource)],
};

function typeFindings({ type, name }: Resource): Finding[] {
  const instead = DEPRECATED_TYPES[type];
  if (instead === undefined) return [];
  const short = type.slice(type.lastIndexOf(":") + 1);
  return [{ found: `${name} is a ${short}, which is deprecated`, fix: `Use ${instead}` }];
}

function fieldFindings({ type, name, properties }: Resource): Finding[] {
  return (DEPRECATED_FIELDS[type] ?? [])
    .filter(({ path }) => isSet(at(properties, ...path)))
    .map(({ path, instead }) => ({
      found: `${name} sets ${path.join(".")}, which is deprecated`,
      fix: `Use ${instead}`,
    }));
}

/** An unknown value is one that somebody set; the provider's defaults are empty. */
function isSet(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (value === null || value === false || value === 0 || value === "") return false;
  return !Array.isArray(value) || each(value).length > 0;
}
