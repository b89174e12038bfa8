import { z } from "zod";
import { dataset, int64, keyValues, searchFilter, text } from "../mlflow/fields";
import { forward } from "../mlflow/forward";
import type { Operation } from "../route";

const orderBy = z.strictObject({
  field_name: text,
  ascending: z.boolean().optional(),
  dataset_name: text.optional(),
  dataset_digest: text.optional(),
});

/** Logged models: what `log_model` makes before anything is registered. */
export const mlflowLoggedModelOperations: Operation[] = [
  forward("POST /api/2.0/mlflow/logged-models", "ml.CreateLoggedModelResponse", {
    experiment_id: text,
    name: text.optional(),
    model_type: text.optional(),
    source_run_id: text.optional(),
    params: keyValues.optional(),
    tags: keyValues.optional(),
  }),
  forward("GET /api/2.0/mlflow/logged-models/:model_id", "ml.GetLoggedModelResponse"),
  forward("PATCH /api/2.0/mlflow/logged-models/:model_id", "ml.FinalizeLoggedModelResponse", {
    status: z.enum(["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"]),
  }),
  forward("DELETE /api/2.0/mlflow/logged-models/:model_id", "ml.DeleteLoggedModelResponse"),
  forward("POST /api/2.0/mlflow/logged-models/search", "ml.SearchLoggedModelsResponse", {
    experiment_ids: z.array(text).optional(),
    filter: searchFilter.optional(),
    datasets: z.array(dataset.partial({ digest: true })).optional(),
    max_results: int64.optional(),
    order_by: z.array(orderBy).optional(),
    page_token: text.optional(),
  }),
  forward("PATCH /api/2.0/mlflow/logged-models/:model_id/tags", "ml.SetLoggedModelTagsResponse", {
    tags: keyValues,
  }),
  forward(
    "DELETE /api/2.0/mlflow/logged-models/:model_id/tags/:tag_key",
    "ml.DeleteLoggedModelTagResponse",
  ),
  forward(
    "POST /api/2.0/mlflow/logged-models/:model_id/params",
    "ml.LogLoggedModelParamsRequestResponse",
    { params: keyValues.optional() },
  ),
];
