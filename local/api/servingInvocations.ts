import { open } from "node:fs/promises";
import { z } from "zod";
import { missing } from "../errors";
import { operation, type Operation } from "../route";
import { invoke, MOST_BYTES } from "../serving/invoke";
import { servingOf } from "../serving/modelServing";
import { requireEndpoint, type EndpointRecord, type ServedEntity } from "../serving/records";

const text = z.string();
const LOG_BYTES = 256 * 1024;

/** Requests to served models, and what their processes wrote. */
export const servingInvocationOperations: Operation[] = [
  operation("POST /serving-endpoints/:name/invocations", {
    answers: "serving.QueryEndpointResponse",
    params: z.strictObject({ name: text }),
    body: z.unknown(),
    unparsed: true,
    bodyLimit: MOST_BYTES,
    handle: ({ params, workspace, request, reply }) => {
      const endpoint = requireEndpoint(workspace, params.name);
      servingOf(workspace).limits.count(endpoint);
      return invoke(workspace, endpoint, undefined, request, reply);
    },
  }),
  operation("POST /serving-endpoints/:name/served-models/:served/invocations", {
    answers: "serving.QueryEndpointResponse",
    params: z.strictObject({ name: text, served: text }),
    body: z.unknown(),
    unparsed: true,
    bodyLimit: MOST_BYTES,
    handle: ({ params, workspace, request, reply }) => {
      const endpoint = requireEndpoint(workspace, params.name);
      servingOf(workspace).limits.count(endpoint);
      return invoke(workspace, endpoint, params.served, request, reply);
    },
  }),
  operation("GET /api/2.0/serving-endpoints/:name/served-models/:served/logs", {
    answers: "serving.ServerLogsResponse",
    params: z.strictObject({ name: text, served: text }),
    handle: async ({ params, workspace }) => {
      const entity = servedBy(requireEndpoint(workspace, params.name), params.served);
      return { logs: await endOf(servingOf(workspace).logFile(entity)) };
    },
  }),
];

function servedBy({ name, config, pending }: EndpointRecord, served: string): ServedEntity {
  const all = [...(pending?.entities ?? []), ...(config?.entities ?? [])];
  const found = all.find((entity) => entity.name === served);
  if (found === undefined) throw missing(`Served entity of endpoint '${name}'`, served);
  return found;
}

/** The end of a log file; empty if nothing was written. */
async function endOf(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - LOG_BYTES);
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - start),
        0,
        size - start,
        start,
      );
      return buffer.subarray(0, bytesRead).toString();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
