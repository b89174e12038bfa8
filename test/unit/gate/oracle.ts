import type { Dataset, Facts, Metric, Run, Version } from "../../../components/gate/decision/facts";
import type { CanaryStep, MetricRule, Policy, Rule } from "../../../components/gate/decision/rule";
import { liesWhere, gained } from "./oracleArithmetic";

/*
 * The gate's promise in other words than the decision's: a version may be promoted if no objection can be
 * raised against it. Objections are predicates over everything that is known; nothing here has an order, a
 * verdict or a message, and nothing is shared with components/gate.
 */

type Objection = (scene: Scene) => boolean;

/** A candidate that there is, and all that speaks for or against it. */
interface Scene {
  readonly policy: Policy;
  readonly facts: Facts;
  readonly candidate: Version;
}

const FIVE_MINUTES = 5 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

/** Whether the gate may make the candidate champion. */
export function mayBePromoted(policy: Policy, facts: Facts): boolean {
  const { candidate } = facts;
  if (candidate === null || policy.dryRun) return false;
  const scene = { policy, facts, candidate };
  const raised = (objections: readonly Objection[]) => objections.some((is) => is(scene));
  return !raised(BEYOND_APPEAL) && (!raised(OPEN_TO_BREAKGLASS) || glassIsBroken(scene));
}

/** What not even breakglass helps against: then nobody knows what would be promoted. */
const BEYOND_APPEAL: readonly Objection[] = [
  ({ facts }) => !isNumber(facts.at),
  ({ facts }) => facts.contradictions.length > 0,
  ({ policy }) =>
    policy.rules.every(({ kind }) => !["metric", "range", "slices", "champion"].includes(kind)),
  ({ candidate }) => candidate.status !== "READY" || !candidate.runId,
  ({ candidate }) => candidate.run?.deleted !== false,
  ({ candidate, policy }) => candidate.run?.experiment !== policy.experiment,
  ({ candidate, facts }) =>
    Object.values(candidate.run?.metrics ?? {}).some(({ at }) => !isPast(at, facts)),
  ({ candidate }) => candidate.run?.ambiguous.length !== 0,
];

/** What somebody can take upon themselves, by name and with a reason. */
const OPEN_TO_BREAKGLASS: readonly Objection[] = [
  ({ candidate }) => candidate.rejection?.fingerprint === candidate.fingerprint,
  (scene) => scene.policy.rules.some((rule) => !isMet(rule, scene)),
  ({ policy, facts }) =>
    facts.baseline === null &&
    policy.rules.every(({ kind }) => !["metric", "range", "slices"].includes(kind)),
  (scene) => scene.policy.signature !== "any" && !keepsCallers(scene),
  (scene) => !hasPassedItsCanary(scene),
];

function glassIsBroken({ policy: { breakglass }, facts, candidate }: Scene): boolean {
  return (
    breakglass?.version === candidate.version &&
    [breakglass.reason, breakglass.by].every((text) => text !== "") &&
    facts.at < instant(breakglass.expires)
  );
}

function isMet(rule: Rule, scene: Scene): boolean {
  const { policy, facts, candidate } = scene;
  switch (rule.kind) {
    case "metric":
      return lies(proven(candidate.run, rule.metric), rule);
    case "range":
      return (
        lies(proven(candidate.run, rule.metric), { comparison: ">=", bound: rule.from }) &&
        lies(proven(candidate.run, rule.metric), { comparison: "<=", bound: rule.to })
      );
    case "rows":
      return lies(proven(candidate.run, rule.metric), { comparison: ">=", bound: rule.atLeast });
    case "slices":
      // The worst of them is on the right side exactly if all of them are.
      return (
        rule.metrics.length >= 2 &&
        rule.metrics.every((metric) => lies(proven(candidate.run, metric), rule))
      );
    case "champion": {
      if (!isNumber(rule.change)) return false;
      if (facts.baseline === null) return true;
      const mine = proven(candidate.run, rule.metric);
      const theirs = champions(rule.metric, scene);
      if (mine === undefined || theirs === undefined) return false;
      return gained({ mine, theirs, ...rule });
    }
    case "tag": {
      const text = own(candidate.tags, rule.tag) ?? "";
      return text !== "" && (rule.values.length === 0 || rule.values.includes(text));
    }
    case "approval":
      return rule.tag === null
        ? policy.approvals.some(
            ({ version, by, at }) =>
              version === candidate.version &&
              signs(rule.approvers, by) &&
              isPast(instant(at), facts),
          )
        : signs(rule.approvers, own(candidate.tags, rule.tag) ?? "");
    case "age":
      return isFresh(rule.maxHours, scene);
    default:
      return false;
  }
}

const signs = (approvers: readonly string[], by: string): boolean =>
  by !== "" && (approvers.length === 0 || approvers.includes(by));

