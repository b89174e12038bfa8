import { mlflowOf } from "../mlflow/server";
import { requireTags } from "../unityCatalog/tagRules";
import type { Workspace } from "../workspace";
import type { Tag } from "./mlflowAnswers";
import { requireVersion, type ModelVersion } from "./versions";

const path = "/api/2.0/mlflow/model-versions";

/** Changes the description; an empty one removes it. */
export async function describeVersion(
  workspace: Workspace,
  name: string,
  version: number,
  description: string,
): Promise<ModelVersion> {
  const found = await requireVersion(workspace, name, version);
  await mlflowOf(workspace).call("PATCH", `${path}/update`, {
    name: found.name,
    version: String(version),
    description,
  });
  return requireVersion(workspace, name, version);
}

/** @throws ApiError INVALID_PARAMETER_VALUE for what Unity Catalog does not take as a tag. */
export async function setVersionTag(
  workspace: Workspace,
  name: string,
  version: number,
  tag: Tag,
): Promise<void> {
  const found = await requireVersion(workspace, name, version);
  requireTags(`Model version '${found.name}/${version}'`, [tag], found.tags);
  const args = { name: found.name, version: String(version), ...tag };
  await mlflowOf(workspace).call("POST", `${path}/set-tag`, args);
}

export async function deleteVersionTag(
  workspace: Workspace,
  name: string,
  version: number,
  key: string,
): Promise<void> {
  const found = await requireVersion(workspace, name, version);
  const args = { name: found.name, version: String(version), key };
  await mlflowOf(workspace).call("DELETE", `${path}/delete-tag`, args);
}
