import { z } from "zod";
import type { Said, Standing } from "./gate";

const optional = <Of extends z.ZodType>(of: Of) => of.nullish().transform((one) => one ?? null);

const version = z.object({ version: z.string() });

/** GateInputs of components/gate/record.ts, as a plan has them: what is null may be missing. */
const gateInputs = z.object({
  model: z.string(),
  policy: z.object({ dryRun: z.boolean().default(false) }),
  onFailure: z.enum(["hold", "block"]),
  facts: z.object({ candidate: optional(version) }),
  verdict: z.object({
    outcome: z.enum([
      "waiting",
      "canary",
      "promoted",
      "refused",
      "inconclusive",
      "error",
      "superseded",
    ]),
    reason: z.string(),
    ground: optional(z.string()),
    canary: optional(z.object({ percent: z.number() })),
    checks: z
      .array(
        z.object({
          name: z.string(),
          measured: optional(z.union([z.number(), z.string()])),
          required: z.string(),
          result: z.enum(["passed", "failed", "unknown"]),
        }),
      )
      .default([]),
  }),
  observed: optional(version),
});

type GateInputs = z.infer<typeof gateInputs>;

/** What a gate's properties say; undefined if they are no gate's. */
export function fromInputs(inputs: unknown): Said | undefined {
  const read = gateInputs.safeParse(inputs);
  if (!read.success) return undefined;
  const { model, facts, verdict, observed } = read.data;
  const standing = standingOf(read.data);
  const stays =
    observed === null ? "there is no champion yet" : `v${observed.version} stays champion`;
  return {
    model: model.split(".").at(-1) ?? model,
    version: facts.candidate?.version,
    standing,
    percent: verdict.canary?.percent,
    reason: verdict.reason,
    consequence: KEEPS.includes(standing) ? stays : "",
    checks: verdict.checks.map(({ measured, ...check }) => ({
      ...check,
      measured: measured === null ? "missing" : String(measured),
    })),
  };
}

/** With which the champion stays who it is. */
const KEEPS: readonly Standing[] = ["CANARY", "REFUSED", "INCONCLUSIVE", "DRY RUN"];

/** The same as `wordOf` in components/gate/record.ts says. */
function standingOf({ facts, verdict, observed, onFailure, policy }: GateInputs): Standing {
  const { outcome, ground } = verdict;
  if (outcome === "waiting") return "WAITING";
  if (outcome === "superseded") return "SUPERSEDED";
  if (outcome === "canary") return "CANARY";
  if (outcome === "promoted") {
    if (ground === "breakglass") return "PROMOTED BY BREAKGLASS";
    if (ground === "rollback") return "ROLLED BACK";
    return observed?.version === facts.candidate?.version ? "CHAMPION" : "PROMOTED";
  }
  if (policy.dryRun) return "DRY RUN";
  if (outcome === "error") return "ERROR";
  if (onFailure === "block") return "BLOCKED";
  return outcome === "inconclusive" ? "INCONCLUSIVE" : "REFUSED";
}
