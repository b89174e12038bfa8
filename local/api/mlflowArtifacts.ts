import { z } from "zod";
import { ApiError, invalid } from "../errors";
import { sendArtifact } from "../mlflow/artifactAnswer";
import { ArtifactStore, type ArtifactEntry } from "../mlflow/artifactStore";
import { artifactPath, forCaller } from "../mlflow/artifactUris";
import { run, text } from "../mlflow/fields";
import { mlflowOf } from "../mlflow/server";
import { SIGNED, signedLink } from "../mlflow/signedLinks";
import { operation, signature, type Operation } from "../route";
import type { Workspace } from "../workspace";

const below = z.strictObject({ "*": text });
const runPaths = z.strictObject({
  run_id: text,
  path: z.array(text),
  page_token: z.literal("").optional(),
});
const modelParams = z.strictObject({ model_id: text });
const modelPaths = z.strictObject({
  model_id: text.optional(),
  paths: z.array(text),
  page_token: z.literal("").optional(),
});

/**
 * Artifacts of runs and logged models: listing, and links to read and write them. Clients that speak to
 * Databricks first try its Files API (see `mlflowFiles.ts`) and ask for links when that fails. The links'
 * type is GCP's, the one whose protocol is a plain GET and PUT.
 */
export const mlflowArtifactOperations: Operation[] = [
  operation("GET /api/2.0/mlflow/artifacts/list", {
    answers: "ml.ListArtifactsResponse",
    query: z.strictObject({ ...run, path: text.optional(), page_token: z.literal("").optional() }),
    handle: async ({ query, workspace, request }) => {
      const uri = await runArtifactUri(workspace, query.run_id ?? query.run_uuid ?? "");
      return forCaller(request, {
        root_uri: uri,
        files: await listFiles(workspace, uri, query.path),
      });
    },
  }),
  operation("GET /api/2.0/mlflow/logged-models/:model_id/artifacts/directories", {
    answers: "raw",
    params: modelParams,
    query: z.strictObject({
      model_id: text.optional(),
      artifact_directory_path: text.optional(),
      page_token: z.literal("").optional(),
    }),
    handle: async ({ params, query, workspace, request }) => {
      const uri = await modelArtifactUri(workspace, params.model_id);
      return forCaller(request, {
        root_uri: uri,
        files: await listFiles(workspace, uri, query.artifact_directory_path),
      });
    },
  }),
  ...(["read", "write"] as const).map((kind) =>
    operation(`POST /api/2.0/mlflow/artifacts/credentials-for-${kind}`, {
      answers: "raw",
      body: runPaths,
      handle: async ({ body, workspace }) => {
        const uri = await runArtifactUri(workspace, body.run_id);
        const links = body.path.map((path) => ({
          run_id: body.run_id,
          path,
          ...link(workspace, kind, uri, path),
        }));
        return { credential_infos: links };
      },
    }),
  ),
  ...(
    [
      ["download", "read"],
      ["upload", "write"],
    ] as const
  ).map(([name, kind]) =>
    operation(`POST /api/2.0/mlflow/logged-models/:model_id/artifacts/credentials-for-${name}`, {
      answers: "raw",
      params: modelParams,
      body: modelPaths,
      handle: async ({ params, body, workspace }) => {
        const uri = await modelArtifactUri(workspace, params.model_id);
        const links = body.paths.map((path) => ({
          credential_info: { path, ...link(workspace, kind, uri, path) },
        }));
        return { credentials: links };
      },
    }),
  ),
  operation(`GET ${SIGNED.read}/*`, {
    answers: "raw",
    signed: true,
    params: below,
    query: z.strictObject(signature),
    handle: ({ params, workspace, request, reply }) =>
      sendArtifact(new ArtifactStore(workspace), params["*"], request, reply),
  }),
  operation(`PUT ${SIGNED.write}/*`, {
    answers: "raw",
    signed: true,
    params: below,
    query: z.strictObject(signature),
    body: z.unknown(),
    handle: async ({ params, body, workspace }) => {
      await new ArtifactStore(workspace).write(params["*"], body);
    },
  }),
];

const runAnswer = z.object({ run: z.object({ info: z.object({ artifact_uri: text }) }) });
const modelAnswer = z.object({ model: z.object({ info: z.object({ artifact_uri: text }) }) });

async function runArtifactUri(workspace: Workspace, runId: string): Promise<string> {
  const answer = await mlflowOf(workspace).call("GET", "/api/2.0/mlflow/runs/get", {
    run_id: runId,
  });
  return runAnswer.parse(answer).run.info.artifact_uri;
}

async function modelArtifactUri(workspace: Workspace, modelId: string): Promise<string> {
  const path = `/api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`;
  return modelAnswer.parse(await mlflowOf(workspace).call("GET", path)).model.info.artifact_uri;
}

function rootOf(uri: string): string {
  const root = artifactPath(uri);
  if (root === undefined) throw new ApiError("INVALID_STATE", `Artifacts lie elsewhere: ${uri}.`);
  return root;
}

function link(workspace: Workspace, kind: "read" | "write", uri: string, path: string) {
  if (path.split("/").includes("..")) throw invalid(`Invalid artifact path '${path}'.`);
  const whole = path === "" ? rootOf(uri) : `${rootOf(uri)}/${path}`;
  return { signed_uri: signedLink(workspace, kind, whole), headers: [], type: "GCP_SIGNED_URL" };
}

/** Paths relative to the run or model; a file is listed as itself, as MLflow's servers do. */
async function listFiles(workspace: Workspace, uri: string, path = "") {
  if (path.split("/").includes("..")) throw invalid(`Invalid artifact path '${path}'.`);
  const artifacts = new ArtifactStore(workspace);
  const root = rootOf(uri);
  const folder = path === "" ? root : `${root}/${path}`;
  const itself = await artifacts.find(folder);
  const found = itself?.isDirectory === false ? [itself] : await artifacts.list(folder);
  return found.map((entry) => fileInfo(entry, root));
}

function fileInfo({ path, isDirectory, size }: ArtifactEntry, root: string) {
  const relative = path.slice(root.length + 1);
  return isDirectory
    ? { path: relative, is_dir: true }
    : { path: relative, is_dir: false, file_size: size };
}
