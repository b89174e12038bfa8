import { z } from "zod";
import type { Events } from "./events";
import type { Diagnostic, Plan } from "./plan";
import { compare } from "./text";
import { parseUrn } from "../urn";

/** What a gate says of a version. */
export const standings = ["BLOCKED", "REFUSED", "PROMOTED", "CHAMPION", "WAITING"] as const;

/** See {@link standings}. */
export type Standing = (typeof standings)[number];

/** One rule of a gate with what was measured. */
export interface Rule {
  readonly metric: string;
  /** As it is written; `missing` if it was never logged. */
  readonly measured: string;
  /** e.g. `> 0.842`. */
  readonly required: string;
  readonly passed: boolean;
}

/** The verdict of one gate. */
export interface Gate {
  /** Name of the registered model without catalog and schema. */
  readonly model: string;
  /** The version that was judged; undefined if none is nominated. */
  readonly version: string | undefined;
  readonly standing: Standing;
  /** In one line. */
  readonly reason: string;
  /** What follows from it, e.g. `v1 stays champion`; may be empty. */
  readonly consequence: string;
  /** Whether the update changes the gate. */
  readonly changed: boolean;
  /** Rules as far as they are known: of a verdict that was only announced, those that it names. */
  readonly rules: readonly Rule[];
}

const comparison = z.enum([">", ">=", "<", "<="]);

const rule = z.object({ metric: z.string(), comparison, bound: z.number() });

/** GateInputs of components/gate/record.ts, as a plan has them. */
const gateInputs = z.object({
  model: z.string(),
  rules: z.array(rule),
  onFailure: z.enum(["hold", "block"]),
  candidate: z
    .object({ version: z.string() })
    .nullish()
    .transform((one) => one ?? null),
  verdict: z.object({
    outcome: z.enum(["waiting", "promoted", "refused", "inconclusive"]),
    reason: z.string(),
    checks: z
      .array(
        rule.extend({
          measured: z
            .union([z.number(), z.string()])
            .nullish()
            .transform((one) => one ?? null),
          passed: z.boolean(),
        }),
      )
      .default([]),
  }),
  observed: z
    .object({ version: z.string() })
    .nullish()
    .transform((one) => one ?? null),
});

/**
 * The verdicts of all gates that the preview tells of, the worst first: a changed gate by the properties in the
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

/** Whether a verdict is news: what stands as it stood is not. */
export function isNews({ changed, standing }: Gate): boolean {
  return changed || (standing !== "CHAMPION" && standing !== "WAITING");
}

/** Whether a resource or what is said of one is a gate's. */
export function isOfGate({ urn }: Pick<Diagnostic, "urn">): boolean {
  return parseUrn(urn).type === "pulumi-nodejs:dynamic/mlops:PromotionGate";
}

type Said = Omit<Gate, "changed">;

function fromInputs(inputs: unknown): Said | undefined {
  const read = gateInputs.safeParse(inputs);
  if (!read.success) return undefined;
  const { model, candidate, verdict, observed } = read.data;
  const standing = standingOf(read.data);
  const stays =
    observed === null ? "there is no champion yet" : `v${observed.version} stays champion`;
  return {
    model: model.split(".").at(-1) ?? model,
    version: candidate?.version,
    standing,
    reason: verdict.reason,
    consequence: standing === "REFUSED" ? stays : "",
    rules: verdict.checks.map(({ metric, measured, comparison: sign, bound, passed }) => ({
      metric,
      measured: measured === null ? "missing" : String(measured),
      required: `${sign} ${String(bound)}`,
      passed,
    })),
  };
}

/** The same as `verdictLine` in components/gate/record.ts says. */
function standingOf(gate: z.infer<typeof gateInputs>): Standing {
  const { candidate, verdict, observed, onFailure } = gate;
  if (candidate === null) return "WAITING";
  if (verdict.outcome === "promoted")
    return observed?.version === candidate.version ? "CHAMPION" : "PROMOTED";
  return onFailure === "block" ? "BLOCKED" : "REFUSED";
}

const LINE =
  /^(?:(?:warning|info|error): )?(\S+)(?: v(\S+))? → champion: ([A-Z]+) \(([^]*)\)(?:; ([^]*))?$/;

/** Reads the line that a gate announces; undefined for anything else. */
export function fromLine(line: string | undefined): Said | undefined {
  const [, model = "", version, word, reason = "", consequence = ""] =
    LINE.exec(line?.trim() ?? "") ?? [];
  const standing = standings.find((one) => one === word);
  if (standing === undefined) return undefined;
  return { model, version, standing, reason, consequence, rules: rulesIn(reason) };
}

/** `val_f1 0.93 > 0.75; val_auc_roc 0.84, must be > 0.85`. */
function rulesIn(reason: string): Rule[] {
  return reason.split("; ").flatMap((part) => {
    const [, metric = "", measured = "", must, required = ""] =
      /^(\S+) (\S+?)(, must be)? ([<>]=? \S+)$/.exec(part) ?? [];
    return metric === "" ? [] : [{ metric, measured, required, passed: must === undefined }];
  });
}
