import { z } from "zod";
import { MODEL } from "./candidates";
import type { Deployment } from "./deployment";

const CHALLENGER = `/api/2.1/unity-catalog/models/${MODEL}/aliases/challenger`;
const ENDPOINT = "/api/2.0/serving-endpoints/customer-churn-model-endpoint";

/** Measurements that pass the gate of customer churn. */
export const GOOD = { val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: 0.9 } as const;

const state = z.object({
  deployment: z.looseObject({
    resources: z.array(
      z.looseObject({ type: z.string(), outputs: z.record(z.string(), z.unknown()).default({}) }),
    ),
  }),
});

const endpoint = z.looseObject({
  config: z.looseObject({
    served_entities: z.array(z.looseObject({ entity_version: z.string() })),
  }),
});

/** Points `challenger` at a version of {@link MODEL}. */
export async function nominate(deployment: Deployment, version: string): Promise<void> {
  await deployment.call("PUT", CHALLENGER, { version_num: Number(version) });
}

/** What the engine's state says of the gate, the only one of the stack. */
export async function gateOf(deployment: Deployment): Promise<Record<string, unknown>> {
  const { stdout } = await deployment.pulumi("stack", "export");
  const { resources } = state.parse(JSON.parse(stdout)).deployment;
  const gate = resources.find(({ type }) => type.includes("PromotionGate"));
  if (gate === undefined) throw new Error("The stack has no gate.");
  return gate.outputs;
}

/** The versions that the endpoint of {@link MODEL} serves. */
export async function servedBy(deployment: Deployment): Promise<string[]> {
  const answer = endpoint.parse(await deployment.call("GET", ENDPOINT));
  return answer.config.served_entities.map((entity) => entity.entity_version);
}
