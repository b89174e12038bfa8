import { servingOf } from "../../../local/serving/modelServing";
import { endpoints, type EndpointConfig } from "../../../local/serving/records";
import type { Workspace } from "../../../local/workspace";
import type { SeededModel } from "./seedModels";

/**
 * An endpoint for a model, with traffic that was counted. What it serves scales to zero, so that no process
 * starts.
 * @param what.serves - Number of the version that it serves.
 * @param what.challenger - Number of one that gets 10 % of the requests.
 * @param what.failsWith - Number of one that the last update could not load.
 */
export function seedEndpoint(
  workspace: Workspace,
  model: SeededModel,
  what: {
    readonly serves: number;
    readonly challenger?: number;
    readonly failsWith?: number;
    readonly requests: number;
    readonly errors: number;
  },
): void {
  const id = `endpoint-${model.name}`;
  const { serves, challenger, failsWith, requests, errors } = what;
  const served = challenger === undefined ? [serves] : [serves, challenger];
  endpoints(workspace).put(id, {
    id,
    name: `${model.name.replaceAll("_", "-")}-endpoint`,
    creator: "local.admin@example.com",
    creation_timestamp: Date.now() - 86_400_000,
    last_updated_timestamp: Date.now() - 3_600_000,
    tags: [],
    ai_gateway: {
      inference_table_config: {
        enabled: true,
        catalog_name: "ml_local",
        schema_name: "inference_logs",
        table_name_prefix: model.name,
      },
    },
    config: configOf(model, 1, served),
    ...(failsWith === undefined
      ? { update: "NOT_UPDATING" as const }
      : {
          update: "UPDATE_FAILED" as const,
          pending: configOf(model, 2, [failsWith]),
          failure:
            `Served entity '${model.name}-${failsWith}' (${model.fullName} version ${failsWith}) ` +
            "cannot be loaded: ModuleNotFoundError: No module named 'xgboost'",
        }),
  });
  for (let i = 0; i < requests; i++) {
    const toChallenger = challenger !== undefined && i % 10 === 0;
    servingOf(workspace).traffic.add(id, {
      time: new Date(Date.now() - (requests - i) * 5000),
      durationMs: 8 + ((i * 7) % 23) + (i % 50 === 0 ? 90 : 0),
      status: i < errors ? 500 : 200,
      servedEntity: `${model.name}-${toChallenger ? challenger : serves}`,
    });
  }
}

function configOf(
  model: SeededModel,
  version: number,
  versions: readonly number[],
): EndpointConfig {
  return {
    version,
    start_time: Date.now(),
    entities: versions.map((number) => ({
      name: `${model.name}-${number}`,
      entity_name: model.fullName,
      entity_version: String(number),
      version_id: model.versionIds[number - 1] ?? "",
      workload_size: "Small",
      workload_type: "CPU",
      scale_to_zero_enabled: true,
      creation_timestamp: Date.now(),
      creator: "local.admin@example.com",
    })),
    routes: versions.map((number, i) => ({
      name: `${model.name}-${number}`,
      percentage: versions.length === 1 ? 100 : i === 0 ? 90 : 10,
    })),
  };
}
