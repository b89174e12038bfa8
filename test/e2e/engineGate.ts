import { z } from "zod";
import type { Deployment } from "./deployment";

const ENDPOINT = "/api/2.0/serving-endpoints/customer-churn-model-endpoint";

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

/** What the engine's state says of the gate, the only one of the stack. */
export async function gateOf(deployment: Deployment): Promise<Record<string, unknown>> {
  const { stdout } = await deployment.pulumi("stack", "export");
  const { resources } = state.parse(JSON.parse(stdout)).deployment;
  const gate = resources.find(({ type }) => type.includes("PromotionGate"));
  if (gate === undefined) throw new Error("The stack has no gate.");
  return gate.outputs;
}

/** The versions that the endpoint of customer churn serves. */
export async function servedBy(deployment: Deployment): Promise<string[]> {
  const answer = endpoint.parse(await deployment.call("GET", ENDPOINT));
  return answer.config.served_entities.map((entity) => entity.entity_version);
}
