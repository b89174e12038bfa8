/** The vocabulary that models are described in. */
export { BatchInference, type BatchInferenceArgs } from "./batchInference";
export { CanaryMeasurement, type CanaryMeasurementArgs } from "./canaryMeasurement";
export { DeploymentJob, type DeploymentJobArgs } from "./deploymentJob";
export { DriftAlert, type DriftAlertArgs } from "./driftAlert";
export { EndpointPredictions, type EndpointPredictionsArgs } from "./endpointPredictions";
export { FeatureTable, type FeatureTableArgs } from "./featureTable";
export type {
  Approval,
  Breakglass,
  CanaryStep,
  Comparison,
  MetricRule,
  Rule,
} from "./gate/decision/rule";
export {
  above,
  approvedBy,
  approvedInFile,
  atLeast,
  atMost,
  below,
  between,
  maxAge,
  maxRegression,
  minImprovement,
  minRows,
  tagged,
  worstOf,
  type AgainstChampion,
} from "./gate/rules";
export { GovernedTable, type Column, type GovernedTableArgs } from "./governedTable";
export { IngestionJob, type IngestionJobArgs } from "./ingestionJob";
export { JobsPrincipal, type JobsPrincipalArgs } from "./jobsPrincipal";
export type { Condition, FollowUp, PythonTask } from "./jobTasks";
export { KeyVaultSecretScope, type KeyVaultSecretScopeArgs } from "./keyVaultSecretScope";
export {
  LakehouseStorage,
  type LakehouseStorageArgs,
  type StorageGrant,
  type StorageLocation,
} from "./lakehouseStorage";
export { MonitoredEndpoint, type MonitoredEndpointArgs } from "./monitoredEndpoint";
export { PipelineJob, type PipelineJobArgs } from "./pipelineJob";
export { ModelStack, type ModelStackArgs } from "./modelStack";
export type { Access, JobDefaults, Platform } from "./platform";
export {
  PREDICTION_COLUMNS,
  predictionColumns,
  type PredictionColumnsArgs,
  type Predictions,
} from "./predictions";
export { PromotionGate, type PromotionGateArgs } from "./promotionGate";
export { PythonJob, type PythonJobArgs } from "./pythonJob";
export { QualityMonitor, type QualityMonitorArgs } from "./qualityMonitor";
export { signIn } from "./workspace/signIn";
export { RegisteredModel, type RegisteredModelArgs } from "./registeredModel";
export { ServingEndpoint, type ServingEndpointArgs } from "./servingEndpoint";
export type { Stage } from "./stage";
export { TaskSources, type TaskSourcesArgs } from "./taskSources";
export { TrainingJob, type TrainingJobArgs } from "./trainingJob";
export { VolumeTrainingJob, type VolumeTrainingJobArgs } from "./volumeTrainingJob";
