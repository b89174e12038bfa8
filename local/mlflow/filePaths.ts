import { z } from "zod";
import { invalid, missing } from "../errors";
import { requirePending, requireVersion, versionNumber } from "../models/versions";
import type { Workspace } from "../workspace";
import { artifactPath } from "./artifactUris";
import { mlflowOf } from "./server";

const ofRun = z.object({
  run: z.object({ info: z.object({ experiment_id: z.string(), artifact_uri: z.string() }) }),
});
const ofModel = z.object({
  model: z.object({ info: z.object({ experiment_id: z.string(), artifact_uri: z.string() }) }),
});

/**
 * The artifact that a path of the Files API means:
 * `/Models/{catalog}/{schema}/{model}/{version}/…` or
 * `/WorkspaceInternal/Mlflow/Artifacts/{experiment}/{Runs|LoggedModels}/{id}/artifacts/…`.
 * @throws ApiError INVALID_STATE for writing to a version that is registered already; 404 for what is missing.
 */
export async function resolveFile(
  workspace: Workspace,
  path: string,
  access: "read" | "write",
): Promise<string> {
  if (path.split("/").includes("..")) throw invalid(`Invalid path '${path}'.`);
  const parts = path.split("/").filter((part) => part !== "");
  if (parts[0] === "Models") return ofVersion(workspace, parts.slice(1), access);
  if (parts.slice(0, 3).join("/") === "WorkspaceInternal/Mlflow/Artifacts")
    return ofTracking(workspace, parts.slice(3));
  throw missing("Path", path, "NOT_FOUND");
}

async function ofVersion(
  workspace: Workspace,
  [catalog = "", schema = "", model = "", version = "", ...rest]: string[],
  access: "read" | "write",
): Promise<string> {
  const require = access === "read" ? requireVersion : requirePending;
  const name = `${catalog}.${schema}.${model}`;
  const { artifacts } = await require(workspace, name, versionNumber(version));
  return [artifacts, ...rest].join("/");
}

async function ofTracking(
  workspace: Workspace,
  [experiment = "", kind = "", id = "", artifacts = "", ...rest]: string[],
): Promise<string> {
  const info = await trackingInfo(workspace, kind, id);
  const root = artifactPath(info.artifact_uri);
  if (root === undefined || info.experiment_id !== experiment || artifacts !== "artifacts")
    throw missing("Path", [experiment, kind, id, artifacts].join("/"), "NOT_FOUND");
  return [root, ...rest].join("/");
}

async function trackingInfo(workspace: Workspace, kind: string, id: string) {
  if (kind === "Runs")
    return ofRun.parse(
      await mlflowOf(workspace).call("GET", "/api/2.0/mlflow/runs/get", { run_id: id }),
    ).run.info;
  if (kind === "LoggedModels") {
    const path = `/api/2.0/mlflow/logged-models/${encodeURIComponent(id)}`;
    return ofModel.parse(await mlflowOf(workspace).call("GET", path)).model.info;
  }
  throw missing("Artifacts of", kind, "NOT_FOUND");
}
