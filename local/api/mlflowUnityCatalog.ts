import { z } from "zod";
import { int64, tags, text } from "../mlflow/fields";
import { setAlias, versionByAlias } from "../models/aliases";
import { requireModel } from "../models/lookup";
import { models, type ModelRecord } from "../models/records";
import { createModel, modelInMlflow, updateModel } from "../models/registry";
import { versionNumber } from "../models/versions";
import { page } from "../paging";
import { operation, type Operation } from "../route";
import type { Workspace } from "../workspace";
import { aliased, modelOperations, named, registryPaging } from "./mlflowRegistryCalls";
import { ucVersion } from "./mlflowUnityCatalogVersions";

const root = "/api/2.0/mlflow/unity-catalog/registered-models";

/**
 * Registered models as MLflow's client for `databricks-uc` calls them: the protocol of
 * `mlflow/store/_unity_catalog/registry/rest_store.py`. Deployment jobs are not supported.
 */
export const mlflowUnityCatalogOperations: Operation[] = [
  ...modelOperations(root),
  operation(`POST ${root}/create`, {
    answers: "raw",
    body: z.strictObject({
      name: text,
      description: text.optional(),
      tags,
    }),
    handle: async ({ body, workspace }) => {
      const created = await createModel(workspace, {
        fullName: body.name,
        comment: body.description,
        tags: body.tags,
      });
      return { registered_model: await ucModel(workspace, created) };
    },
  }),
  operation(`PATCH ${root}/update`, {
    answers: "raw",
    body: z.strictObject({ name: text, description: text.optional() }),
    handle: async ({ body, workspace }) => {
      const changed = updateModel(workspace, body.name, { comment: body.description });
      return { registered_model: await ucModel(workspace, changed) };
    },
  }),
  operation(`GET ${root}/get`, {
    answers: "raw",
    query: named,
    handle: async ({ query, workspace }) => ({
      registered_model: await ucModel(workspace, requireModel(workspace, query.name)),
    }),
  }),
  operation(`GET ${root}/search`, {
    answers: "raw",
    query: z.strictObject(registryPaging),
    handle: ({ query, workspace }) => {
      const { items, ...next } = page(
        models(workspace).list(),
        query.max_results,
        query.page_token,
      );
      return { registered_models: items.map(ucModelFields), ...next };
    },
  }),
  operation(`POST ${root}/alias`, {
    answers: "raw",
    body: z.strictObject({ name: text, alias: text, version: int64 }),
    handle: ({ body, workspace }) =>
      setAlias(workspace, body.name, body.alias, versionNumber(body.version)),
  }),
  operation(`GET ${root}/alias`, {
    answers: "raw",
    query: aliased,
    handle: async ({ query, workspace }) => ({
      model_version: ucVersion(await versionByAlias(workspace, query.name, query.alias)),
    }),
  }),
  // A doubled colon is a colon: the router takes a single one for a parameter.
  operation(`GET ${root}::is-databricks-sdk-models-artifact-repository-enabled`, {
    answers: "raw",
    // The client then asks for a signed link for each file, which takes one of any size in one piece.
    handle: () => ({ is_databricks_sdk_models_artifact_repository_enabled: false }),
  }),
];

function ucModelFields(model: ModelRecord) {
  return {
    name: model.full_name,
    creation_timestamp: model.created_at,
    last_updated_timestamp: model.updated_at,
    user_id: model.owner,
    ...(model.comment ? { description: model.comment } : {}),
  };
}

async function ucModel(workspace: Workspace, model: ModelRecord) {
  const { aliases, tags } = await modelInMlflow(workspace, model.full_name);
  return {
    ...ucModelFields(model),
    aliases: aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
    tags,
  };
}
