import { above, below, type Platform, type PromotionGateArgs } from "../components";

/** A model's section `gate`. */
interface GateSettings {
  readonly above?: Readonly<Record<string, number>>;
  readonly below?: Readonly<Record<string, number>>;
  readonly onFailure?: "hold" | "block" | undefined;
}

/** What a gate is configured with: one rule a metric, and what a refusal does. */
export function gateRules(
  platform: Platform,
  settings: GateSettings,
): Required<Pick<PromotionGateArgs, "rules" | "onFailure">> {
  return {
    rules: [
      ...Object.entries(settings.above ?? {}).map(([metric, bound]) => above(metric, bound)),
      ...Object.entries(settings.below ?? {}).map(([metric, bound]) => below(metric, bound)),
    ],
    onFailure: settings.onFailure ?? platform.onFailure,
  };
}
