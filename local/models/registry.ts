import { randomUUID } from "node:crypto";
import { ApiError } from "../errors";
import { mlflowOf } from "../mlflow/server";
import { changedNow, madeNow, requireSchema } from "../unityCatalog/lookup";
import { requireTags } from "../unityCatalog/tagRules";
import type { Workspace } from "../workspace";
import { modelName, requireModel } from "./lookup";
import { modelAnswer, type MlflowModel, type Tag } from "./mlflowAnswers";
import { models, type ModelRecord } from "./records";
import { listVersions } from "./versions";

const path = "/api/2.0/mlflow/registered-models";

/** What a new model may be given. */
export interface NewModel {
  readonly fullName: string;
  readonly comment?: string | undefined;
  readonly owner?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/**
 * Registers a model in an existing schema.
 * @throws ApiError RESOURCE_ALREADY_EXISTS; SCHEMA_DOES_NOT_EXIST, CATALOG_DOES_NOT_EXIST;
 * INVALID_PARAMETER_VALUE for what Unity Catalog does not take as a tag.
 */
export async function createModel(workspace: Workspace, model: NewModel): Promise<ModelRecord> {
  const fullName = modelName(model.fullName);
  const [catalog = "", schema = "", name = ""] = fullName.split(".");
  requireSchema(workspace, `${catalog}.${schema}`);
  const refuseSecond = () => {
    if (models(workspace).get(fullName) !== undefined)
      throw new ApiError(
        "RESOURCE_ALREADY_EXISTS",
        `Registered model '${fullName}' already exists.`,
      );
  };
  refuseSecond();
  requireTags(`Registered model '${fullName}'`, model.tags ?? []);
  await createInMlflow(workspace, fullName, model.tags ?? []);
  const record: ModelRecord = {
    id: randomUUID(),
    catalog_name: catalog,
    schema_name: schema,
    name,
    full_name: fullName,
    ...(model.comment ? { comment: model.comment } : {}),
    ...madeNow(),
    ...(model.owner ? { owner: model.owner } : {}),
  };
  workspace.store.transaction(() => {
    refuseSecond();
    requireSchema(workspace, `${catalog}.${schema}`);
    models(workspace).put(fullName, record);
  });
  return record;
}

/** Changes comment or owner; an empty comment removes it. */
export function updateModel(
  workspace: Workspace,
  name: string,
  change: { readonly comment?: string | undefined; readonly owner?: string | undefined },
): ModelRecord {
  const { comment, ...kept } = requireModel(workspace, name);
  const newComment = change.comment ?? comment;
  const record: ModelRecord = {
    ...kept,
    ...(newComment ? { comment: newComment } : {}),
    ...(change.owner ? { owner: change.owner } : {}),
    ...changedNow(),
  };
  models(workspace).put(record.full_name, record);
  return record;
}

/** @throws ApiError INVALID_STATE while the model has versions. */
export async function deleteModel(workspace: Workspace, name: string): Promise<void> {
  const { full_name } = requireModel(workspace, name);
  const versions = await listVersions(workspace, { name: full_name });
  if (versions.length > 0)
    throw new ApiError(
      "INVALID_STATE",
      `Registered model '${full_name}' is not empty: it has ${versions.length} version(s). ` +
        "Delete its versions first.",
    );
  try {
    await mlflowOf(workspace).call("DELETE", `${path}/delete`, { name: full_name });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  models(workspace).delete(full_name);
}

/** Tags and aliases of a model. */
export async function modelInMlflow(workspace: Workspace, name: string): Promise<MlflowModel> {
  const { full_name } = requireModel(workspace, name);
  const answer = await mlflowOf(workspace).call("GET", `${path}/get`, { name: full_name });
  return modelAnswer.parse(answer).registered_model;
}

/** @throws ApiError INVALID_PARAMETER_VALUE for what Unity Catalog does not take as a tag. */
export async function setModelTag(workspace: Workspace, name: string, tag: Tag): Promise<void> {
  const { full_name } = requireModel(workspace, name);
  const { tags } = await modelInMlflow(workspace, full_name);
  requireTags(`Registered model '${full_name}'`, [tag], tags);
  await mlflowOf(workspace).call("POST", `${path}/set-tag`, { name: full_name, ...tag });
}

export async function deleteModelTag(
  workspace: Workspace,
  name: string,
  key: string,
): Promise<void> {
  const { full_name } = requireModel(workspace, name);
  await mlflowOf(workspace).call("DELETE", `${path}/delete-tag`, { name: full_name, key });
}

/** A model that is in MLflow but not in Unity Catalog is left from a crash, and taken over. */
async function createInMlflow(
  workspace: Workspace,
  name: string,
  tags: readonly Tag[],
): Promise<void> {
  try {
    await mlflowOf(workspace).call("POST", `${path}/create`, { name, tags });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "RESOURCE_ALREADY_EXISTS")) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.code === "RESOURCE_DOES_NOT_EXIST";
}
