import { z } from "zod";
import { invalid, unsupported } from "../errors";
import { USER } from "../identity";
import { modelName } from "../models/lookup";
import { requireVersion } from "../models/versions";
import type { Workspace } from "../workspace";
import type { EndpointConfig, ServedEntity } from "./records";

const text = z.string();
const name = text.regex(/^[\w-]+$/, "must hold letters, digits, dashes and underscores only");

const serving = {
  name: name.optional(),
  workload_size: z.enum(["Small", "Medium", "Large"]).optional(),
  workload_type: z.literal("CPU").optional(),
  scale_to_zero_enabled: z.boolean().optional(),
  min_provisioned_concurrency: z.number().int().min(0).optional(),
  max_provisioned_concurrency: z.number().int().min(0).optional(),
  environment_vars: z.record(text, text).optional(),
};

const entityInput = z.strictObject({ ...serving, entity_name: text, entity_version: text });
const modelInput = z.strictObject({ ...serving, model_name: text, model_version: text });

const route = z.strictObject({
  served_entity_name: text.optional(),
  served_model_name: text.optional(),
  traffic_percentage: z.number().int().min(0).max(100),
});

/** The configuration that a caller gives: `serving.EndpointCoreConfigInput`. */
export const configInput = z.strictObject({
  name: text.optional(),
  served_entities: z.array(entityInput).optional(),
  served_models: z.array(modelInput).optional(),
  traffic_config: z.strictObject({ routes: z.array(route).optional() }).optional(),
});

type ConfigInput = z.output<typeof configInput>;
type EntityInput = z.output<typeof entityInput>;

/**
 * The configuration to bring up, every default filled in.
 * @param version - The number of this configuration; each update counts one up.
 * @throws ApiError INVALID_PARAMETER_VALUE for what cannot be served: an alias instead of a version number, a
 * version that is not READY, routes that name nothing or do not add up to 100; 404 for a missing version.
 */
export async function newConfig(
  workspace: Workspace,
  input: ConfigInput,
  version: number,
): Promise<EndpointConfig> {
  if (input.served_entities && input.served_models)
    throw invalid("served_entities and served_models cannot be given together.");
  const inputs =
    input.served_entities ??
    (input.served_models ?? []).map(({ model_name, model_version, ...rest }) => ({
      ...rest,
      entity_name: model_name,
      entity_version: model_version,
    }));
  if (inputs.length === 0) throw invalid("served_entities must hold at least one entity.");
  const entities: ServedEntity[] = [];
  for (const entity of inputs) entities.push(await newEntity(workspace, entity));
  const names = entities.map((entity) => entity.name);
  if (new Set(names).size < names.length)
    throw invalid(`The names of served entities must be unique: ${names.join(", ")}.`);
  return { version, start_time: Date.now(), entities, routes: newRoutes(input, names) };
}

async function newEntity(workspace: Workspace, entity: EntityInput): Promise<ServedEntity> {
  if (!/^[1-9]\d*$/.test(entity.entity_version))
    throw invalid(
      `entity_version '${entity.entity_version}' of '${entity.entity_name}' is not a version number.`,
    );
  refuseSecrets(entity.environment_vars);
  const fullName = modelName(entity.entity_name);
  const found = await requireVersion(workspace, fullName, Number(entity.entity_version));
  if (found.status !== "READY")
    throw invalid(`Model version '${fullName}/${entity.entity_version}' is ${found.status}.`);
  return {
    ...entity,
    name: entity.name ?? `${fullName.split(".").at(-1) ?? fullName}-${entity.entity_version}`,
    entity_name: fullName,
    version_id: found.id,
    workload_size: entity.workload_size ?? "Small",
    workload_type: entity.workload_type ?? "CPU",
    scale_to_zero_enabled: entity.scale_to_zero_enabled ?? false,
    creation_timestamp: Date.now(),
    creator: USER.userName,
  };
}

function newRoutes(input: ConfigInput, names: readonly string[]): EndpointConfig["routes"] {
  const given = input.traffic_config?.routes;
  if (given === undefined || given.length === 0) {
    const [only, ...others] = names;
    if (only === undefined || others.length > 0)
      throw invalid("traffic_config must say how requests are split among the served entities.");
    return [{ name: only, percentage: 100 }];
  }
  const routes = given.map(({ served_entity_name, served_model_name, traffic_percentage }) => {
    const target = served_entity_name ?? served_model_name ?? "";
    if (!names.includes(target))
      throw invalid(`traffic_config names '${target}', which is none of: ${names.join(", ")}.`);
    return { name: target, percentage: traffic_percentage };
  });
  const total = routes.reduce((sum, { percentage }) => sum + percentage, 0);
  if (total !== 100) throw invalid(`traffic_percentage adds up to ${total}; it must be 100.`);
  return routes;
}

function refuseSecrets(environment: Record<string, string> | undefined): void {
  for (const [key, value] of Object.entries(environment ?? {})) {
    if (value.includes("{{secrets/"))
      throw unsupported("Serving", `the secret in environment variable '${key}'`);
  }
}
