import { randomUUID } from "node:crypto";
import { ApiError, invalid, missing } from "../errors";
import { USER } from "../identity";
import { ArtifactStore } from "../mlflow/artifactStore";
import { ownUri } from "../mlflow/artifactUris";
import { mlflowOf } from "../mlflow/server";
import { requireTags } from "../unityCatalog/tagRules";
import type { Workspace } from "../workspace";
import { versionAnswer, versionsAnswer, type MlflowVersion, type Tag } from "./mlflowAnswers";
import { versionRecords, type VersionRecord } from "./records";
import { requireModel } from "./lookup";
import { checkSignature } from "./signature";

const path = "/api/2.0/mlflow/model-versions";
const LOCATION = "dbfs:/unity-catalog/models/";

/** A version of a registered model: what MLflow and Unity Catalog know of it. */
export interface ModelVersion extends Omit<MlflowVersion, "source">, VersionRecord {
  /** Where Unity Catalog says its files are. */
  readonly storageLocation: string;
  /** Where they are below the artifact root. */
  readonly artifacts: string;
}

/** What a new version is made of. */
export interface NewVersion {
  readonly name: string;
  readonly source: string;
  readonly runId?: string | undefined;
  readonly modelId?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly details?: Partial<VersionRecord>;
}

/** Where the files of the version with this id are below the artifact root. */
export function versionArtifacts(id: string): string {
  return `unity-catalog/models/${id}`;
}

/** The location that MLflow's client reads a version's files from. */
export function versionUri(version: ModelVersion): string {
  return ownUri(version.artifacts);
}

/**
 * Makes the next version in PENDING_REGISTRATION: its files are still to be uploaded.
 * @throws ApiError RESOURCE_DOES_NOT_EXIST for a missing model or run; INVALID_PARAMETER_VALUE for what Unity
 * Catalog does not take as a tag.
 */
export async function createVersion(
  workspace: Workspace,
  version: NewVersion,
): Promise<ModelVersion> {
  const { full_name } = requireModel(workspace, version.name);
  requireTags(`A version of '${full_name}'`, version.tags ?? []);
  if (version.runId)
    await mlflowOf(workspace).call("GET", "/api/2.0/mlflow/runs/get", { run_id: version.runId });
  const id = randomUUID();
  versionRecords(workspace).put(id, {
    id,
    status: "PENDING_REGISTRATION",
    source: version.source,
    ...(version.modelId ? { model_id: version.modelId } : {}),
    created_by: USER.userName,
    updated_by: USER.userName,
    ...version.details,
  });
  const answer = await mlflowOf(workspace).call("POST", `${path}/create`, {
    name: full_name,
    source: LOCATION + id,
    run_id: version.runId,
    model_id: version.modelId,
    description: version.description,
    tags: version.tags ?? [],
  });
  return withRecord(workspace, versionAnswer.parse(answer).model_version);
}

/**
 * Declares the upload complete: READY.
 * @throws ApiError INVALID_PARAMETER_VALUE when the files are no model with a signature, as Unity Catalog
 * requires; the version is FAILED_REGISTRATION then. INVALID_STATE when it is not pending.
 */
export async function finalizeVersion(
  workspace: Workspace,
  name: string,
  version: number,
): Promise<ModelVersion> {
  const found = await requirePending(workspace, name, version);
  const artifacts = new ArtifactStore(workspace);
  try {
    await checkSignature(artifacts, found.artifacts);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    setStatus(workspace, found.id, { status: "FAILED_REGISTRATION", status_message: message });
    throw error;
  }
  setStatus(workspace, found.id, { status: "READY" });
  return requireVersion(workspace, name, version);
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST for a missing model or version. */
export async function requireVersion(
  workspace: Workspace,
  name: string,
  version: number,
): Promise<ModelVersion> {
  const { full_name } = requireModel(workspace, name);
  try {
    const answer = await mlflowOf(workspace).call("GET", `${path}/get`, {
      name: full_name,
      version: String(version),
    });
    return withRecord(workspace, versionAnswer.parse(answer).model_version);
  } catch (error) {
    if (error instanceof ApiError && error.code === "RESOURCE_DOES_NOT_EXIST")
      throw missing("Model version", `${full_name}/${version}`);
    throw error;
  }
}

/** @throws ApiError INVALID_STATE: a version's files never change once it is registered. */
export async function requirePending(
  workspace: Workspace,
  name: string,
  version: number,
): Promise<ModelVersion> {
  const found = await requireVersion(workspace, name, version);
  if (found.status === "PENDING_REGISTRATION") return found;
  throw new ApiError(
    "INVALID_STATE",
    `Model version '${found.name}/${version}' is ${found.status}, not PENDING_REGISTRATION.`,
  );
}

/** The versions of one model or of one run, newest first. */
export async function listVersions(
  workspace: Workspace,
  by: { readonly name: string } | { readonly runId: string },
): Promise<ModelVersion[]> {
  const filter = "name" in by ? `name = '${by.name}'` : `run_id = '${by.runId}'`;
  const found: MlflowVersion[] = [];
  let page_token: string | undefined;
  do {
    const answer = await mlflowOf(workspace).call("GET", `${path}/search`, {
      filter,
      max_results: 1000,
      page_token,
    });
    const page = versionsAnswer.parse(answer);
    found.push(...page.model_versions);
    page_token = page.next_page_token;
  } while (page_token);
  return found
    .sort((a, b) => a.name.localeCompare(b.name) || b.version - a.version)
    .map((version) => withRecord(workspace, version));
}

/** Deletes the version, its aliases and its files. Its number is not used again. */
export async function deleteVersion(
  workspace: Workspace,
  name: string,
  version: number,
): Promise<void> {
  const found = await requireVersion(workspace, name, version);
  await mlflowOf(workspace).call("DELETE", `${path}/delete`, {
    name: found.name,
    version: String(version),
  });
  versionRecords(workspace).delete(found.id);
  await new ArtifactStore(workspace).remove(found.artifacts);
}

/** A version's number in a path or body. @throws ApiError INVALID_PARAMETER_VALUE unless it is 1 or more. */
export function versionNumber(version: string | number): number {
  const number = Number(version);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw invalid(`Model version '${version}' is not a version number.`);
}

function setStatus(workspace: Workspace, id: string, change: Partial<VersionRecord>): void {
  const record = versionRecords(workspace).get(id);
  if (record !== undefined) versionRecords(workspace).put(id, { ...record, ...change });
}

/** A version that MLflow answered, with what Unity Catalog knows of it. */
export function withRecord(workspace: Workspace, version: MlflowVersion): ModelVersion {
  const id = version.source.startsWith(LOCATION) ? version.source.slice(LOCATION.length) : "";
  const record = versionRecords(workspace).get(id);
  if (record === undefined)
    throw new ApiError(
      "INTERNAL_ERROR",
      `Model version '${version.name}/${version.version}' has no record in this workspace.`,
    );
  return {
    ...version,
    ...record,
    storageLocation: LOCATION + id,
    artifacts: versionArtifacts(id),
  };
}
