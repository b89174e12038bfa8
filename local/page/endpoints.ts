import { type ModelServing, servingOf } from "../serving/modelServing";
import { endpoints, type EndpointConfig, type EndpointRecord } from "../serving/records";
import type { Traffic } from "../serving/traffic";
import type { Workspace } from "../workspace";

/** How far an endpoint is. `behind`: it answers, but its last update failed, so with older versions. */
export type EndpointState = "ready" | "updating" | "behind" | "starting" | "failed" | "empty";

/** A model version that an endpoint serves, or is about to. */
export interface ServedView {
  readonly name: string;
  readonly model: string;
  readonly version: string;
  /** Share of the requests, in percent. */
  readonly percentage: number;
  readonly process: "running" | "starting" | "stopped";
  readonly scalesToZero: boolean;
  /** Requests that it answered, and how many of them with an error. */
  readonly requests: number;
  readonly errors: number;
}

/** A serving endpoint, as the page shows it. Times in ms. */
export interface EndpointView {
  readonly name: string;
  readonly description: string | undefined;
  readonly state: EndpointState;
  /** Why the last update failed. */
  readonly failure: string | undefined;
  readonly served: readonly ServedView[];
  /** What an update that is under way, or failed, would serve. */
  readonly pending: readonly ServedView[];
  /** Since it was created. */
  readonly traffic: Traffic;
  readonly updatedAt: number;
  /** Full name of the table that captures its requests, undefined if nothing is captured. */
  readonly payloadTable: string | undefined;
}

/** All endpoints by name, from the workspace's own records. */
export function readEndpoints(workspace: Workspace): EndpointView[] {
  const serving = servingOf(workspace);
  return endpoints(workspace)
    .list()
    .map((endpoint) => viewOf(endpoint, serving))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The models that an endpoint serves, or is about to. */
export function modelsOf({ served, pending }: EndpointView): string[] {
  return [...new Set([...served, ...pending].map(({ model }) => model))];
}

function viewOf(endpoint: EndpointRecord, serving: ModelServing): EndpointView {
  const traffic = serving.traffic.of(endpoint.id);
  const show = (config: EndpointConfig | undefined) => servedOf(config, serving, traffic);
  return {
    name: endpoint.name,
    description: endpoint.description,
    state: stateOf(endpoint),
    failure: endpoint.failure,
    served: show(endpoint.config),
    pending: endpoint.update === "NOT_UPDATING" ? [] : show(endpoint.pending),
    traffic,
    updatedAt: endpoint.last_updated_timestamp,
    payloadTable: payloadTable(endpoint),
  };
}

/** What an endpoint's record says, in one word. */
export function stateOf({
  config,
  update,
}: Pick<EndpointRecord, "config" | "update">): EndpointState {
  switch (update) {
    case "IN_PROGRESS":
      return config === undefined ? "starting" : "updating";
    case "UPDATE_FAILED":
      return config === undefined ? "failed" : "behind";
    case "NOT_UPDATING":
      return config === undefined ? "empty" : "ready";
  }
}

function servedOf(
  config: EndpointConfig | undefined,
  serving: ModelServing,
  traffic: Traffic,
): ServedView[] {
  return (config?.entities ?? []).map((entity) => {
    const counted = traffic.served.find(({ name }) => name === entity.name);
    return {
      name: entity.name,
      model: entity.entity_name,
      version: entity.entity_version,
      percentage: config?.routes.find(({ name }) => name === entity.name)?.percentage ?? 0,
      process: serving.state(entity),
      scalesToZero: entity.scale_to_zero_enabled,
      requests: counted?.requests ?? 0,
      errors: counted?.errors ?? 0,
    };
  });
}

function payloadTable({ name, ai_gateway }: EndpointRecord): string | undefined {
  const table = ai_gateway?.inference_table_config;
  if (table?.enabled !== true) return undefined;
  const { catalog_name = "", schema_name = "", table_name_prefix = name } = table;
  return `${catalog_name}.${schema_name}.${table_name_prefix}_payload`.toLowerCase();
}
