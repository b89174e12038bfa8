import type { ChampionRule, Policy, Rule } from "./rule";

/** Under which name validation logs the champion's value of `metric`, measured beside the candidate's. */
export const championMetric = (metric: string): string => `champion_${metric}`;

/** Under which name the canary's measurement logs `metric` of the step that has `percent` of the traffic. */
export const canaryMetric = (percent: number, metric: string): string =>
  `canary_${String(percent)}_${metric}`;

/** The candidate's metrics that rules are about, those of the canary aside; each once, in the rules' order. */
export function ruledMetrics(rules: readonly Rule[]): string[] {
  return [...new Set(rules.flatMap(metricsOfRule))];
}

/** All metrics of the candidate's run that a policy asks for, the canary's included; each once. */
export function metricsOf({ rules, canary }: Policy): string[] {
  const measured = canary.flatMap((step) =>
    ["requests", ...step.rules.map(({ metric }) => metric)].map((metric) =>
      canaryMetric(step.percent, metric),
    ),
  );
  return [...new Set([...ruledMetrics(rules), ...measured])];
}

/** The metrics in which the candidate is compared with the champion; each once. */
export function comparedMetrics(rules: readonly Rule[]): string[] {
  const compares = (rule: Rule): rule is ChampionRule => rule.kind === "champion";
  return [...new Set(rules.filter(compares).map(({ metric }) => metric))];
}

function metricsOfRule(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case "metric":
    case "range":
    case "rows":
      return [rule.metric];
    case "slices":
      return rule.metrics;
    case "champion":
      return [rule.metric, championMetric(rule.metric)];
    case "tag":
    case "approval":
    case "age":
    default:
      return [];
  }
}
