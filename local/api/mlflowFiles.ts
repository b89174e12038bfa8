import { z } from "zod";
import { ApiError } from "../errors";
import { sendArtifact } from "../mlflow/artifactAnswer";
import { ArtifactStore } from "../mlflow/artifactStore";
import { resolveFile } from "../mlflow/filePaths";
import { text } from "../mlflow/fields";
import { page } from "../paging";
import { operation, queryBool, queryInt, type Operation } from "../route";

const params = z.strictObject({ "*": text });

/**
 * The Files API (https://docs.databricks.com/api/workspace/files) below the folders where MLflow's client
 * keeps model versions (`/Models/…`) and the artifacts of runs and logged models (`/WorkspaceInternal/…`).
 */
export const mlflowFileOperations: Operation[] = [
  "Models",
  "WorkspaceInternal/Mlflow/Artifacts",
].flatMap((folder) => [
  operation(`PUT /api/2.0/fs/files/${folder}/*`, {
    answers: "raw",
    params,
    query: z.strictObject({ overwrite: queryBool.optional() }),
    body: z.unknown(),
    handle: async ({ params, query, body, workspace, reply }) => {
      const artifacts = new ArtifactStore(workspace);
      const path = await resolveFile(workspace, `/${folder}/${params["*"]}`, "write");
      if (query.overwrite === false && (await artifacts.find(path)) !== undefined)
        throw new ApiError("ALREADY_EXISTS", `The file already exists: /${folder}/${params["*"]}.`);
      await artifacts.write(path, body);
      return reply.status(204).send();
    },
  }),
  operation(`GET /api/2.0/fs/files/${folder}/*`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, request, reply }) => {
      const path = await resolveFile(workspace, `/${folder}/${params["*"]}`, "read");
      return sendArtifact(new ArtifactStore(workspace), path, request, reply);
    },
  }),
  operation(`HEAD /api/2.0/fs/files/${folder}/*`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      const path = await resolveFile(workspace, `/${folder}/${params["*"]}`, "read");
      const found = await new ArtifactStore(workspace).find(path);
      if (found === undefined || found.isDirectory) return reply.status(404).send();
      return reply
        .header("content-length", found.size)
        .header("last-modified", new Date(found.modified).toUTCString())
        .type("application/octet-stream")
        .send();
    },
  }),
  operation(`HEAD /api/2.0/fs/directories/${folder}/*`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      const path = await resolveFile(workspace, `/${folder}/${params["*"]}`, "read");
      const found = await new ArtifactStore(workspace).find(path);
      return reply.status(found?.isDirectory === true ? 204 : 404).send();
    },
  }),
  operation(`GET /api/2.0/fs/directories/${folder}/*`, {
    answers: "files.ListDirectoryResponse",
    params,
    query: z.strictObject({
      page_size: queryInt.min(0).max(1000).optional(),
      page_token: text.optional(),
    }),
    handle: async ({ params, query, workspace }) => {
      const path = await resolveFile(workspace, `/${folder}/${params["*"]}`, "read");
      const artifacts = new ArtifactStore(workspace);
      if ((await artifacts.find(path))?.isDirectory !== true)
        throw new ApiError(
          "NOT_FOUND",
          `The directory being accessed is not found: /${folder}/${params["*"]}.`,
        );
      const shown = `/${folder}/${params["*"].replace(/\/$/, "")}`;
      const { items, ...next } = page(
        await artifacts.list(path),
        query.page_size,
        query.page_token,
        1000,
      );
      return {
        contents: items.map((entry) => ({
          path: shown + entry.path.slice(path.length),
          name: entry.path.slice(path.length + 1),
          is_directory: entry.isDirectory,
          last_modified: entry.modified,
          ...(entry.isDirectory ? {} : { file_size: entry.size }),
        })),
        ...next,
      };
    },
  }),
]);
