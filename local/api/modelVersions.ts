import { z } from "zod";
import { invalid } from "../errors";
import { page, paging } from "../paging";
import { operation, queryBool, queryInt, type Operation } from "../route";
import { deleteAlias, setAlias, versionByAlias } from "../models/aliases";
import { aliasInfo, versionAliases, versionInfo } from "../models/answers";
import { requireModel } from "../models/lookup";
import { describeVersion } from "../models/versionNotes";
import { deleteVersion, listVersions, requireVersion, type ModelVersion } from "../models/versions";
import type { Workspace } from "../workspace";

const model = "/api/2.1/unity-catalog/models/:full_name";
const text = z.string();
const ofModel = z.strictObject({ full_name: text });
const ofVersion = z.strictObject({ full_name: text, version: queryInt.min(1) });
const ofAlias = z.strictObject({ full_name: text, alias: text });
const include_aliases = queryBool.optional();
const include_browse = queryBool.optional();

/**
 * Versions and aliases of registered models (https://docs.databricks.com/api/workspace/modelversions).
 * Versions are made by the MLflow client, through the calls in `mlflowUnityCatalog.ts`.
 */
export const modelVersionOperations: Operation[] = [
  operation(`GET ${model}/versions`, {
    answers: "catalog.ListModelVersionsResponse",
    params: ofModel,
    query: z.strictObject({ ...paging, include_browse }),
    handle: async ({ params, query, workspace }) => {
      const { full_name } = requireModel(workspace, params.full_name);
      const found = await listVersions(workspace, { name: full_name });
      const { items, ...next } = page(found, query.max_results, query.page_token);
      return { model_versions: items.map(versionInfo), ...next };
    },
  }),
  operation(`GET ${model}/versions/:version`, {
    answers: "catalog.ModelVersionInfo",
    params: ofVersion,
    query: z.strictObject({ include_aliases, include_browse }),
    handle: async ({ params, query, workspace }) =>
      answer(
        workspace,
        await requireVersion(workspace, params.full_name, params.version),
        query.include_aliases,
      ),
  }),
  operation(`PATCH ${model}/versions/:version`, {
    answers: "catalog.ModelVersionInfo",
    params: ofVersion,
    body: z.strictObject({ comment: text.optional() }),
    handle: async ({ params, body, workspace }) => {
      const { full_name, version } = params;
      return versionInfo(
        body.comment === undefined
          ? await requireVersion(workspace, full_name, version)
          : await describeVersion(workspace, full_name, version, body.comment),
      );
    },
  }),
  operation(`DELETE ${model}/versions/:version`, {
    answers: "raw",
    params: ofVersion,
    handle: ({ params, workspace }) => deleteVersion(workspace, params.full_name, params.version),
  }),
  operation(`GET ${model}/aliases/:alias`, {
    answers: "catalog.ModelVersionInfo",
    params: ofAlias,
    query: z.strictObject({ include_aliases }),
    handle: async ({ params, query, workspace }) =>
      answer(
        workspace,
        await versionByAlias(workspace, params.full_name, params.alias),
        query.include_aliases,
      ),
  }),
  operation(`PUT ${model}/aliases/:alias`, {
    answers: "catalog.RegisteredModelAlias",
    params: ofAlias,
    body: z.strictObject({
      version_num: z.number().int().min(1),
      full_name: text.optional(),
      alias: text.optional(),
    }),
    handle: async ({ params, body, workspace }) => {
      if (body.alias !== undefined && body.alias !== params.alias)
        throw invalid(`alias '${body.alias}' is not the one in the path, '${params.alias}'.`);
      await setAlias(workspace, params.full_name, params.alias, body.version_num);
      return aliasInfo(requireModel(workspace, params.full_name), params.alias, body.version_num);
    },
  }),
  operation(`DELETE ${model}/aliases/:alias`, {
    answers: "raw",
    params: ofAlias,
    handle: ({ params, workspace }) => deleteAlias(workspace, params.full_name, params.alias),
  }),
];

function answer(workspace: Workspace, version: ModelVersion, withAliases: boolean | undefined) {
  if (withAliases !== true) return versionInfo(version);
  const aliases = versionAliases(requireModel(workspace, version.name), version);
  return { ...versionInfo(version), aliases };
}
