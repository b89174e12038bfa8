import { z } from "zod";
import { invalid } from "../errors";
import { artifactPath } from "../mlflow/artifactUris";
import { mlflowOf } from "../mlflow/server";
import type { Workspace } from "../workspace";
import { versionByAlias } from "./aliases";
import { requireVersion, versionNumber } from "./versions";

const info = z.object({ artifact_uri: z.string() });
const runAnswer = z.object({ run: z.object({ info }) });
const loggedModelAnswer = z.object({ model: z.object({ info }) });

/**
 * Where the files of a source lie below the artifact root: `models:/<logged model>`,
 * `models:/<name>/<version>`, `models:/<name>@<alias>`, `runs:/<run>/<path>`, or a location.
 * @throws ApiError INVALID_PARAMETER_VALUE for a source outside this workspace; 404 for what is missing.
 */
export async function sourceArtifacts(workspace: Workspace, source: string): Promise<string> {
  const path = artifactPath(await sourceUri(workspace, source));
  if (path === undefined || path.split("/").includes(".."))
    throw invalid(`Invalid model version source: '${source}' is no artifact of this workspace.`);
  return path.replace(/\/+$/, "");
}

async function sourceUri(workspace: Workspace, source: string): Promise<string> {
  const mlflow = mlflowOf(workspace);
  const [, model, version] = /^models:\/([^/@]+)\/(\d+)$/.exec(source) ?? [];
  if (model !== undefined && version !== undefined)
    return uriOf(await requireVersion(workspace, model, versionNumber(version)));
  const [, aliased, alias] = /^models:\/([^/@]+)@(.+)$/.exec(source) ?? [];
  if (aliased !== undefined && alias !== undefined)
    return uriOf(await versionByAlias(workspace, aliased, alias));
  const [, logged] = /^models:\/([^/@]+)$/.exec(source) ?? [];
  if (logged !== undefined) {
    const path = `/api/2.0/mlflow/logged-models/${encodeURIComponent(logged)}`;
    return loggedModelAnswer.parse(await mlflow.call("GET", path)).model.info.artifact_uri;
  }
  const [, run, below] = /^runs:\/([^/]+)\/(.+)$/.exec(source) ?? [];
  if (run !== undefined && below !== undefined) {
    const answer = await mlflow.call("GET", "/api/2.0/mlflow/runs/get", { run_id: run });
    return `${runAnswer.parse(answer).run.info.artifact_uri}/${below}`;
  }
  return source;
}

const uriOf = (version: { artifacts: string }) => `mlflow-artifacts:/${version.artifacts}`;
