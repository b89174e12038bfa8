import type { Events } from "./events";
import { standings, type Gate } from "./gate";
import { fromInputs } from "./gateInputs";
import { fromLine } from "./gateLine";
import type { Diagnostic, Plan } from "./plan";
import { compare } from "./text";
import { parseUrn } from "../stack/urn";

/**
 * The verdicts of all gates that the preview tells of, the gravest first: a changed gate by the properties in the
 * plan, an unchanged one by those in the event log, or else by the line that it announced.
 */
export function gatesOf(plan: Plan, events: Events): Gate[] {
  const lines = new Map(plan.diagnostics.filter(isOfGate).map((one) => [one.urn, one.message]));
  const stepped = plan.steps.filter(isOfGate).filter(({ op }) => op !== "delete");
  const inputs = new Map([
    ...[...events.inputs].filter(([urn]) => isOfGate({ urn })),
    ...stepped.map(({ urn, newState }) => [urn, newState?.inputs ?? {}] as const),
  ]);
  const urns = [...new Set([...inputs.keys(), ...lines.keys()])];
  const changed = new Set(stepped.filter(({ op }) => op !== "same").map(({ urn }) => urn));
  return urns
    .flatMap((urn) => {
      const announced = fromLine(lines.get(urn));
      const read = fromInputs(inputs.get(urn));
      const gate = read === undefined ? announced : { ...announced, ...read };
      if (gate === undefined) return [];
      // The announced line also says how to train a first version.
      const consequence = announced?.consequence ?? gate.consequence;
      return [{ ...gate, consequence, changed: changed.has(urn) }];
    })
    .sort(
      (a, b) =>
        standings.indexOf(a.standing) - standings.indexOf(b.standing) || compare(a.model, b.model),
    );
}

/** Whether a resource or what is said of one is a gate's. */
export function isOfGate({ urn }: Pick<Diagnostic, "urn">): boolean {
  return parseUrn(urn).type === "pulumi-nodejs:dynamic/mlops:PromotionGate";
}

/** Whether it is said of a gate what its verdict says already. */
export function isVerdict(said: Diagnostic): boolean {
  return isOfGate(said) && (said.severity === "warning" || fromLine(said.message) !== undefined);
}
