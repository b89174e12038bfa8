/** A resource that the program of these tests registers. */
export interface Registered {
  /** A provider's type, `PromotionGate`, or a component's type, which begins with `mlops:`. */
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly dependsOn?: readonly string[];
  /** `{ later: text }` stands for a text that is not known before the update. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

const owned = { owner: "data-science", cost_center: "ml" };
const tags = { ...owned, model: "churn" };
const pairs = (map: Readonly<Record<string, string>>) =>
  Object.entries(map).map(([key, value]) => ({ key, value }));

/** A job that any environment takes. */
export const job: Registered = {
  type: "databricks:index/job:Job",
  name: "train",
  parent: "churn",
  properties: {
    name: "churn-train",
    tags,
    runAs: { servicePrincipalName: "11111111-2222-3333-4444-555555555555" },
    parameters: [{ name: "api_token", default: "{{secrets/ml/api-token}}" }],
    schedule: { quartzCronExpression: "0 0 6 * * ?", timezoneId: "UTC" },
    tasks: [
      {
        taskKey: "train",
        sparkPythonTask: { pythonFile: "/Shared/train.py", parameters: ["--max-tokens", "12"] },
      },
    ],
  },
};

const gate: Registered = {
  type: "PromotionGate",
  name: "churn-gate",
  parent: "churn",
  properties: {
    model: "ml.models.churn",
    left: "3",
    candidate: { version: "4" },
    verdict: { outcome: "refused" },
  },
};

/** The champion, and the challenger beside it. */
const served = ["3", "4"].map((entityVersion) => ({
  name: `churn-${entityVersion}`,
  entityName: "ml.models.churn",
  entityVersion,
  workloadSize: "Small",
  scaleToZeroEnabled: false,
}));

export const endpoint: Registered = {
  type: "databricks:index/modelServing:ModelServing",
  name: "serving",
  parent: "churn",
  protect: true,
  dependsOn: ["churn-gate"],
  properties: {
    name: "churn-endpoint",
    tags: pairs(tags),
    config: {
      servedEntities: served,
      trafficConfig: {
        routes: [
          { servedModelName: "churn-3", trafficPercentage: 90 },
          { servedModelName: "churn-4", trafficPercentage: 10 },
        ],
      },
    },
  },
};

const monitor: Registered = {
  type: "databricks:index/dataQualityMonitor:DataQualityMonitor",
  name: "monitor",
  parent: "churn",
  protect: true,
  properties: {
    objectType: "table",
    objectId: "5e1e6a3f-52f5-4c1f-9d3e-0c2b7d0a9a11",
    dataProfilingConfig: {
      outputSchemaId: "8a3f5a0e-6f59-4a35-9b1f-3f7f4f3c1b22",
      inferenceLog: {
        granularities: ["AGGREGATION_GRANULARITY_1_DAY"],
        modelIdColumn: "model_version",
        predictionColumn: "prediction",
        timestampColumn: "timestamp",
        problemType: "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
      },
      schedule: { quartzCronExpression: "0 0 * * * ?", timezoneId: "UTC" },
    },
  },
};

const alert: Registered = {
  type: "databricks:index/alertV2:AlertV2",
  name: "drift",
  parent: "churn",
  properties: {
    displayName: "churn drift",
    warehouseId: "0123456789abcdef",
    queryText: "SELECT 1 AS drift_score",
    evaluation: {
      source: { name: "drift_score", aggregation: "MAX" },
      comparisonOperator: "GREATER_THAN",
      threshold: { value: { doubleValue: 0.1 } },
      notification: { subscriptions: [{ userEmail: "oncall@example.com" }] },
    },
    schedule: {
      quartzCronSchedule: "0 15 * * * ?",
      timezoneId: "UTC",
      pauseStatus: "UNPAUSED",
    },
  },
};

const table: Registered = {
  type: "databricks:index/sqlTable:SqlTable",
  name: "features",
  parent: "churn",
  protect: true,
  properties: {
    catalogName: "ml",
    schemaName: "features",
    name: "churn",
    tableType: "MANAGED",
    warehouseId: "0123456789abcdef",
    columns: [{ name: "customer_id", type: "bigint" }],
  },
};

const tableTags: Registered[] = Object.entries(tags).map(([tagKey, tagValue]) => ({
  type: "databricks:index/entityTagAssignment:EntityTagAssignment",
  name: `features-${tagKey}`,
  parent: "churn",
  properties: { entityType: "tables", entityName: "ml.features.churn", tagKey, tagValue },
}));

const warehouse: Registered = {
  type: "databricks:index/sqlEndpoint:SqlEndpoint",
  name: "warehouse",
  properties: {
    name: "mlops",
    clusterSize: "Small",
    tags: { customTags: pairs(owned) },
  },
};

const grant: Registered = {
  type: "databricks:index/grant:Grant",
  name: "users",
  properties: { catalog: "ml", principal: "users", privileges: ["USE_CATALOG"] },
};

export const schema: Registered = {
  type: "databricks:index/schema:Schema",
  name: "models",
  protect: true,
  properties: { catalogName: "ml", name: "models" },
};

/** Needs the double of Azure's provider. */
export const account: Registered = {
  type: "azure-native:storage:StorageAccount",
  name: "lake",
  protect: true,
  properties: {
    resourceGroupName: "ml",
    accountName: "mllake",
    location: "westeurope",
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    isHnsEnabled: true,
    publicNetworkAccess: "Disabled",
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    tags: owned,
  },
};

/** A model with all that an environment can demand, on its platform: no rule finds anything. */
export const proper: readonly Registered[] = [
  { type: "mlops:index:ModelStack", name: "churn" },
  job,
  gate,
  endpoint,
  monitor,
  alert,
  table,
  ...tableTags,
  warehouse,
  grant,
  schema,
];

/** {@link proper} with one resource changed: `path` leads to the value that takes the place of another. */
export function withChanged(name: string, path: readonly string[], value: unknown): Registered[] {
  return proper.map((one) => (one.name === name ? changed(one, path, value) : one));
}

/** A resource with another value at a path of its properties. */
export function changed(one: Registered, path: readonly string[], value: unknown): Registered {
  return { ...one, properties: replaced(one.properties ?? {}, path, value) };
}

function replaced(
  properties: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (key === undefined) return { ...properties };
  const inner = properties[key];
  const next = rest.length === 0 ? value : replaced(isRecord(inner) ? inner : {}, rest, value);
  return { ...properties, [key]: next };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
