import { z } from "zod";
import { readResources, type DeployedResource } from "../stack/stackState";
import { parseUrn } from "../stack/urn";

/** The component that everything of a model is below. */
const MODEL_STACK = "mlops:index:ModelStack";

const gateOutputs = z.object({
  facts: z.object({ candidate: z.object({ version: z.string() }).nullish() }),
  champion: z.string().optional(),
  promotedAt: z.string().optional(),
  verdict: z.object({ outcome: z.string(), reason: z.string() }),
});

const alertOutputs = z.object({
  queryText: z.string(),
  warehouseId: z.string(),
  evaluation: z.object({
    threshold: z.object({ value: z.object({ doubleValue: z.number() }) }).optional(),
  }),
});

const url = z.object({ url: z.url() });

/** What the gate left in the state. */
export type RecordedGate = z.output<typeof gateOutputs>;

/** The alert on drift. */
export interface DeployedAlert {
  readonly id: string;
  readonly query: string;
  readonly warehouseId: string;
  readonly threshold: number | undefined;
}

/** What the state says of one model: `undefined` is "not made", and `has…` whether it could be. */
export interface DeployedModel {
  readonly name: string;
  readonly owner: string;
  readonly registeredModel: string | undefined;
  readonly gate: RecordedGate | undefined;
  /** Names of its endpoints; they are not made before there is a champion. */
  readonly endpoints: readonly string[];
  readonly hasEndpoint: boolean;
  readonly alert: DeployedAlert | undefined;
  readonly hasAlert: boolean;
}

/** What the state says of one environment. */
export interface Deployed {
  readonly models: readonly DeployedModel[];
  /** The address of the workspace that the stack was deployed to; undefined if nothing there tells. */
  readonly workspace: string | undefined;
  /** Whether there is anything at all. */
  readonly isEmpty: boolean;
}

/**
 * Reads the models out of a stack's state.
 * @param exported - What `pulumi stack export` printed.
 * @throws Error if that is no state.
 */
export function readDeployed(exported: string): Deployed {
  const resources = readResources(exported);
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const models = resources
    .filter(({ type }) => type === MODEL_STACK)
    .map((stack) => modelOf(stack, resources.filter(isBelow(stack.urn, parents))))
    .sort((a, b) => a.name.localeCompare(b.name));
  return { models, workspace: workspaceIn(resources), isEmpty: resources.length === 0 };
}

function isBelow(ancestor: string, parents: ReadonlyMap<string, string | undefined>) {
  return ({ parent }: DeployedResource): boolean => {
    for (let at = parent; at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
    return false;
  };
}

function modelOf(stack: DeployedResource, own: readonly DeployedResource[]): DeployedModel {
  const ofType = (suffix: string): DeployedResource[] =>
    own.filter(({ type }) => type.endsWith(suffix));
  const [gate] = ofType("mlops:PromotionGate");
  const [alert] = ofType(":AlertV2").flatMap(alertOf);
  const owner = stack.outputs["owner"];
  return {
    name: parseUrn(stack.urn).name,
    owner: typeof owner === "string" ? owner : "unknown",
    registeredModel: ofType(":RegisteredModel").find(({ id }) => id !== undefined)?.id,
    gate: gate === undefined ? undefined : gateOutputs.safeParse(gate.outputs).data,
    endpoints: ofType(":ModelServing").flatMap(({ id }) => id ?? []),
    hasEndpoint: ofType("mlops:index:ServingEndpoint").length > 0,
    alert,
    hasAlert: ofType("mlops:index:DriftAlert").length > 0,
  };
}

function alertOf({ id, outputs }: DeployedResource): DeployedAlert[] {
  const { data } = alertOutputs.safeParse(outputs);
  if (id === undefined || data === undefined) return [];
  const { queryText: query, warehouseId, evaluation } = data;
  return [{ id, query, warehouseId, threshold: evaluation.threshold?.value.doubleValue }];
}

/** A job's link begins with it: what the configuration says now may be another workspace. */
function workspaceIn(resources: readonly DeployedResource[]): string | undefined {
  for (const { type, outputs } of resources) {
    const { data } = url.safeParse(outputs);
    if (type === "databricks:index/job:Job" && data !== undefined) return new URL(data.url).origin;
  }
  return undefined;
}
