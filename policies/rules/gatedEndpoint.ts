import type { Finding, Resource, ResourceRule } from "../rule";
import { TYPES } from "../types";
import { UNKNOWN, at, each, shown, type Value } from "../values";

/** A dynamic resource's type is its module and name behind the plugin that runs it. */
const GATE = "pulumi-nodejs:dynamic/mlops:PromotionGate";
/** Databricks' own models, which nobody here trains. */
const PROVIDED = "system.";

/**
 * Only what a gate let through is served. The gate is registered before the endpoint, which depends on
 * it, so this is decided before the endpoint is touched.
 */
export const gatedEndpoint: ResourceRule = {
  name: "gated-endpoint",
  description:
    "An endpoint serves the version that the model's promotion gate left as champion, or its challenger.",
  checkResource: ({ type, name, properties }, context) => {
    if (type !== TYPES.endpoint) return [];
    const gates = context.before.filter((resource) => resource.type === GATE);
    return each(properties, "config", "servedEntities").flatMap((entity) =>
      findings(name, entity, gates),
    );
  },
};

function findings(name: string, entity: Value, known: readonly Resource[]): Finding[] {
  const model = at(entity, "entityName");
  const version = at(entity, "entityVersion");
  // A function or a feature specification has no versions.
  if (typeof model !== "string" || model.startsWith(PROVIDED) || version === null) return [];
  const gates = known.filter(({ properties }) => at(properties, "model") === model);
  if (gates.length === 0) {
    const unclear = known.some(({ properties }) => at(properties, "model") === UNKNOWN);
    return unclear ? [] : [ungated(name, model)];
  }
  const allowed = gates.flatMap(({ properties }) => [
    at(properties, "left"),
    challengerOf(properties),
  ]);
  if (version === UNKNOWN || allowed.includes(UNKNOWN) || allowed.includes(version)) return [];
  return [stale(name, model, version, at(gates[0]?.properties ?? null, "left"))];
}

/** The nominated version that the gate measured and refused, which may take part of the traffic. */
function challengerOf(gate: Resource["properties"]): Value {
  const outcome = at(gate, "verdict", "outcome");
  if (outcome === UNKNOWN) return UNKNOWN;
  return outcome === "refused" ? at(gate, "candidate", "version") : null;
}

function ungated(name: string, model: string): Finding {
  return {
    found: `${name} serves ${model}, which no promotion gate before it decides on`,
    fix: "Make a PromotionGate for the model, and the endpoint with ServingEndpoint, which depends on it",
  };
}

function stale(name: string, model: string, version: Value, left: Value): Finding {
  return {
    found: `${name} serves version ${shown(version)} of ${model}, where the gate leaves ${shown(left)} as champion`,
    fix: "Serve gate.confirm(gate.championVersion), as ServingEndpoint does; nominate the version to have it judged",
  };
}
