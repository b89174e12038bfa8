import { timingSafeEqual } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiError, unsupported } from "./errors";
import { faultHooks } from "./faults/hooks";
import { faultOperations, faultsOf } from "./faults/operations";
import { parseForm } from "./form";
import { recordCalls } from "./recordCalls";
import { jsonText, signature, type Operation } from "./route";
import { isIssued } from "./tokens";
import type { Workspace } from "./workspace";

declare module "fastify" {
  interface FastifyContextConfig {
    unparsed?: boolean;
  }
}

const signedQuery = z.object(signature);

/** Databricks refuses larger bodies on the workspace import call at 10 MB; files go up to 5 GiB as streams. */
const BODY_LIMIT = 5 * 1024 ** 3;

/** The second is SCIM's own (RFC 7644, 3.1), which the Databricks provider sends. */
const JSON_TYPES = ["application/json", "application/scim+json"];

/** Forms are read whole; the one call that takes them, workspace import, allows files of 10 MB. */
const FORM_LIMIT = 16 * 1024 ** 2;

/**
 * The HTTP side of a workspace: signs callers in, routes to the operations, answers errors in
 * Databricks' shape. What no operation claims is a 501 that names the call. Beside the operations it serves
 * the call that makes them fail; see `faults/`.
 * @param record - File that every answered call is noted in; see {@link recordCalls}.
 */
export function createServer(
  workspace: Workspace,
  operations: readonly Operation[],
  record?: string,
): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
  });

  // Files and artifacts arrive as streams of any type; JSON is parsed before validation.
  server.removeContentTypeParser("text/plain");
  server.addContentTypeParser("*", (_request, payload, done) => {
    done(null, payload);
  });
  server.addContentTypeParser(JSON_TYPES, { parseAs: "string" }, (request, text, done) => {
    if (text.length === 0) {
      done(null, {});
      return;
    }
    jsonText.set(request, text.toString());
    if (request.routeOptions.config.unparsed === true) {
      done(null, {});
      return;
    }
    try {
      done(null, JSON.parse(text.toString()));
    } catch {
      done(new ApiError("BAD_REQUEST", "The request's body is not valid JSON."));
    }
  });

  // A form is validated like JSON: its fields by name, its files as bytes.
  server.addContentTypeParser(
    "multipart/form-data",
    { parseAs: "buffer", bodyLimit: FORM_LIMIT },
    async (request: FastifyRequest, body: Buffer) => {
      try {
        return await parseForm(request.headers["content-type"] ?? "", body);
      } catch {
        throw new ApiError("BAD_REQUEST", "The request's body is not a valid form.");
      }
    },
  );

  // What OAuth's token endpoint takes; no other call does.
  server.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: FORM_LIMIT },
    (_request, text, done) => {
      done(null, Object.fromEntries(new URLSearchParams(text.toString())));
    },
  );

  if (record !== undefined) recordCalls(server, operations, record);
  const faults = faultHooks(faultsOf(workspace));
  for (const one of [...operations, ...faultOperations]) {
    const { method, path, signed, open, unparsed, bodyLimit, handle } = one;
    server.route({
      ...(faultOperations.includes(one) ? {} : faults),
      method,
      url: path,
      config: { unparsed },
      ...(bodyLimit === undefined ? {} : { bodyLimit }),
      onRequest: (request, _reply, done) => {
        const allowed =
          open || (signed ? hasSignature(workspace, request) : hasToken(workspace, request));
        done(allowed ? undefined : new ApiError("UNAUTHENTICATED", "Invalid access token."));
      },
      handler: async (request, reply) => {
        const answer = await handle(workspace, request, reply);
        // A client that has read what it wanted may be gone before the answer counts as sent.
        return reply.sent || reply.raw.headersSent ? reply : (answer ?? {});
      },
    });
  }

  server.setNotFoundHandler((request) => {
    throw unsupported(`${request.method} ${pathOf(request)}`, "this call");
  });

  server.setErrorHandler((error, _request, reply) => {
    const refusal = error instanceof ApiError ? error : asApiError(error);
    void reply.status(refusal.status).send(refusal.toBody());
  });

  return server;
}

/** The path of a request without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? request.url;
}

function hasToken(workspace: Workspace, request: FastifyRequest): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${workspace.token}`);
  if (given.length === expected.length) return timingSafeEqual(given, expected);
  return isIssued(workspace.token, workspace.url, given.toString().replace(/^Bearer /, ""));
}

function hasSignature(workspace: Workspace, request: FastifyRequest): boolean {
  const query = signedQuery.safeParse(request.query);
  return (
    query.success && workspace.isSigned(pathOf(request), query.data.expires, query.data.signature)
  );
}

function asApiError(error: unknown): ApiError {
  const status = z.object({ statusCode: z.number(), message: z.string() }).safeParse(error);
  if (status.success && status.data.statusCode < 500) {
    return new ApiError("BAD_REQUEST", status.data.message, status.data.statusCode);
  }
  console.error(error);
  return new ApiError("INTERNAL_ERROR", error instanceof Error ? error.message : String(error));
}
