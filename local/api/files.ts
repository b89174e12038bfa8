import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { ApiError, unsupported } from "../errors";
import { page } from "../paging";
import { operation, queryBool, queryInt, signature, type Operation } from "../route";
import {
  fileAt,
  listDirectory,
  makeDirectory,
  removeDirectory,
  removeFile,
  statDirectory,
  statFile,
  writeFile,
} from "../volumeFiles";
import type { Workspace } from "../workspace";

const files = "/api/2.0/fs/files/Volumes/*";
const directories = "/api/2.0/fs/directories/Volumes/*";
const params = z.strictObject({ "*": z.string() }).transform(({ "*": rest }) => `/Volumes/${rest}`);

/**
 * Files and folders in volumes (https://docs.databricks.com/api/workspace/files). A file is on disk when an
 * upload is acknowledged, and never half there.
 */
export const fileOperations: Operation[] = [
  operation(`PUT ${files}`, {
    answers: "raw",
    params,
    query: z.strictObject({ overwrite: queryBool.optional() }),
    body: z.unknown(),
    handle: async ({ params, query, body, workspace, reply }) => {
      await writeFile(workspace, params, streamOf(body), query.overwrite ?? false);
      return reply.status(204).send();
    },
  }),

  operation(`GET ${files}`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, request, reply }) =>
      sendFile(workspace, params, request.headers.range, reply),
  }),

  operation(`HEAD ${files}`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      const { size, modified } = await statFile(workspace, params);
      return reply.headers({ ...headersOf(modified), "content-length": size }).send();
    },
  }),

  operation(`DELETE ${files}`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      await removeFile(workspace, params);
      return reply.status(204).send();
    },
  }),

  operation(`PUT ${directories}`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      await makeDirectory(workspace, params);
      return reply.status(204).send();
    },
  }),

  operation(`GET ${directories}`, {
    answers: "files.ListDirectoryResponse",
    params,
    query: z.strictObject({
      page_size: queryInt.min(0).max(1000).optional(),
      page_token: z.string().optional(),
    }),
    handle: async ({ params, query, workspace }) => {
      const found = await listDirectory(workspace, params);
      const { items, ...next } = page(found, query.page_size, query.page_token, 1000);
      return { contents: items, ...next };
    },
  }),

  operation(`HEAD ${directories}`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      await statDirectory(workspace, params);
      return reply.send();
    },
  }),

  operation(`DELETE ${directories}`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace, reply }) => {
      await removeDirectory(workspace, params);
      return reply.status(204).send();
    },
  }),

  // Links to it are made in `fileLinks.ts`.
  operation("GET /volume-files/:path", {
    answers: "raw",
    signed: true,
    params: z.strictObject({ path: z.string() }),
    query: z.strictObject(signature),
    handle: async ({ params, workspace, request, reply }) =>
      sendFile(workspace, params.path, request.headers.range, reply),
  }),
];

/** An upload of no bytes has no body to stream. */
function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  const empty = body === undefined || body === null;
  if (empty || (typeof body === "object" && Object.keys(body).length === 0))
    return Readable.from([]);
  throw unsupported(`PUT ${files}`, "a body of type application/json (use octet-stream)");
}

function headersOf(modified: Date) {
  return {
    "content-type": "application/octet-stream",
    "last-modified": modified.toUTCString(),
    "accept-ranges": "bytes",
  };
}

async function sendFile(
  workspace: Workspace,
  path: string,
  range: string | undefined,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { size, modified } = await statFile(workspace, path);
  const part = range === undefined ? undefined : parseRange(range, size);
  const file = await fileAt(workspace, path);
  if (part === undefined)
    return reply
      .headers({ ...headersOf(modified), "content-length": size })
      .send(createReadStream(file));
  return reply
    .status(206)
    .headers({
      ...headersOf(modified),
      "content-length": part.end - part.start + 1,
      "content-range": `bytes ${part.start}-${part.end}/${size}`,
    })
    .send(createReadStream(file, part));
}

/** One range of bytes, both ends included (RFC 9110, 14.1.2). */
function parseRange(text: string, size: number): { start: number; end: number } {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(text) ?? [];
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if ((first === "" && last === "") || start > end)
    throw new ApiError("REQUESTED_RANGE_NOT_SATISFIABLE", `Range '${text}' of ${size} bytes.`, 416);
  return { start, end };
}
