import { z } from "zod";
import {
  dataset,
  int64,
  double,
  keyValue,
  keyValues,
  metric,
  repeated,
  run,
  runStatus,
  searchFilter,
  text,
  viewType,
} from "../mlflow/fields";
import { forward } from "../mlflow/forward";
import { queryInt, type Operation } from "../route";

const optional = { text: text.optional(), int64: int64.optional() };

/** Runs with their metrics, parameters, tags, inputs and outputs (https://mlflow.org/docs/3.17.2/rest-api.html). */
export const mlflowRunOperations: Operation[] = [
  forward("POST /api/2.0/mlflow/runs/create", "ml.CreateRunResponse", {
    experiment_id: text,
    user_id: optional.text,
    run_name: optional.text,
    start_time: optional.int64,
    tags: keyValues.optional(),
  }),
  forward("GET /api/2.0/mlflow/runs/get", "ml.GetRunResponse", run),
  forward("POST /api/2.0/mlflow/runs/update", "ml.UpdateRunResponse", {
    ...run,
    status: runStatus.optional(),
    end_time: optional.int64,
    run_name: optional.text,
  }),
  forward("POST /api/2.0/mlflow/runs/delete", "ml.DeleteRunResponse", { run_id: text }),
  forward("POST /api/2.0/mlflow/runs/restore", "ml.RestoreRunResponse", { run_id: text }),
  forward("POST /api/2.0/mlflow/runs/search", "ml.SearchRunsResponse", {
    experiment_ids: z.array(text).optional(),
    filter: searchFilter.optional(),
    run_view_type: viewType.optional(),
    max_results: int64.optional(),
    order_by: z.array(text).optional(),
    page_token: optional.text,
  }),
  forward("POST /api/2.0/mlflow/runs/log-metric", "ml.LogMetricResponse", {
    ...run,
    key: text,
    value: double,
    timestamp: int64,
    step: optional.int64,
    model_id: optional.text,
    dataset_name: optional.text,
    dataset_digest: optional.text,
  }),
  forward("POST /api/2.0/mlflow/runs/log-parameter", "ml.LogParamResponse", {
    ...run,
    key: text,
    value: text,
  }),
  forward("POST /api/2.0/mlflow/runs/set-tag", "ml.SetTagResponse", {
    ...run,
    key: text,
    value: text,
  }),
  forward("POST /api/2.0/mlflow/runs/delete-tag", "ml.DeleteTagResponse", {
    run_id: text,
    key: text,
  }),
  forward("POST /api/2.0/mlflow/runs/log-batch", "ml.LogBatchResponse", {
    run_id: optional.text,
    metrics: z.array(metric).optional(),
    params: keyValues.optional(),
    tags: keyValues.optional(),
  }),
  forward("POST /api/2.0/mlflow/runs/log-model", "ml.LogModelResponse", {
    run_id: text,
    model_json: text,
  }),
  forward("POST /api/2.0/mlflow/runs/log-inputs", "ml.LogInputsResponse", {
    run_id: text,
    datasets: z.array(z.strictObject({ tags: z.array(keyValue).optional(), dataset })).optional(),
    models: z.array(z.strictObject({ model_id: text })).optional(),
  }),
  forward("POST /api/2.0/mlflow/runs/outputs", "ml.LogOutputsResponse", {
    run_id: text,
    models: z.array(z.strictObject({ model_id: text, step: optional.int64 })).optional(),
  }),
  forward("GET /api/2.0/mlflow/metrics/get-history", "ml.GetMetricHistoryResponse", {
    ...run,
    metric_key: text,
    page_token: optional.text,
    max_results: queryInt.optional(),
  }),
  forward("GET /api/2.0/mlflow/metrics/get-history-bulk-interval", "raw", {
    run_ids: repeated,
    metric_key: text,
    start_step: queryInt.optional(),
    end_step: queryInt.optional(),
    max_results: queryInt.optional(),
  }),
];
