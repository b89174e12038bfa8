import { z } from "zod";
import { sendArtifact } from "../mlflow/artifactAnswer";
import { ArtifactStore } from "../mlflow/artifactStore";
import { text } from "../mlflow/fields";
import { ApiError } from "../errors";
import { operation, type Operation } from "../route";

const root = "/api/2.0/mlflow-artifacts/artifacts";
const params = z.strictObject({ "*": text });
const VERSIONS = "unity-catalog/";

/**
 * Artifacts for a client that has this workspace's URL as its plain tracking URI: MLflow's artifact proxy
 * (https://mlflow.org/docs/3.17.2/self-hosting/architecture/artifact-store/).
 */
export const mlflowArtifactProxyOperations: Operation[] = [
  operation(`GET ${root}`, {
    answers: "raw",
    query: z.strictObject({ path: text.optional() }),
    handle: async ({ query, workspace }) => {
      const folder = (query.path ?? "").replace(/^\/+|\/+$/g, "");
      const found = await new ArtifactStore(workspace).list(folder);
      return {
        files: found.map(({ path, isDirectory, size }) => ({
          path: folder === "" ? path : path.slice(folder.length + 1),
          is_dir: isDirectory,
          ...(isDirectory ? {} : { file_size: size }),
        })),
      };
    },
  }),
  operation(`GET ${root}/*`, {
    answers: "raw",
    params,
    handle: ({ params, workspace, request, reply }) =>
      sendArtifact(new ArtifactStore(workspace), params["*"], request, reply),
  }),
  operation(`PUT ${root}/*`, {
    answers: "raw",
    params,
    body: z.unknown(),
    handle: async ({ params, body, workspace }) => {
      refuseVersions(params["*"]);
      await new ArtifactStore(workspace).write(params["*"], body);
    },
  }),
  operation(`DELETE ${root}/*`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace }) => {
      refuseVersions(params["*"]);
      await new ArtifactStore(workspace).remove(params["*"]);
    },
  }),
];

/** The files of registered versions are Unity Catalog's own; they never change. */
function refuseVersions(path: string): void {
  if (path.startsWith(VERSIONS) || path.includes(".."))
    throw new ApiError("PERMISSION_DENIED", `Artifact '${path}' cannot be changed.`);
}