/** The champion's value that the candidate's may be held against. */
function champions(metric: string, { candidate, facts }: Scene): number | undefined {
  const { baseline } = facts;
  if (candidate.run?.comparedWith === baseline?.version) {
    return proven(candidate.run, `champion_${metric}`);
  }
  const rows = [candidate.run, baseline?.run].map((run) => key(run?.dataset));
  if (rows[0] === undefined || rows[0] !== rows[1] || baseline?.run?.deleted !== false) return;
  return proven(baseline.run, metric);
}

const key = (dataset: Dataset | null | undefined): string | undefined =>
  dataset ? JSON.stringify([dataset.name, dataset.digest]) : undefined;

/** Evidence as old as its oldest part, on the day that it counts. */
function isFresh(maxHours: number, { policy, facts, candidate }: Scene): boolean {
  const used = policy.rules.flatMap(metricsOf);
  const times = used.map((metric) => ownMetric(candidate.run, metric)?.at ?? NaN);
  const counted = facts.promotedAt === null ? facts.at : instant(facts.promotedAt);
  return (
    times.length > 0 &&
    isNumber(maxHours) &&
    maxHours > 0 &&
    times.every((at) => (counted - at) / HOUR <= maxHours)
  );
}

function metricsOf(rule: Rule): readonly string[] {
  if ("metrics" in rule) return rule.metrics;
  return "metric" in rule ? [rule.metric] : [];
}

/** Whether all who call the champion can call the candidate, and understand its answer. */
function keepsCallers({ candidate, facts: { baseline } }: Scene): boolean {
  const next = candidate.run?.signature;
  if (!next || next.inputs.length * next.outputs.length === 0) return false;
  if (baseline === null) return true;
  const today = baseline.run?.signature;
  if (!today) return false;
  const understood = JSON.stringify(today.outputs.map(({ name, type }) => [name, type]));
  if (understood !== JSON.stringify(next.outputs.map(({ name, type }) => [name, type])))
    return false;
  return next.inputs.every(({ name, type, required }) => {
    const sent = today.inputs.filter((input) => input.name === name);
    const always = sent.some((input) => input.required);
    return sent.every((input) => input.type === type) && (always || !required);
  });
}

/** Whether the candidate has no share of the traffic left to prove itself on. */
function hasPassedItsCanary({ policy, facts, candidate }: Scene): boolean {
  const last = policy.canary.length - 1;
  if (last < 0 || facts.baseline === null || facts.promotedAt !== null) return true;
  const { canary } = facts;
  if (canary?.version !== candidate.version || canary.step !== last) return false;
  return policy.canary.slice(last).every((step) => {
    const measured = duringStep(step, instant(canary.since), candidate.run);
    return (
      lies(measured("requests"), { comparison: ">=", bound: step.minRequests }) &&
      step.minRequests >= 1 &&
      step.rules.length > 0 &&
      step.rules.every((rule) => lies(measured(rule.metric), rule))
    );
  });
}

const duringStep =
  ({ percent }: CanaryStep, since: number, run: Run | null) =>
  (metric: string): number | undefined => {
    const name = `canary_${String(percent)}_${metric}`;
    const { at } = ownMetric(run, name) ?? { at: null };
    return at !== null && at >= since ? proven(run, name) : undefined;
  };

/** Whether a measurement lies on the half-line that a comparison allows. */
function lies(
  measured: number | undefined,
  { comparison, bound }: Pick<MetricRule, "comparison" | "bound">,
): boolean {
  return measured !== undefined && isNumber(bound) && liesWhere(measured, comparison, bound);
}

/** A finite number. MLflow's SQL store keeps ±1.797e308 for infinity. */
const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Math.abs(value) < Number.MAX_VALUE;

/** A metric that somebody can point at: one number, logged once. */
function proven(run: Run | null, name: string): number | undefined {
  const value = run?.ambiguous.includes(name) === true ? undefined : ownMetric(run, name)?.value;
  return isNumber(value) ? value : undefined;
}

const ownMetric = (run: Run | null, name: string): Metric | undefined =>
  run === null ? undefined : own(run.metrics, name);

/** What the object itself holds by that name, and not what every object has, such as `constructor`. */
const own = <T>(from: Readonly<Record<string, T>>, name: string): T | undefined =>
  new Map(Object.entries(from)).get(name);

/** Whether a moment has been, by clocks that may differ by five minutes. */
const isPast = (at: number | null, facts: Facts): boolean =>
  at !== null && Number.isFinite(at) && at <= facts.at + FIVE_MINUTES;

/** RFC 3339, section 5.6; NaN, which compares with nothing, if the text is no moment. */
function instant(text: string): number {
  const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
  return shape.test(text) ? Date.parse(text) : NaN;
}
