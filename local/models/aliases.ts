import { ApiError } from "../errors";
import { mlflowOf } from "../mlflow/server";
import type { Workspace } from "../workspace";
import { versionAnswer } from "./mlflowAnswers";
import { requireModel } from "./lookup";
import { requireVersion, type ModelVersion } from "./versions";

const path = "/api/2.0/mlflow/registered-models/alias";

/**
 * Points the alias at the version, wherever it pointed before.
 * @throws ApiError RESOURCE_DOES_NOT_EXIST for a missing model or version; INVALID_PARAMETER_VALUE for a
 * name that MLflow does not allow, such as `latest` or `v1`.
 */
export async function setAlias(
  workspace: Workspace,
  name: string,
  alias: string,
  version: number,
): Promise<void> {
  const found = await requireVersion(workspace, name, version);
  const args = { name: found.name, alias, version: String(version) };
  await mlflowOf(workspace).call("POST", path, args);
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST for a missing model or alias. */
export async function deleteAlias(
  workspace: Workspace,
  name: string,
  alias: string,
): Promise<void> {
  const found = await versionByAlias(workspace, name, alias);
  await mlflowOf(workspace).call("DELETE", path, { name: found.name, alias });
}

/** The version that the alias points at. @throws ApiError RESOURCE_DOES_NOT_EXIST for a missing model or alias. */
export async function versionByAlias(
  workspace: Workspace,
  name: string,
  alias: string,
): Promise<ModelVersion> {
  const { full_name } = requireModel(workspace, name);
  try {
    const answer = await mlflowOf(workspace).call("GET", path, { name: full_name, alias });
    const { version } = versionAnswer.parse(answer).model_version;
    return await requireVersion(workspace, full_name, version);
  } catch (error) {
    // MLflow answers INVALID_PARAMETER_VALUE for an alias that does not exist.
    if (error instanceof ApiError && /alias .* not found/i.test(error.message))
      throw new ApiError(
        "RESOURCE_DOES_NOT_EXIST",
        `Registered model '${full_name}' has no alias '${alias}'.`,
      );
    throw error;
  }
}
