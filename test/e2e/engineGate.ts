import { z } from "zod";
import { MODEL } from "./candidates";
import type { Deployment } from "./deployment";

const ALIASES = `/api/2.1/unity-catalog/models/${MODEL}/aliases`;
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

const alias = z.looseObject({ version: z.coerce.string() }).optional();

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

/** Points `challenger` of customer churn at a version, as its training does. */
export async function nominate(deployment: Deployment, version: string): Promise<void> {
  const body = { version_num: Number(version) };
  await deployment.call("PUT", `${ALIASES}/challenger`, body);
}

/** The version that is champion of customer churn, undefined if none is. */
export async function championOf(deployment: Deployment): Promise<string | undefined> {
  return alias.parse(await deployment.call("GET", `${ALIASES}/champion`))?.version;
}
