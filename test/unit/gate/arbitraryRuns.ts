import type { Metric, Run, Signature } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import { anyOf, rarely, type Draw } from "./arbitraryDraws";
import { loggedAt, notLoggedAt, NOW } from "./arbitraryTimes";

/** What a run is made for. */
export interface RunOf {
  readonly policy: Policy;
  readonly role: "candidate" | "baseline";
  readonly signature: Signature | null;
  /** The run that this one is compared with. */
  readonly baseline?: Run | null;
}

/** A run whose metrics lie about the bounds that the policy holds them against, more often on the right side. */
export function runOf(draw: Draw, { policy, role, signature, baseline }: RunOf): Run {
  const own = namesIn(policy.rules).map((name) => [name, near(draw, name, policy.rules)] as const);
  const others =
    role === "candidate"
      ? [...championsOf(draw, policy, own, baseline), ...canariesOf(draw, policy)]
      : [];
  const metrics = [...own, ...others]
    .filter(() => !rarely(draw))
    .map(([name, value]): [string, Metric] => [
      name,
      { value: oddNow(draw, value), at: timeOf(draw, name) },
    ]);
  const [first] = metrics;
  return {
    id: `run-of-${role}`,
    deleted: rarely(draw),
    experiment: rarely(draw) ? anyOf(draw, "/ml/other", null, "") : "/ml/churn",
    metrics: Object.fromEntries(metrics),
    ambiguous:
      first && rarely(draw) ? [anyOf(draw, first[0], ...metrics.map(([name]) => name))] : [],
    dataset: rarely(draw) ? null : { name: "holdout", digest: anyOf(draw, "d1", "d1", "d1", "d2") },
    comparedWith: anyOf(draw, null, null, "3", "3", "2"),
    commit: anyOf(draw, null, "4deb4e3"),
    signature,
  };
}

/** A number that a rule may or may not be content with. */
type Named = readonly [string, number];

function namesIn(rules: readonly Rule[]): string[] {
  const names = rules.flatMap((rule) =>
    rule.kind === "slices" ? rule.metrics : "metric" in rule ? [rule.metric] : [],
  );
  return [...new Set(names)];
}

/** About the narrowest bounds that the rules set for the metric, or any number if they set none. */
function near(draw: Draw, name: string, rules: readonly Rule[]): number {
  const low = Math.max(...rules.flatMap((rule) => ends(rule, name).low));
  const high = Math.min(...rules.flatMap((rule) => ends(rule, name).high));
  const numbers = [low, high].filter(Number.isFinite);
  const [end = anyOf(draw, 0.85, 0.5, 0)] = anyOf(draw, true, false) ? numbers : numbers.reverse();
  const inwards = end === high && end !== low ? -1 : 1;
  const step = inwards * (rarely(draw) ? -1 : 1) * anyOf(draw, 0.01, 0, 1, tiny(end), tiny(end));
  return end + step;
}

/** The least that can be added to a number and seen. */
const tiny = (number: number): number =>
  Math.max(Number.MIN_VALUE, Math.abs(number) * Number.EPSILON);

function ends(rule: Rule, name: string): { low: number[]; high: number[] } {
  const none = { low: [], high: [] };
  switch (rule.kind) {
    case "metric":
    case "slices": {
      const named = rule.kind === "slices" ? rule.metrics.includes(name) : rule.metric === name;
      if (!named) return none;
      return rule.comparison.startsWith(">")
        ? { low: [rule.bound], high: [] }
        : { low: [], high: [rule.bound] };
    }
    case "range":
      return rule.metric === name ? { low: [rule.from], high: [rule.to] } : none;
    case "rows":
      return rule.metric === name ? { low: [rule.atLeast], high: [] } : none;
    case "champion":
    case "tag":
    case "approval":
    case "age":
      return none;
    default:
      // A kind that is none.
      return none;
  }
}

/** What validation measured of the champion beside the candidate: worse by just as much as asked, or about that. */
function championsOf(
  draw: Draw,
  policy: Policy,
  own: readonly Named[],
  baseline?: Run | null,
): Named[] {
  return policy.rules.flatMap((rule) => {
    const mine = own.find(([name]) => "metric" in rule && name === rule.metric);
    if (rule.kind !== "champion" || mine === undefined || baseline === null) return [];
    const change = Number((rule.better === "higher" ? rule.change : -rule.change).toFixed(2));
    const better = rule.better === "higher" ? 0.25 : -0.25;
    const theirs = Number((mine[1] - change).toFixed(10));
    const value = anyOf(draw, theirs - better, theirs, theirs + better, mine[1], 0);
    return [[`champion_${rule.metric}`, value]];
  });
}

function canariesOf(draw: Draw, policy: Policy): Named[] {
  return policy.canary.flatMap(({ percent }): Named[] => [
    [`canary_${percent}_requests`, anyOf(draw, 100, 1000, 100, 1000, 99, 0)],
    [`canary_${percent}_error_rate`, anyOf(draw, 0, 0.01, 0, 0.01, 0.011)],
    [`canary_${percent}_auc`, anyOf(draw, 0.9, 0.51, 0.5, 0.9)],
  ]);
}

/** The value, or what no gate may take for a number. */
function oddNow(draw: Draw, value: number): number | string {
  if (!rarely(draw)) return value;
  return anyOf<number | string>(draw, ...NO_NUMBERS);
}

// What an answer with a hole would have is no type of ours.
const HOLES = JSON.parse("[null, true]") as readonly string[];
const NO_NUMBERS = [
  NaN,
  ...[Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE],
  ...["0.9", "NaN", "", "0.84 and 0.86", "1e3"],
  ...HOLES,
] as const;

function timeOf(draw: Draw, name: string): number | null {
  // Rarer than all else, since every metric has a time, and one that is none ends all.
  if (rarely(draw) && anyOf(draw, false, true)) return anyOf(draw, ...notLoggedAt);
  return name.startsWith("canary_") && !rarely(draw)
    ? anyOf(draw, NOW, NOW - 1000)
    : anyOf(draw, ...loggedAt);
}
