import { z } from "zod";
import { invalid } from "../errors";
import { page, paging } from "../paging";
import { operation, queryBool, type Operation } from "../route";
import { aliasInfo, modelInfo } from "../models/answers";
import { requireModel } from "../models/lookup";
import { models, type ModelRecord } from "../models/records";
import { createModel, deleteModel, modelInMlflow, updateModel } from "../models/registry";

const text = z.string();
const params = z.strictObject({ full_name: text });
// Whoever holds the workspace's token is its admin and sees everything without BROWSE.
const include_browse = queryBool.optional();

/** Output-only fields that the provider sends back with every change; the interface ignores them. */
const outputOnly = {
  created_at: z.number().optional(),
  created_by: text.optional(),
  updated_at: z.number().optional(),
  updated_by: text.optional(),
  metastore_id: text.optional(),
};

/** Registered models of Unity Catalog (https://docs.databricks.com/api/workspace/registeredmodels). */
export const modelOperations: Operation[] = [
  operation("POST /api/2.1/unity-catalog/models", {
    answers: "catalog.RegisteredModelInfo",
    body: z.strictObject({
      name: text,
      catalog_name: text,
      schema_name: text,
      comment: text.optional(),
      owner: text.optional(),
      full_name: text.optional(),
      ...outputOnly,
    }),
    handle: async ({ body, workspace }) => {
      const fullName = `${body.catalog_name}.${body.schema_name}.${body.name}`;
      return modelInfo(await createModel(workspace, { ...body, fullName }));
    },
  }),
  operation("GET /api/2.1/unity-catalog/models", {
    answers: "catalog.ListRegisteredModelsResponse",
    query: z.strictObject({
      ...paging,
      catalog_name: text.optional(),
      schema_name: text.optional(),
      include_browse,
    }),
    handle: ({ query, workspace }) => {
      const { catalog_name: catalog, schema_name: schema } = query;
      if ((catalog === undefined) !== (schema === undefined))
        throw invalid("catalog_name and schema_name must be given together, or neither of them.");
      const prefix = catalog === undefined ? "" : `${catalog}.${schema ?? ""}.`.toLowerCase();
      const found = models(workspace).list(prefix);
      const { items, ...next } = page(found, query.max_results, query.page_token);
      return { registered_models: items.map(modelInfo), ...next };
    },
  }),
  operation("GET /api/2.1/unity-catalog/models/:full_name", {
    answers: "catalog.RegisteredModelInfo",
    params,
    query: z.strictObject({ include_aliases: queryBool.optional(), include_browse }),
    handle: async ({ params, query, workspace }) => {
      const model = requireModel(workspace, params.full_name);
      if (query.include_aliases !== true) return modelInfo(model);
      const { aliases } = await modelInMlflow(workspace, model.full_name);
      return {
        ...modelInfo(model),
        aliases: aliases.map(({ alias, version }) => aliasInfo(model, alias, version)),
      };
    },
  }),
  operation("PATCH /api/2.1/unity-catalog/models/:full_name", {
    answers: "catalog.RegisteredModelInfo",
    params,
    body: z.strictObject({
      comment: text.optional(),
      owner: text.optional(),
      name: text.optional(),
      new_name: text.optional(),
      catalog_name: text.optional(),
      schema_name: text.optional(),
      storage_location: text.optional(),
      ...outputOnly,
    }),
    handle: async ({ params, body, workspace }) => {
      const model = requireModel(workspace, params.full_name);
      refuseMove(model, body);
      return modelInfo(await Promise.resolve(updateModel(workspace, model.full_name, body)));
    },
  }),
  operation("DELETE /api/2.1/unity-catalog/models/:full_name", {
    answers: "raw",
    params,
    handle: ({ params, workspace }) => deleteModel(workspace, params.full_name),
  }),
];

/** Names and location may be repeated in a change, but not changed: a model's versions would be lost. */
function refuseMove(model: ModelRecord, change: Readonly<Record<string, unknown>>): void {
  const info = modelInfo(model);
  const fixed = { ...info, new_name: info.name };
  for (const field of [
    "name",
    "new_name",
    "catalog_name",
    "schema_name",
    "storage_location",
  ] as const) {
    const wanted = change[field];
    if (typeof wanted === "string" && wanted.toLowerCase() !== fixed[field].toLowerCase())
      throw invalid(
        `${field} of registered model '${model.full_name}' cannot be changed to '${wanted}'.`,
      );
  }
}
