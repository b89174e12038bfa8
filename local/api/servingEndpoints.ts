import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError, invalid } from "../errors";
import { USER } from "../identity";
import { operation, type Operation } from "../route";
import { endpointDetails, endpointSummary } from "../serving/answers";
import { configInput, newConfig } from "../serving/config";
import { servingOf } from "../serving/modelServing";
import {
  aiGateway,
  endpoints,
  findEndpoint,
  refuseDuringUpdate,
  requireEndpoint,
  tag,
  type EndpointRecord,
} from "../serving/records";
import { checkInferenceTable } from "../serving/inferenceTable";

const root = "/api/2.0/serving-endpoints";
const text = z.string();
const params = z.strictObject({ name: text });

const newEndpoint = z.strictObject({
  name: text
    .max(63)
    .regex(/^[a-zA-Z0-9][\w-]*$/, "must hold letters, digits, dashes and underscores only"),
  config: configInput.optional(),
  tags: z.array(tag).optional(),
  ai_gateway: aiGateway.optional(),
  description: text.optional(),
  route_optimized: z.literal(false).optional(),
});

/**
 * Model serving endpoints (https://docs.databricks.com/api/workspace/servingendpoints) for versions of
 * registered models. External and foundation models, GPUs, guardrails and route optimization are refused.
 */
export const servingEndpointOperations: Operation[] = [
  operation(`POST ${root}`, {
    answers: "serving.ServingEndpointDetailed",
    body: newEndpoint,
    handle: async ({ body, workspace }) => {
      const refuseSecond = () => {
        if (findEndpoint(workspace, body.name) !== undefined)
          throw new ApiError("RESOURCE_ALREADY_EXISTS", `Endpoint '${body.name}' already exists.`);
      };
      refuseSecond();
      checkInferenceTable(workspace, body.ai_gateway);
      const pending = body.config && (await newConfig(workspace, body.config, 1));
      const now = Date.now();
      const record: EndpointRecord = {
        id: randomUUID().replaceAll("-", ""),
        name: body.name,
        creator: USER.userName,
        creation_timestamp: now,
        last_updated_timestamp: now,
        tags: body.tags ?? [],
        ...(body.description ? { description: body.description } : {}),
        ...(body.ai_gateway ? { ai_gateway: body.ai_gateway } : {}),
        ...(pending ? { pending, update: "IN_PROGRESS" } : { update: "NOT_UPDATING" }),
      };
      workspace.store.transaction(() => {
        refuseSecond();
        endpoints(workspace).put(record.id, record);
      });
      servingOf(workspace).deploy(record.id);
      return endpointDetails(record, servingOf(workspace));
    },
  }),
  operation(`GET ${root}`, {
    answers: "serving.ListEndpointsResponse",
    handle: ({ workspace }) => ({ endpoints: endpoints(workspace).list().map(endpointSummary) }),
  }),
  operation(`GET ${root}/:name`, {
    answers: "serving.ServingEndpointDetailed",
    params,
    handle: ({ params, workspace }) =>
      endpointDetails(requireEndpoint(workspace, params.name), servingOf(workspace)),
  }),
  operation(`DELETE ${root}/:name`, {
    answers: "raw",
    params,
    handle: async ({ params, workspace }) => {
      const { id } = requireEndpoint(workspace, params.name);
      endpoints(workspace).delete(id);
      servingOf(workspace).traffic.forget(id);
      await servingOf(workspace).log.flush();
      await servingOf(workspace).release();
    },
  }),
  operation(`PUT ${root}/:name/config`, {
    answers: "serving.ServingEndpointDetailed",
    params,
    body: configInput,
    handle: async ({ params, body, workspace }) => {
      if (body.name !== undefined && body.name !== params.name)
        throw invalid(`name '${body.name}' is not the one in the path, '${params.name}'.`);
      const before = requireEndpoint(workspace, params.name);
      refuseDuringUpdate(before);
      const version = Math.max(before.config?.version ?? 0, before.pending?.version ?? 0) + 1;
      const next = await newConfig(workspace, body, version);
      // Another update may have begun while the versions were looked up.
      const endpoint = requireEndpoint(workspace, params.name);
      refuseDuringUpdate(endpoint);
      const record: EndpointRecord = {
        ...endpoint,
        pending: next,
        failure: undefined,
        update: "IN_PROGRESS",
        last_updated_timestamp: Date.now(),
      };
      endpoints(workspace).put(record.id, record);
      servingOf(workspace).deploy(record.id);
      return endpointDetails(record, servingOf(workspace));
    },
  }),
  operation(`PATCH ${root}/:name/tags`, {
    answers: "serving.EndpointTags",
    params,
    body: z.strictObject({
      add_tags: z.array(tag).optional(),
      delete_tags: z.array(text).optional(),
    }),
    handle: ({ params, body, workspace }) => {
      const endpoint = requireEndpoint(workspace, params.name);
      const added = body.add_tags ?? [];
      const gone = new Set([...(body.delete_tags ?? []), ...added.map(({ key }) => key)]);
      const tags = [...endpoint.tags.filter(({ key }) => !gone.has(key)), ...added];
      endpoints(workspace).put(endpoint.id, { ...endpoint, tags });
      return { tags };
    },
  }),
  operation(`PUT ${root}/:name/ai-gateway`, {
    answers: "serving.PutAiGatewayResponse",
    params,
    body: aiGateway,
    handle: ({ params, body, workspace }) => {
      const endpoint = requireEndpoint(workspace, params.name);
      checkInferenceTable(workspace, body);
      endpoints(workspace).put(endpoint.id, { ...endpoint, ai_gateway: body });
      return body;
    },
  }),
];
