import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import type { DeployedModel } from "./deployed";
import type { Endpoint, Fact } from "./facts";

const entities = z
  .object({
    served_entities: z
      .array(
        z.object({
          entity_version: z.string().optional(),
          state: z.object({ deployment_state_message: z.string().optional() }).optional(),
        }),
      )
      .default([]),
  })
  .optional();

const endpoint = z.object({
  state: z.object({ ready: z.string(), config_update: z.string().optional() }),
  config: entities,
  pending_config: entities,
});

/** The model's endpoints as they are now, whatever the last update left. */
export async function readEndpoints(
  { endpoints, hasEndpoint }: DeployedModel,
  connection: Connection,
): Promise<Fact<{ list: readonly Endpoint[] }>> {
  if (!hasEndpoint) return { status: "not configured" };
  if (endpoints.length === 0) return { status: "none" };
  const list = await Promise.all(endpoints.map((name) => readEndpoint(connection, name)));
  return { status: "known", list };
}

/** https://docs.databricks.com/api/workspace/servingendpoints/get */
async function readEndpoint(connection: Connection, name: string): Promise<Endpoint> {
  const path = `/api/2.0/serving-endpoints/${encodeURIComponent(name)}`;
  const answer = await callWorkspace(connection, { method: "GET", path });
  if (answer === undefined) return { name, health: "missing", versions: [] };
  const { state, config, pending_config } = endpoint.parse(answer);
  const versions = (config?.served_entities ?? []).flatMap(({ entity_version }) =>
    entity_version === undefined ? [] : [entity_version],
  );
  const health = healthOf(state);
  const failure = [...(pending_config?.served_entities ?? []), ...(config?.served_entities ?? [])]
    .map((entity) => entity.state?.deployment_state_message ?? "")
    .find((message) => message !== "");
  const hasFailed = health === "behind" || health === "failed";
  return { name, health, versions, ...(hasFailed && failure !== undefined ? { failure } : {}) };
}

function healthOf(state: z.output<typeof endpoint>["state"]): Endpoint["health"] {
  const isReady = state.ready === "READY";
  const update = state.config_update ?? "NOT_UPDATING";
  if (update === "IN_PROGRESS") return "updating";
  if (update === "UPDATE_FAILED" || update === "UPDATE_CANCELED") {
    return isReady ? "behind" : "failed";
  }
  return isReady ? "ready" : "not ready";
}
