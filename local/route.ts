import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type ApiError, invalid, unsupported } from "./errors";
import type { Workspace } from "./workspace";

/** The methods the Databricks REST interface uses. */
export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a handler gets: the validated request, the workspace, and the raw pair for streams and headers. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly workspace: Workspace;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** One REST operation, ready to be served. */
export interface Operation {
  readonly method: Method;
  /** Fastify's path syntax, e.g. `/api/2.1/unity-catalog/catalogs/:name`. */
  readonly path: string;
  /**
   * The type that the pinned Databricks SDK for Python gives the answer, e.g. `catalog.CatalogInfo`,
   * or `raw` where there is none (files, pass-through). The answers are checked against it.
   */
  readonly answers: string;
  /** Links handed out by the workspace itself carry their own signature, so they need no token. */
  readonly signed: boolean;
  /** Discovery calls, which clients make before they sign in. */
  readonly open: boolean;
  /** Whether JSON is not parsed here but left to another process as {@link jsonText}. */
  readonly unparsed: boolean;
  /** The largest body in bytes that is read whole; none is the server's limit. */
  readonly bodyLimit: number | undefined;
  /** What it takes; everything else is refused before {@link handle} does anything. */
  readonly takes: {
    readonly params: z.ZodType;
    readonly query: z.ZodType;
    readonly body: z.ZodType;
  };
  readonly handle: (
    workspace: Workspace,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<unknown>;
}

interface OperationSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly answers: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly signed?: boolean;
  readonly open?: boolean;
  readonly unparsed?: boolean;
  readonly bodyLimit?: number;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): unknown;
}

const nothing = z.strictObject({});

/**
 * Defines one operation. Query and body are refused when they hold a field that the schema does not
 * name (501, by name) or a value it does not allow (400): a local stand-in must never ignore an argument.
 * Declare objects with `z.strictObject`. A handler returns the JSON answer, or sends the reply itself.
 *
 * @example
 * operation("GET /api/2.1/unity-catalog/catalogs/:name", {
 *   answers: "catalog.CatalogInfo",
 *   params: z.strictObject({ name: z.string() }),
 *   handle: ({ params, workspace }) => …,
 * })
 */
export function operation<
  P extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = typeof nothing,
>(call: `${Method} /${string}`, spec: OperationSpec<P, Q, B>): Operation {
  const [method, path] = split(call);
  const params = spec.params ?? nothing;
  const query = spec.query ?? nothing;
  const body = spec.body ?? nothing;
  return {
    method,
    path,
    answers: spec.answers,
    signed: spec.signed ?? false,
    open: spec.open ?? false,
    unparsed: spec.unparsed ?? false,
    bodyLimit: spec.bodyLimit,
    takes: { params, query, body },
    handle: async (workspace, request, reply) => {
      const given = [
        params.safeParse(request.params),
        query.safeParse(request.query ?? {}),
        body.safeParse(request.body ?? {}),
      ] as const;
      const issues = given.flatMap((one) => one.error?.issues ?? []);
      if (issues.length > 0) throw refusal(call, issues);
      return spec.handle({
        // The defaults above are only used where P, Q or B is the type of `nothing`.
        params: given[0].data as z.output<P>,
        query: given[1].data as z.output<Q>,
        body: given[2].data as z.output<B>,
        workspace,
        request,
        reply,
      });
    },
  };
}

function split(call: `${Method} /${string}`): [Method, string] {
  const space = call.indexOf(" ");
  return [call.slice(0, space) as Method, call.slice(space + 1)];
}

/** An unknown field is what this workspace cannot do; any other problem is the caller's. */
function refusal(call: string, issues: readonly z.core.$ZodIssue[]): ApiError {
  const unknown = unknownFields(issues);
  if (unknown.length > 0)
    return unsupported(call, `field ${unknown.map((f) => `'${f}'`).join(", ")}`);
  return invalid(
    `${call}: ${issues.map((issue) => `${issue.path.join(".") || "request"}: ${issue.message}`).join("; ")}`,
  );
}

/** The fields that no schema names; of a union, those that none of its forms has. */
function unknownFields(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => [...issue.path, key].join("."));
    if (issue.code !== "invalid_union") return [];
    const [first = [], ...others] = issue.errors.map(unknownFields);
    return first
      .filter((field) => others.every((other) => other.includes(field)))
      .map((field) => [...issue.path, field].join("."));
  });
}

/** A whole number in a query string. */
export const queryInt = z.coerce.number().int();

/** `true` or `false` in a query string. */
export const queryBool = z.enum(["true", "false"]).transform((text) => text === "true");

/** The query fields of a link made by `Workspace.sign`; spread them into a signed operation's query schema. */
export const signature = { expires: queryInt, signature: z.string() };

/** The text of JSON bodies, for what passes them on: a number may hold more digits than JavaScript keeps. */
export const jsonText = new WeakMap<FastifyRequest, string>();
