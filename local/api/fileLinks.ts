import { z } from "zod";
import { invalid, unsupported } from "../errors";
import { resolveFile } from "../mlflow/filePaths";
import { signedLink } from "../mlflow/signedLinks";
import { operation, type Operation } from "../route";
import { statFile } from "../volumeFiles";

const path = z.string().min(1).optional();

// The Databricks SDK sends a query, MLflow's client a body.
const query = z.strictObject({ path, expire_time: z.iso.datetime({ offset: true }).optional() });
const body = z.strictObject({ path });

const HOUR_MS = 3_600_000;

/**
 * Links to files, for clients that move bytes without their token. Files of volumes can be read by link;
 * those of MLflow (model versions, artifacts) can be written too.
 */
export const fileLinkOperations: Operation[] = [
  operation("POST /api/2.0/fs/create-download-url", {
    answers: "raw",
    query,
    body,
    handle: async ({ query, body, workspace }) => {
      const file = requirePath(query.path ?? body.path);
      if (!file.startsWith("/Volumes/"))
        return link(signedLink(workspace, "read", await resolveFile(workspace, file, "read")));
      await statFile(workspace, file);
      const expires = new Date(query.expire_time ?? Date.now() + HOUR_MS);
      return link(workspace.sign(`/volume-files/${encodeURIComponent(file)}`, expires));
    },
  }),
  operation("POST /api/2.0/fs/create-upload-url", {
    answers: "raw",
    query,
    body,
    handle: async ({ query, body, workspace }) => {
      const file = requirePath(query.path ?? body.path);
      if (file.startsWith("/Volumes/"))
        throw unsupported("POST /api/2.0/fs/create-upload-url", "a path below /Volumes");
      return link(signedLink(workspace, "write", await resolveFile(workspace, file, "write")));
    },
  }),
];

const link = (url: string) => ({ url, headers: [] });

function requirePath(given: string | undefined): string {
  if (given === undefined) throw invalid("path is required.");
  return given;
}
