import * as pulumi from "@pulumi/pulumi";
import { championAfter } from "../../../components/gate/afterwards";
import { judge, seen } from "../../../components/gate/judge";
import { GateProvider } from "../../../components/gate/provider";
import { verdictLine, type GateInputs } from "../../../components/gate/record";
import { programConnection } from "../../../components/workspace/programConnection";

/*
 * A gate without rules, which neither the configuration of a model nor the component takes: what its provider
 * does with one that another program hands to it.
 */

class BareGate extends pulumi.dynamic.Resource {
  constructor(inputs: GateInputs) {
    super(new GateProvider(), "gate", inputs, {}, "mlops", "PromotionGate");
  }
}

/** Makes it, for the model and with the answer to a refusal that the configuration says. */
export async function deploy(): Promise<Record<string, unknown>> {
  const config = new pulumi.Config();
  const model = config.require("model");
  const question = {
    model,
    rollback: null,
    policy: {
      rules: [],
      experiment: config.require("experiment"),
      signature: "any",
      ...{ canary: [], breakglass: null, approvals: [], dryRun: false },
    },
  } as const;
  const judged = seen(await judge(await programConnection(), question));
  const inputs: GateInputs = {
    ...{ ...question, ...judged },
    onFailure: config.require("onFailure") === "block" ? "block" : "hold",
    onAliasDrift: "restore",
    folder: `/Shared/${model}`,
    left: championAfter(judged) ?? "none",
  };
  new BareGate(inputs);
  await pulumi.log.info(verdictLine(inputs));
  return {};
}
