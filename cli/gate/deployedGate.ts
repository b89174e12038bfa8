import { z } from "zod";
import type { Policy } from "../../components/gate/decision/rule";
import type { Connection } from "../../components/workspace/rest";
import type { Engine } from "../../engine";
import { connectTo, exportState } from "../stack/deployedStack";
import { readDeployed } from "../models/deployed";
import { readResources, type DeployedResource } from "../stack/stackState";
import { parseUrn } from "../stack/urn";
import { UserError, messageOf } from "../shared/userError";
import type { Asked } from "./command";
import { policySchema } from "./policySchema";

const MODEL_STACK = "mlops:index:ModelStack";

const promoted = z.object({
  version: z.string(),
  digest: z.string(),
  at: z.string(),
  ground: z.enum(["rules", "breakglass", "rollback"]),
  reason: z.string(),
});

const rejected = z.object({
  version: z.string(),
  fingerprint: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
});

const gateOutputs = z.object({
  model: z.string(),
  policy: policySchema,
  onFailure: z.enum(["hold", "block"]),
  onAliasDrift: z.enum(["restore", "fail"]),
  champion: z.string().optional(),
  previousChampion: z.string().optional(),
  history: z.array(promoted).default([]),
  rejected: z.array(rejected).default([]),
});

/** A promotion that the state knows of. */
export type RecordedPromotion = z.output<typeof promoted>;

/** A rejection that the state knows of. */
export type RecordedRejection = z.output<typeof rejected>;

/** A gate as its stack was last deployed. */
export interface DeployedGate extends Omit<z.output<typeof gateOutputs>, "policy"> {
  /** As its stack's folder is called: `customer-churn`. */
  readonly name: string;
  readonly urn: string;
  readonly policy: Policy;
}

/** A gate, and what signs in to the workspace that it was deployed to. */
export interface Found {
  readonly gate: DeployedGate;
  readonly connection: Connection;
}

/**
 * The gate that somebody has asked for.
 * @throws UserError if there is no such stack or model, or if it cannot be reached.
 */
export async function findGate(engine: Engine, { model, stack }: Asked): Promise<Found> {
  try {
    const exported = await exportState(engine, stack);
    if (exported === undefined) throw new Error(`Nothing is deployed to ${stack}.`);
    const gate = gateOf(exported, stack, model);
    const connection = await connectTo(engine, stack, readDeployed(exported).workspace);
    return { gate, connection };
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}

/**
 * Reads a gate out of a stack's state.
 * @param asked - The model's name, or the full name or last part of that of the registered model.
 * @throws Error if there is none, or if an older release has deployed it.
 */
export function gateOf(exported: string, stack: string, asked: string): DeployedGate {
  const resources = readResources(exported);
  const gates = resources.filter(({ type }) => type.endsWith("mlops:PromotionGate"));
  const parents = new Map(resources.map((one) => [one.urn, one]));
  const named = gates.map((gate) => ({ gate, name: modelOf(gate, parents) }));
  if (named.length === 0) throw new Error(`There is no model with a gate in ${stack}.`);
  const found = named.filter(({ gate, name }) => [name, ...namesOf(gate)].includes(asked));
  const [one] = found;
  if (one === undefined || found.length > 1) {
    const names = named.map(({ name }) => name).sort();
    throw new Error(
      `There is no model '${asked}' with a gate in ${stack}; there are ${names.join(", ")}.`,
    );
  }
  const { success, data } = gateOutputs.safeParse(one.gate.outputs);
  if (success) return { ...data, name: one.name, urn: one.gate.urn };
  throw new Error(
    `The gate of ${one.name} was deployed by another release; bring it up to date: npm run pulumi -- up -s ${stack}`,
  );
}

function modelOf(gate: DeployedResource, parents: ReadonlyMap<string, DeployedResource>): string {
  for (
    let at: DeployedResource | undefined = gate;
    at !== undefined;
    at = parents.get(at.parent ?? "")
  ) {
    if (at.type === MODEL_STACK) return parseUrn(at.urn).name;
  }
  return parseUrn(gate.urn).name;
}

function namesOf({ outputs }: DeployedResource): string[] {
  const model = outputs["model"];
  return typeof model === "string" ? [model, model.split(".").at(-1) ?? model] : [];
}
