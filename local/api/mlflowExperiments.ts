import { z } from "zod";
import { ApiError, invalid, unsupported } from "../errors";
import { artifactPath, forCaller, isPlainMlflow, ownUri } from "../mlflow/artifactUris";
import {
  deletedExperimentNamed,
  deleteExperiment,
  restoreExperiment,
  withOldName,
} from "../mlflow/deletedExperiments";
import { int64, keyValues, repeated, searchFilter, text, viewType } from "../mlflow/fields";
import { forward } from "../mlflow/forward";
import { type Json, mlflowOf } from "../mlflow/server";
import { operation, queryInt, type Operation } from "../route";
import type { Workspace } from "../workspace";

const root = "/api/2.0/mlflow/experiments";
const byId = z.strictObject({ experiment_id: text });

const search = {
  page_token: text.optional(),
  filter: searchFilter.optional(),
  view_type: viewType.optional(),
};

/**
 * Experiments (https://docs.databricks.com/api/workspace/experiments). They are named by workspace paths;
 * a plain MLflow client, which knows no such rule, may name them freely.
 */
export const mlflowExperimentOperations: Operation[] = [
  operation(`POST ${root}/create`, {
    answers: "ml.CreateExperimentResponse",
    body: z.strictObject({
      name: text,
      artifact_location: text.optional(),
      tags: keyValues.optional(),
    }),
    handle: ({ body, workspace, request }) =>
      mlflowOf(workspace).call("POST", `${root}/create`, {
        ...body,
        name: isPlainMlflow(request) ? body.name : workspacePath(body.name),
        artifact_location: ownLocation(body.artifact_location),
      }),
  }),
  operation(`GET ${root}/get`, {
    answers: "ml.GetExperimentResponse",
    query: byId,
    handle: async ({ query, workspace, request }) =>
      forCaller(request, await getExperiment(workspace, query.experiment_id)),
  }),
  operation(`GET ${root}/get-by-name`, {
    answers: "ml.GetExperimentByNameResponse",
    query: z.strictObject({ experiment_name: text }),
    handle: async ({ query, workspace, request }) =>
      forCaller(request, await getByName(workspace, withoutMount(query.experiment_name))),
  }),
  operation(`POST ${root}/update`, {
    answers: "ml.UpdateExperimentResponse",
    body: z.strictObject({ experiment_id: text, new_name: text.optional() }),
    handle: ({ body, workspace, request }) =>
      mlflowOf(workspace).call("POST", `${root}/update`, {
        experiment_id: body.experiment_id,
        new_name:
          body.new_name === undefined || isPlainMlflow(request)
            ? body.new_name
            : workspacePath(body.new_name),
      }),
  }),
  operation(`POST ${root}/delete`, {
    answers: "ml.DeleteExperimentResponse",
    body: byId,
    handle: ({ body, workspace }) => deleteExperiment(workspace, body.experiment_id),
  }),
  operation(`POST ${root}/restore`, {
    answers: "ml.RestoreExperimentResponse",
    body: byId,
    handle: ({ body, workspace }) => restoreExperiment(workspace, body.experiment_id),
  }),
  operation(`POST ${root}/search`, {
    answers: "ml.SearchExperimentsResponse",
    body: z.strictObject({
      ...search,
      max_results: int64.optional(),
      order_by: z.array(text).optional(),
    }),
    handle: async ({ body, workspace, request }) =>
      forCaller(request, await searchExperiments(workspace, body)),
  }),
  operation(`GET ${root}/list`, {
    answers: "ml.ListExperimentsResponse",
    query: z.strictObject({
      view_type: viewType.optional(),
      max_results: queryInt.optional(),
      page_token: text.optional(),
    }),
    handle: async ({ query, workspace, request }) =>
      forCaller(request, await searchExperiments(workspace, query)),
  }),
  operation(`GET ${root}/search`, {
    answers: "ml.SearchExperimentsResponse",
    query: z.strictObject({
      ...search,
      max_results: queryInt.optional(),
      order_by: repeated.optional(),
    }),
    handle: async ({ query, workspace, request }) =>
      forCaller(request, await searchExperiments(workspace, query)),
  }),
  forward(`POST ${root}/set-experiment-tag`, "ml.SetExperimentTagResponse", {
    experiment_id: text,
    key: text,
    value: text,
  }),
  forward(`POST ${root}/delete-experiment-tag`, "raw", { experiment_id: text, key: text }),
];

async function getExperiment(workspace: Workspace, experimentId: string): Promise<Json> {
  const answer = await mlflowOf(workspace).call("GET", `${root}/get`, {
    experiment_id: experimentId,
  });
  return { ...answer, experiment: withOldName(workspace, answer["experiment"]) };
}

/** An active experiment comes before a deleted one of the same name, as the interface promises. */
async function getByName(workspace: Workspace, name: string): Promise<Json> {
  try {
    return await mlflowOf(workspace).call("GET", `${root}/get-by-name`, { experiment_name: name });
  } catch (error) {
    const deleted = deletedExperimentNamed(workspace, name);
    const isMissing = error instanceof ApiError && error.code === "RESOURCE_DOES_NOT_EXIST";
    if (isMissing && deleted !== undefined) return getExperiment(workspace, deleted);
    throw error;
  }
}

async function searchExperiments(workspace: Workspace, args: Json): Promise<Json> {
  // MLflow refuses a search without a size; 1000 is what Databricks answers at most.
  const answer = await mlflowOf(workspace).call("POST", `${root}/search`, {
    ...args,
    max_results: args["max_results"] ?? 1000,
  });
  const found = z.array(z.unknown()).default([]).parse(answer["experiments"]);
  return { ...answer, experiments: found.map((item) => withOldName(workspace, item)) };
}

/** `/Workspace/Shared/x/` and `/Shared/x` are the same object. */
function withoutMount(name: string): string {
  return name.replace(/^\/Workspace(?=\/)/, "").replace(/(?<=.)\/$/, "");
}

/** @throws ApiError INVALID_PARAMETER_VALUE unless the name is an absolute path. */
function workspacePath(name: string): string {
  if (!name.startsWith("/"))
    throw invalid(
      `Got an invalid experiment name '${name}'. An experiment name must be an absolute path within the ` +
        "Databricks workspace. E.g., '/Users/<some-username>/my-experiment'.",
    );
  return withoutMount(name);
}

function ownLocation(location: string | undefined): string | undefined {
  if (location === undefined || location === "") return undefined;
  const path = artifactPath(location);
  if (path === undefined)
    throw unsupported(`POST ${root}/create`, `artifact_location '${location}'`);
  return ownUri(path);
}
