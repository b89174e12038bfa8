import { z } from "zod";
import { ArtifactStore } from "../mlflow/artifactStore";
import { tags, repeated, text } from "../mlflow/fields";
import { mlflowOf } from "../mlflow/server";
import { versionsAnswer } from "../models/mlflowAnswers";
import { checkSignature } from "../models/signature";
import { sourceArtifacts } from "../models/sources";
import { describeVersion } from "../models/versionNotes";
import {
  createVersion,
  finalizeVersion,
  requireVersion,
  versionUri,
  withRecord,
  type ModelVersion,
} from "../models/versions";
import { operation, type Operation } from "../route";
import { one, registryPaging, version, versionOperations } from "./mlflowRegistryCalls";

const root = "/api/2.0/mlflow/model-versions";

/**
 * The same versions for a client that has this workspace's URL as its plain tracking URI. It uploads
 * nothing when it registers, so the files are copied from the source, as Unity Catalog keeps its own.
 */
export const mlflowModelVersionOperations: Operation[] = [
  ...versionOperations(root),
  operation(`POST ${root}/create`, {
    answers: "ml.CreateModelVersionResponse",
    body: z.strictObject({
      name: text,
      source: text,
      run_id: text.optional(),
      description: text.optional(),
      tags,
      model_id: text.optional(),
    }),
    handle: async ({ body, workspace }) => {
      const artifacts = new ArtifactStore(workspace);
      const files = await sourceArtifacts(workspace, body.source);
      await checkSignature(artifacts, files);
      const created = await createVersion(workspace, {
        name: body.name,
        source: body.source,
        runId: body.run_id,
        modelId: body.model_id,
        description: body.description,
        tags: body.tags,
      });
      await artifacts.copy(files, created.artifacts);
      const ready = await finalizeVersion(workspace, created.name, created.version);
      return { model_version: plainVersion(ready) };
    },
  }),
  operation(`GET ${root}/get`, {
    answers: "ml.GetModelVersionResponse",
    query: one,
    handle: async ({ query, workspace }) => ({
      model_version: plainVersion(await requireVersion(workspace, query.name, query.version)),
    }),
  }),
  operation(`GET ${root}/search`, {
    answers: "ml.SearchModelVersionsResponse",
    query: z.strictObject({
      ...registryPaging,
      filter: text.optional(),
      order_by: repeated.optional(),
    }),
    handle: async ({ query, workspace }) => {
      const answer = await mlflowOf(workspace).call("GET", `${root}/search`, query);
      const { model_versions, ...next } = versionsAnswer.parse(answer);
      const known = model_versions.map((found) => plainVersion(withRecord(workspace, found)));
      return { model_versions: known, ...next };
    },
  }),
  operation(`PATCH ${root}/update`, {
    answers: "ml.UpdateModelVersionResponse",
    body: z.strictObject({ name: text, version, description: text.optional() }),
    handle: async ({ body, workspace }) => ({
      model_version: plainVersion(
        await describeVersion(workspace, body.name, body.version, body.description ?? ""),
      ),
    }),
  }),
  operation(`GET ${root}/get-download-uri`, {
    answers: "ml.GetModelVersionDownloadUriResponse",
    query: one,
    handle: async ({ query, workspace }) => ({
      artifact_uri: versionUri(await requireVersion(workspace, query.name, query.version)),
    }),
  }),
];

/** A version as MLflow's own server writes it. */
export function plainVersion(version: ModelVersion) {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creation_timestamp,
    last_updated_timestamp: version.last_updated_timestamp,
    user_id: version.created_by,
    current_stage: "None",
    description: version.description ?? "",
    source: version.source,
    run_id: version.run_id ?? "",
    status: version.status,
    ...(version.status_message ? { status_message: version.status_message } : {}),
    tags: version.tags,
    aliases: version.aliases,
    ...(version.model_id ? { model_id: version.model_id } : {}),
  };
}
