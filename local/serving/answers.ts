import type { EndpointConfig, EndpointRecord, ServedEntity } from "./records";
import type { ModelServing } from "./modelServing";

/** An endpoint as it is listed (`serving.ServingEndpoint`). */
export function endpointSummary(endpoint: EndpointRecord) {
  const entities = endpoint.config?.entities;
  return {
    ...common(endpoint),
    ...(entities === undefined
      ? {}
      : {
          config: {
            served_entities: entities.map(({ name, entity_name, entity_version }) => ({
              name,
              entity_name,
              entity_version,
            })),
          },
        }),
  };
}

/** An endpoint with all of its configuration (`serving.ServingEndpointDetailed`). */
export function endpointDetails(endpoint: EndpointRecord, serving: ModelServing) {
  const { config, pending } = endpoint;
  return {
    ...common(endpoint),
    ...(config === undefined ? {} : { config: configOf(config, activeState(serving)) }),
    ...(pending === undefined
      ? {}
      : {
          pending_config: {
            ...configOf(pending, pendingState(endpoint)),
            start_time: pending.start_time,
          },
        }),
    permission_level: "CAN_MANAGE",
    route_optimized: false,
  };
}

function common(endpoint: EndpointRecord) {
  return {
    id: endpoint.id,
    name: endpoint.name,
    creator: endpoint.creator,
    creation_timestamp: endpoint.creation_timestamp,
    last_updated_timestamp: endpoint.last_updated_timestamp,
    state: {
      ready: endpoint.config === undefined ? "NOT_READY" : "READY",
      config_update: endpoint.update,
    },
    tags: endpoint.tags,
    ...(endpoint.description ? { description: endpoint.description } : {}),
    ...(endpoint.ai_gateway ? { ai_gateway: endpoint.ai_gateway } : {}),
  };
}

interface State {
  readonly deployment: string;
  readonly deployment_state_message: string;
}

function configOf(config: EndpointConfig, stateOf: (entity: ServedEntity) => State) {
  return {
    config_version: config.version,
    served_entities: config.entities.map((entity) => ({
      ...shown(entity),
      entity_name: entity.entity_name,
      entity_version: entity.entity_version,
      state: stateOf(entity),
    })),
    // The older form of the same list, which clients still read.
    served_models: config.entities.map((entity) => ({
      ...shown(entity),
      model_name: entity.entity_name,
      model_version: entity.entity_version,
      state: stateOf(entity),
    })),
    traffic_config: {
      routes: config.routes.map(({ name, percentage }) => ({
        served_model_name: name,
        served_entity_name: name,
        traffic_percentage: percentage,
      })),
    },
  };
}

function shown(entity: ServedEntity) {
  return {
    name: entity.name,
    workload_size: entity.workload_size,
    workload_type: entity.workload_type,
    scale_to_zero_enabled: entity.scale_to_zero_enabled,
    min_provisioned_concurrency: entity.min_provisioned_concurrency,
    max_provisioned_concurrency: entity.max_provisioned_concurrency,
    environment_vars: entity.environment_vars,
    creation_timestamp: entity.creation_timestamp,
    creator: entity.creator,
  };
}

const activeState =
  (serving: ModelServing) =>
  (entity: ServedEntity): State => {
    const state = serving.state(entity);
    if (state === "running") return ready("");
    if (state === "starting")
      return { deployment: "DEPLOYMENT_RECOVERING", deployment_state_message: "Starting" };
    const why = entity.scale_to_zero_enabled ? "Scaled to zero" : "Stopped";
    return ready(`${why}: starts with the next request`);
  };

const ready = (message: string): State => ({
  deployment: "DEPLOYMENT_READY",
  deployment_state_message: message,
});

const pendingState = (endpoint: EndpointRecord) => (): State =>
  endpoint.update === "UPDATE_FAILED"
    ? {
        deployment: "DEPLOYMENT_FAILED",
        deployment_state_message: endpoint.failure ?? "",
      }
    : { deployment: "DEPLOYMENT_CREATING", deployment_state_message: "Loading the model" };
