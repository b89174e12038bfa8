import { attempt } from "./attempt";
import type { DeployedModel } from "./deployed";
import { readDrift } from "./drift";
import { readEndpoints } from "./endpoints";
import type { ModelRow } from "./facts";
import type { Source } from "./source";
import { readVersions } from "./versions";

/** Everything about one model; what cannot be found out is unknown, each by itself. */
export async function readModel(model: DeployedModel, source: Source): Promise<ModelRow> {
  const { name, owner, registeredModel } = model;
  const [versions, endpoints, drift] = await Promise.all([
    readVersions(model, source.connection),
    attempt(() => readEndpoints(model, source.connection)),
    attempt(() => readDrift(model, source)),
  ]);
  return {
    name,
    ...(registeredModel === undefined ? {} : { registeredModel }),
    owner,
    ...versions,
    endpoints,
    drift,
  };
}

/** What is left to say of a model whose workspace does not answer. */
export function unreadModel(model: DeployedModel, reason: string): ModelRow {
  const { name, owner, registeredModel, gate, hasEndpoint, hasAlert } = model;
  const fact = (isConfigured: boolean) =>
    isConfigured
      ? ({ status: "unknown", reason } as const)
      : ({ status: "not configured" } as const);
  const isRegistered = registeredModel !== undefined;
  return {
    name,
    ...(isRegistered ? { registeredModel } : {}),
    owner,
    champion: fact(isRegistered),
    challenger: fact(isRegistered),
    gate: fact(gate !== undefined),
    endpoints: fact(hasEndpoint),
    drift: fact(hasAlert),
  };
}
