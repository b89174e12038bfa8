import { createHash } from "node:crypto";
import { z } from "zod";
import { ApiError, missing } from "../errors";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const text = z.string();

/** One model version that an endpoint serves. */
export const servedEntity = z.strictObject({
  name: text,
  entity_name: text,
  entity_version: text,
  /** The version's own id: a name and number could come to mean another version. */
  version_id: text,
  workload_size: z.enum(["Small", "Medium", "Large"]),
  workload_type: z.literal("CPU"),
  scale_to_zero_enabled: z.boolean(),
  min_provisioned_concurrency: z.number().int().optional(),
  max_provisioned_concurrency: z.number().int().optional(),
  environment_vars: z.record(text, text).optional(),
  creation_timestamp: z.number(),
  creator: text,
});

/** What an endpoint serves, and who gets how much of the traffic (percent, 100 in all). */
export const endpointConfig = z.strictObject({
  version: z.number().int(),
  start_time: z.number(),
  entities: z.array(servedEntity),
  routes: z.array(z.strictObject({ name: text, percentage: z.number().int() })),
});

export const inferenceTable = z.strictObject({
  catalog_name: text.optional(),
  schema_name: text.optional(),
  table_name_prefix: text.optional(),
  enabled: z.boolean().optional(),
});

/** AI Gateway, as far as it can have an effect here: no guardrails, no fallbacks, no limits on tokens. */
export const aiGateway = z.strictObject({
  inference_table_config: inferenceTable.optional(),
  usage_tracking_config: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  rate_limits: z
    .array(
      z.strictObject({
        calls: z.number().int().min(0),
        // There is one user, so a limit for each user is one for the endpoint.
        key: z.enum(["endpoint", "user"]).optional(),
        renewal_period: z.literal("minute"),
      }),
    )
    .optional(),
  fallback_config: z.strictObject({ enabled: z.literal(false) }).optional(),
});

export const tag = z.strictObject({ key: text, value: text.optional() });

/** A serving endpoint; keyed by its id. Names are unique, see {@link findEndpoint}. */
export const endpointRecord = z.strictObject({
  id: text,
  name: text,
  creator: text,
  creation_timestamp: z.number(),
  last_updated_timestamp: z.number(),
  description: text.optional(),
  tags: z.array(tag),
  ai_gateway: aiGateway.optional(),
  /** What answers requests. */
  config: endpointConfig.optional(),
  /** What is being brought up, or failed to be. */
  pending: endpointConfig.optional(),
  update: z.enum(["NOT_UPDATING", "IN_PROGRESS", "UPDATE_FAILED"]),
  /** Why the last update failed. */
  failure: text.optional(),
});

export type ServedEntity = z.output<typeof servedEntity>;
export type EndpointConfig = z.output<typeof endpointConfig>;
export type AiGateway = z.output<typeof aiGateway>;
export type EndpointRecord = z.output<typeof endpointRecord>;

/**
 * Identifies a served entity in inference tables: the same as long as the endpoint serves this version under
 * this name. https://docs.databricks.com/aws/en/admin/system-tables/model-serving
 */
export function entityId({ id }: EndpointRecord, { name, version_id }: ServedEntity): string {
  const identity = JSON.stringify([id, name, version_id]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}

export const endpoints = ({ store }: Workspace): Collection<EndpointRecord> =>
  store.collection("servingEndpoints", endpointRecord);

export function findEndpoint(workspace: Workspace, name: string): EndpointRecord | undefined {
  return endpoints(workspace)
    .list()
    .find((endpoint) => endpoint.name === name);
}

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST. */
export function requireEndpoint(workspace: Workspace, name: string): EndpointRecord {
  const found = findEndpoint(workspace, name);
  if (found === undefined) throw missing("Endpoint with name", name);
  return found;
}

/** @throws ApiError 409 RESOURCE_CONFLICT while the endpoint is being updated. */
export function refuseDuringUpdate(endpoint: EndpointRecord): void {
  if (endpoint.update === "IN_PROGRESS")
    throw new ApiError(
      "RESOURCE_CONFLICT",
      `Endpoint '${endpoint.name}' is being updated; wait until the update has ended.`,
    );
}
