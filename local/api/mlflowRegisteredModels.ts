import { z } from "zod";
import { tags, repeated, text } from "../mlflow/fields";
import { mlflowOf } from "../mlflow/server";
import { setAlias, versionByAlias } from "../models/aliases";
import { requireModel } from "../models/lookup";
import { mlflowModel, type MlflowModel } from "../models/mlflowAnswers";
import { models, type ModelRecord } from "../models/records";
import { createModel, modelInMlflow, updateModel } from "../models/registry";
import { operation, type Operation } from "../route";
import { plainVersion } from "./mlflowModelVersions";
import { aliased, modelOperations, named, registryPaging, version } from "./mlflowRegistryCalls";

const root = "/api/2.0/mlflow/registered-models";
const found = z.object({
  registered_models: z.array(mlflowModel).default([]),
  next_page_token: text.optional(),
});

/**
 * The same registered models for a client that has this workspace's URL as its plain tracking URI
 * (https://mlflow.org/docs/3.17.2/rest-api.html). Stages and renaming do not exist in Unity Catalog.
 */
export const mlflowRegisteredModelOperations: Operation[] = [
  ...modelOperations(root),
  operation(`POST ${root}/create`, {
    answers: "ml.CreateModelResponse",
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
      return { registered_model: plainModel(created, { tags: body.tags, aliases: [] }) };
    },
  }),
  operation(`GET ${root}/get`, {
    answers: "raw",
    query: named,
    handle: async ({ query, workspace }) => ({
      registered_model: plainModel(
        requireModel(workspace, query.name),
        await modelInMlflow(workspace, query.name),
      ),
    }),
  }),
  operation(`GET ${root}/search`, {
    answers: "raw",
    query: z.strictObject({
      ...registryPaging,
      filter: text.optional(),
      order_by: repeated.optional(),
    }),
    handle: async ({ query, workspace }) => {
      const answer = await mlflowOf(workspace).call("GET", `${root}/search`, query);
      const { registered_models, ...next } = found.parse(answer);
      return {
        registered_models: registered_models.flatMap((model) => {
          const record = models(workspace).get(model.name);
          return record === undefined ? [] : [plainModel(record, model)];
        }),
        ...next,
      };
    },
  }),
  operation(`PATCH ${root}/update`, {
    answers: "raw",
    body: z.strictObject({ name: text, description: text.optional() }),
    handle: async ({ body, workspace }) => {
      const changed = updateModel(workspace, body.name, { comment: body.description });
      return { registered_model: plainModel(changed, await modelInMlflow(workspace, body.name)) };
    },
  }),
  operation(`POST ${root}/alias`, {
    answers: "raw",
    body: z.strictObject({ name: text, alias: text, version }),
    handle: ({ body, workspace }) => setAlias(workspace, body.name, body.alias, body.version),
  }),
  operation(`GET ${root}/alias`, {
    answers: "raw",
    query: aliased,
    handle: async ({ query, workspace }) => ({
      model_version: plainVersion(await versionByAlias(workspace, query.name, query.alias)),
    }),
  }),
];

function plainModel(model: ModelRecord, { tags, aliases }: Pick<MlflowModel, "tags" | "aliases">) {
  return {
    name: model.full_name,
    creation_timestamp: model.created_at,
    last_updated_timestamp: model.updated_at,
    user_id: model.owner,
    description: model.comment ?? "",
    tags,
    aliases: aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
  };
}
