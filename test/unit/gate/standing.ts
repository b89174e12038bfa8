import { makeEvidence } from "../../../components/gate/evidence/evidence";
import { evidenceTags } from "../../../components/gate/evidence/evidenceTags";
import { digestOf } from "../../../components/gate/evidence/digest";
import { readFacts, type Standing } from "../../../components/gate/reading/readFacts";
import { LEFT_TAG, PREVIOUS_TAG, VERDICT_TAG } from "../../../components/gate/registry";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import type { RegistryDouble } from "./registryDouble";
import { EXPERIMENT } from "./trackingDouble";

/** What the tests ask of a model: one metric against a bound. */
export const ABOVE: Rule = { kind: "metric", metric: "val_auc_roc", comparison: ">", bound: 0.85 };

/** What the tests ask of a candidate against the champion. */
export const NO_WORSE: Rule = {
  kind: "champion",
  metric: "val_auc_roc",
  better: "higher",
  change: -0.01,
  relative: false,
};

/** A policy with these rules, for runs of the double's experiment. */
export const policyOf = (rules: readonly Rule[], other: Partial<Policy> = {}): Policy => ({
  rules,
  experiment: EXPERIMENT,
  signature: "compatible",
  canary: [],
  breakglass: null,
  approvals: [],
  dryRun: false,
  ...other,
});

/** How the double's model stands. */
export const standingOf = (
  registry: RegistryDouble,
  policy: Policy = policyOf([ABOVE]),
  candidate?: string,
): Promise<Standing> => readFacts(registry, registry.model, policy, candidate);

/** When {@link promote} says that it was. */
export const PROMOTED_AT = "2026-11-20T10:00:00.000Z";

/** Leaves a version as a promotion does: evidence, verdict, alias, and the model's tag. */
export async function promote(
  registry: RegistryDouble,
  version: string,
  previousChampion: string | null = null,
): Promise<void> {
  const { facts } = await standingOf(registry, policyOf([ABOVE]), version);
  const tags = registry.versions.get(version)?.tags;
  if (facts.candidate === null || tags === undefined) throw new Error(`There is no ${version}.`);
  const check = { name: "val_auc_roc", measured: 0.9, required: "> 0.85", bound: 0.85 } as const;
  const statement = await makeEvidence({
    model: registry.model,
    version: facts.candidate,
    verdict: { ground: "rules", reason: "fine", checks: [{ ...check, result: "passed" }] },
    policy: policyOf([ABOVE]),
    previousChampion,
    at: PROMOTED_AT,
  });
  for (const tag of Object.entries(evidenceTags(statement, await digestOf(statement)))) {
    tags.set(...tag);
  }
  tags.set(VERDICT_TAG, "promoted");
  if (previousChampion !== null) {
    tags.set(PREVIOUS_TAG, previousChampion);
    registry.versions.get(previousChampion)?.tags.set(VERDICT_TAG, "superseded");
  }
  registry.aliases.set("champion", version);
  registry.modelTags.set(LEFT_TAG, version);
}
