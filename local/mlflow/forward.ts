import { z } from "zod";
import { WORKSPACE_ID } from "../identity";
import { operation, type Operation } from "../route";
import { forCaller } from "./artifactUris";
import { mlflowOf } from "./server";

const nothing = z.strictObject({});

type Call = `${"GET" | "POST" | "PATCH" | "DELETE"} /api/2.0/mlflow/${string}`;

/**
 * An operation that MLflow's own server answers; only locations are translated. MLflow ignores fields it
 * does not know, so they are checked here.
 * @param fields - The query of a GET, the body of the others; names in the path (`:model_id`) aside.
 */
export function forward(call: Call, answers: string, fields: z.ZodRawShape = {}): Operation {
  const method = call.slice(0, call.indexOf(" ")) as "GET" | "POST" | "PATCH" | "DELETE";
  const path = call.slice(call.indexOf(" ") + 1);
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  // Clients repeat what the path says in the query or body.
  const repeated = Object.fromEntries(names.map((name) => [name, z.string().optional()]));
  const args = z.strictObject({ ...repeated, ...fields });
  return operation(call, {
    answers,
    params: z.strictObject(Object.fromEntries(names.map((name) => [name, z.string()]))),
    ...(method === "GET" ? { query: args, body: nothing } : { query: nothing, body: args }),
    handle: async ({ params, query, body, workspace, request, reply }) => {
      const filled = names.reduce(
        (filled, name) => filled.replace(`:${name}`, encodeURIComponent(params[name] ?? "")),
        path,
      );
      const answer = await mlflowOf(workspace).call(method, filled, {
        ...query,
        ...body,
        ...params,
      });
      // The client asks this header for the workspace that a run belongs to.
      void reply.header("X-Databricks-Org-Id", String(WORKSPACE_ID));
      return forCaller(request, answer);
    },
  });
}
