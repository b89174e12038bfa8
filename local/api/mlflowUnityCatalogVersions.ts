import { z } from "zod";
import { invalid } from "../errors";
import { tags, text } from "../mlflow/fields";
import { describeVersion } from "../models/versionNotes";
import {
  createVersion,
  finalizeVersion,
  listVersions,
  requirePending,
  requireVersion,
  type ModelVersion,
} from "../models/versions";
import { page } from "../paging";
import { operation, type Operation } from "../route";
import { one, registryPaging, version, versionOperations } from "./mlflowRegistryCalls";

const root = "/api/2.0/mlflow/unity-catalog/model-versions";

const dependency = z.strictObject({
  type: z.enum([
    "DATABRICKS_VECTOR_INDEX",
    "DATABRICKS_MODEL_ENDPOINT",
    "DATABRICKS_UC_FUNCTION",
    "DATABRICKS_UC_CONNECTION",
    "DATABRICKS_TABLE",
    "DATABRICKS_UC_MODEL_SERVICE",
  ]),
  name: text,
});

/** Versions as MLflow's client for `databricks-uc` calls them; see `mlflowUnityCatalog.ts`. */
export const mlflowUnityCatalogVersionOperations: Operation[] = [
  ...versionOperations(root),
  operation(`POST ${root}/create`, {
    answers: "raw",
    body: z.strictObject({
      name: text,
      source: text,
      run_id: text.optional(),
      description: text.optional(),
      run_tracking_server_id: text.optional(),
      feature_deps: text.optional(),
      tags,
      model_version_dependencies: z.array(dependency).optional(),
      model_id: text.optional(),
    }),
    handle: async ({ body, workspace }) => {
      const created = await createVersion(workspace, {
        name: body.name,
        source: body.source,
        runId: body.run_id,
        modelId: body.model_id,
        description: body.description,
        tags: body.tags,
        details: {
          ...(body.feature_deps ? { feature_deps: body.feature_deps } : {}),
          ...(body.model_version_dependencies
            ? { dependencies: body.model_version_dependencies }
            : {}),
          ...(body.run_tracking_server_id
            ? { run_tracking_server_id: body.run_tracking_server_id }
            : {}),
        },
      });
      return { model_version: ucVersion(created) };
    },
  }),
  operation(`POST ${root}/finalize`, {
    answers: "raw",
    body: one,
    handle: async ({ body, workspace }) => ({
      model_version: ucVersion(await finalizeVersion(workspace, body.name, body.version)),
    }),
  }),
  operation(`GET ${root}/get`, {
    answers: "raw",
    query: one,
    handle: async ({ query, workspace }) => ({
      model_version: ucVersion(await requireVersion(workspace, query.name, query.version)),
    }),
  }),
  operation(`GET ${root}/search`, {
    answers: "raw",
    query: z.strictObject({ ...registryPaging, filter: text.optional() }),
    handle: async ({ query, workspace }) => {
      const found = await listVersions(workspace, parseFilter(query.filter));
      const { items, ...next } = page(found, query.max_results, query.page_token);
      return { model_versions: items.map(ucVersion), ...next };
    },
  }),
  operation(`PATCH ${root}/update`, {
    answers: "raw",
    body: z.strictObject({ name: text, version, description: text.optional() }),
    handle: async ({ body, workspace }) => ({
      model_version: ucVersion(
        await describeVersion(workspace, body.name, body.version, body.description ?? ""),
      ),
    }),
  }),
  operation(`GET ${root}/get-download-uri`, {
    answers: "raw",
    query: one,
    handle: async ({ query, workspace }) => ({
      artifact_uri: (await requireVersion(workspace, query.name, query.version)).storageLocation,
    }),
  }),
  operation(`POST ${root}/generate-temporary-credentials`, {
    answers: "raw",
    body: z.strictObject({
      name: text,
      version,
      operation: z.enum(["MODEL_VERSION_OPERATION_READ", "MODEL_VERSION_OPERATION_READ_WRITE"]),
    }),
    handle: async ({ body, workspace }) => {
      await (body.operation === "MODEL_VERSION_OPERATION_READ" ? requireVersion : requirePending)(
        workspace,
        body.name,
        body.version,
      );
      // No cloud storage stands behind this: the client goes on with presigned links.
      return { credentials: { storage_mode: "DEFAULT_STORAGE" } };
    },
  }),
  operation(`POST ${root}/emit-lineage`, {
    answers: "raw",
    body: z.strictObject({
      name: text,
      version,
      // Lineage is not kept, so only a report without any can be taken.
      model_version_lineage_info: z.strictObject({
        entities: z.array(z.never()).optional(),
        direction: z.enum(["UPSTREAM", "DOWNSTREAM"]).optional(),
      }),
    }),
    handle: async ({ body, workspace }) => {
      await requireVersion(workspace, body.name, body.version);
    },
  }),
];

/** A version as MLflow's protocol for Unity Catalog writes it. */
export function ucVersion(version: ModelVersion) {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creation_timestamp,
    last_updated_timestamp: version.last_updated_timestamp,
    user_id: version.created_by,
    ...(version.description ? { description: version.description } : {}),
    source: version.source,
    ...(version.run_id ? { run_id: version.run_id } : {}),
    ...(version.run_tracking_server_id
      ? { run_tracking_server_id: version.run_tracking_server_id }
      : {}),
    status: version.status,
    ...(version.status_message ? { status_message: version.status_message } : {}),
    storage_location: version.storageLocation,
    aliases: version.aliases.map((alias) => ({ alias, version: String(version.version) })),
    tags: version.tags,
    ...(version.model_id ? { model_id: version.model_id } : {}),
  };
}

/** Unity Catalog's search takes one condition: on the model's name or on the run. */
function parseFilter(filter: string | undefined): { name: string } | { runId: string } {
  const parsed = /^\s*(name|run_id)\s*=\s*(?:'([^']+)'|"([^"]+)")\s*$/i.exec(filter ?? "");
  const value = parsed?.[2] ?? parsed?.[3];
  if (value === undefined)
    throw invalid(
      `Invalid filter '${filter ?? ""}': expected name = '<catalog>.<schema>.<model>' or run_id = '<run>'.`,
    );
  return parsed?.[1]?.toLowerCase() === "run_id" ? { runId: value } : { name: value.toLowerCase() };
}
