import { Readable } from "node:stream";
import { z } from "zod";
import { invalid } from "../errors";
import { operation, queryBool, queryInt, signature, type Operation } from "../route";
import {
  abortUpload,
  beginUpload,
  completeUpload,
  requireUpload,
  storePart,
} from "../volumeUploads";

const token = z.strictObject({ token: z.string() });
const expire_time = z.iso.datetime({ offset: true });
const action = z.union([
  z.strictObject({ action: z.literal("initiate-upload"), overwrite: queryBool.optional() }),
  z.strictObject({
    action: z.literal("complete-upload"),
    upload_type: z.literal("multipart"),
    session_token: z.string(),
  }),
]);
const parts = z.strictObject({
  parts: z.array(z.strictObject({ part_number: z.number().int(), etag: z.string() })).min(1),
});

/**
 * Uploads in parts, as the Databricks SDKs send files of 50 MB and more: begin, ask for a link for each part,
 * send the parts there in any order, complete. The SDK for Python is the reference (mixins/files.py).
 */
export const fileUploadOperations: Operation[] = [
  operation("POST /api/2.0/fs/files/Volumes/*", {
    answers: "raw",
    params: z.strictObject({ "*": z.string() }),
    query: action,
    body: z.unknown(),
    handle: async ({ params, query, body, workspace }) => {
      const path = `/Volumes/${params["*"]}`;
      if (query.action === "initiate-upload") {
        const session_token = await beginUpload(workspace, path, query.overwrite ?? false);
        return { multipart_upload: { session_token } };
      }
      const given = parts.safeParse(body);
      if (!given.success) throw invalid(`parts: ${given.error.message}`);
      return completeUpload(workspace, query.session_token, path, given.data.parts);
    },
  }),

  operation("POST /api/2.0/fs/create-upload-part-urls", {
    answers: "raw",
    body: z.strictObject({
      path: z.string(),
      session_token: z.string(),
      start_part_number: z.number().int().min(1).max(10_000),
      count: z.number().int().min(1).max(1000),
      expire_time,
    }),
    handle: async ({ body, workspace }) => {
      await requireUpload(workspace, body.session_token, body.path);
      const expires = new Date(body.expire_time);
      return {
        upload_part_urls: Array.from({ length: body.count }, (_, index) => {
          const part_number = body.start_part_number + index;
          const target = `/volume-uploads/${body.session_token}/parts/${part_number}`;
          return { part_number, url: workspace.sign(target, expires), headers: [] };
        }),
      };
    },
  }),

  operation("PUT /volume-uploads/:token/parts/:part", {
    answers: "raw",
    signed: true,
    params: token.extend({ part: queryInt.min(1) }),
    query: z.strictObject(signature),
    body: z.unknown(),
    handle: async ({ params, body, workspace, reply }) => {
      const content = body instanceof Readable ? body : Readable.from([]);
      const etag = await storePart(workspace, params.token, params.part, content);
      return reply.header("etag", etag).send();
    },
  }),

  operation("POST /api/2.0/fs/create-abort-upload-url", {
    answers: "raw",
    body: z.strictObject({ path: z.string(), session_token: z.string(), expire_time }),
    handle: async ({ body, workspace }) => {
      await requireUpload(workspace, body.session_token, body.path);
      const target = `/volume-uploads/${body.session_token}`;
      const url = workspace.sign(target, new Date(body.expire_time));
      return { abort_upload_url: { url, headers: [] } };
    },
  }),

  operation("DELETE /volume-uploads/:token", {
    answers: "raw",
    signed: true,
    params: token,
    query: z.strictObject(signature),
    handle: ({ params, workspace }) => abortUpload(workspace, params.token),
  }),
];
