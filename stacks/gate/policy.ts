import {
  above,
  approvedBy,
  approvedInFile,
  atLeast,
  atMost,
  below,
  between,
  maxAge,
  maxRegression,
  minImprovement,
  minRows,
  tagged,
  worstOf,
  type CanaryStep,
  type MetricRule,
  type Platform,
  type PromotionGateArgs,
  type Rule,
} from "../../components";
import { approvalsOf } from "./approvals";
import type { GateSettings } from "./settings";

/**
 * What a gate decides by, as its settings say.
 * @param judged - The model, and the path of the experiment whose runs may make its champions.
 * @throws pulumi.RunError if the approvals file is asked for and cannot be read.
 */
export function gatePolicy(
  platform: Platform,
  judged: Pick<PromotionGateArgs, "model" | "experiment">,
  settings: GateSettings,
): Omit<PromotionGateArgs, "howToTrain"> {
  const { breakglass, approvedInFile: filed } = settings;
  return {
    ...judged,
    rules: rulesOf(settings),
    signature: settings.signature,
    canary: settings.canary.map(stepOf),
    approvals: filed === undefined ? [] : approvalsOf(judged.model.fullName),
    dryRun: settings.dryRun,
    onFailure: settings.onFailure ?? platform.onFailure,
    onAliasDrift: settings.onAliasDrift,
    ...(breakglass === undefined ? {} : { breakglass }),
  };
}

/** The rules in the order of the documentation, which is that of the reasons that a verdict gives. */
export function rulesOf(settings: GateSettings): Rule[] {
  const each = <Value, Made>(
    values: Readonly<Record<string, Value>>,
    make: (metric: string, value: Value) => Made,
  ): Made[] => Object.entries(values).map(([metric, value]) => make(metric, value));
  const { minRows: rows, maxAgeDays: days, approvedBy: asked, approvedInFile: filed } = settings;
  return [
    ...bounds(settings),
    ...each(settings.between, (metric, { from, to }) => between(metric, from, to)),
    ...settings.worstOf.flatMap(({ metrics, ...bound }) =>
      signs.flatMap(([key, sign]) => {
        const value = bound[key];
        return value === undefined ? [] : [worstOf(metrics, sign, value)];
      }),
    ),
    ...each(settings.maxRegression, (metric, { by, ...how }) => maxRegression(metric, by, how)),
    ...each(settings.minImprovement, (metric, { by, ...how }) => minImprovement(metric, by, how)),
    ...(rows === undefined ? [] : [minRows(rows)]),
    ...(days === undefined ? [] : [maxAge({ days })]),
    ...each(settings.tags, (tag, values) => tagged(tag, ...values)),
    ...(asked === undefined ? [] : [approvedBy(asked.tag, ...asked.approvers)]),
    ...(filed === undefined ? [] : [approvedInFile(...filed.approvers)]),
  ];
}

/** What a bound's key means. */
const signs = [
  ["above", ">"],
  ["atLeast", ">="],
  ["below", "<"],
  ["atMost", "<="],
] as const;

type Bounds = Readonly<
  Record<"above" | "atLeast" | "below" | "atMost", Readonly<Record<string, number>>>
>;

function bounds(said: Bounds): MetricRule[] {
  const makers = { above, atLeast, below, atMost };
  return signs.flatMap(([key]) =>
    Object.entries(said[key]).map(([metric, bound]) => makers[key](metric, bound)),
  );
}

function stepOf({ percent, minRequests, ...said }: GateSettings["canary"][number]): CanaryStep {
  return { percent, minRequests, rules: bounds(said) };
}
