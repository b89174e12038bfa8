import type { Check, Subject } from "./check";
import { difference, isAtLeast } from "./decimal";
import type { Metric, Run, Version } from "./facts";
import { isFiniteNumber, measuredOf, short } from "./measured";
import { championMetric } from "./metricNames";
import type { ChampionRule } from "./rule";

/** How much better the candidate is than the champion on the same rows; a first model has nothing to beat. */
export function checkGain(rule: ChampionRule, subject: Subject): Check {
  const { metric, better, change: bound, relative } = rule;
  const { baseline } = subject.facts;
  const what = `${metric} ${relative ? "relative gain" : "gain"} on`;
  const required = `>= ${String(bound)}`;
  if (baseline === null) {
    const first = { name: `${what} the champion`, measured: "no champion yet", required, bound };
    return { ...first, result: isFiniteNumber(bound) ? "passed" : "unknown" };
  }
  const ours = measuredOf(subject.run.metrics, metric)?.value ?? null;
  const theirs = championValue(metric, subject.run, baseline);
  const name = `${what} v${baseline.version}`;
  if (!isFiniteNumber(ours) || !isFiniteNumber(theirs) || (relative && theirs === 0)) {
    const measured = isFiniteNumber(ours)
      ? `against ${String(theirs ?? "nothing measured on the same rows")}`
      : ours;
    return { name, measured, required, bound, result: "unknown" };
  }
  const [more, less] = better === "lower" ? [theirs, ours] : [ours, theirs];
  const scale = relative ? Math.abs(theirs) : 1;
  const gain = difference(more, less);
  // A quotient has no exact decimals; fifteen digits are those that people would write.
  const change = relative ? Number((gain / scale).toPrecision(15)) : gain;
  const known = isFiniteNumber(change) && isFiniteNumber(bound) && isDirection(better);
  const result = known ? (isAtLeast(more, less, bound, scale) ? "passed" : "failed") : "unknown";
  return { name: `${name} (${short(theirs)})`, measured: change, required, bound, result };
}

const isDirection = (better: string): boolean => better === "higher" || better === "lower";

/** The champion's value on the candidate's rows; null if it was not measured on them. */
function championValue(metric: string, run: Run, baseline: Version): Metric["value"] | null {
  if (run.comparedWith === baseline.version) {
    return measuredOf(run.metrics, championMetric(metric))?.value ?? null;
  }
  const [ours, theirs] = [run.dataset, baseline.run?.dataset ?? null];
  if (ours === null || theirs === null || baseline.run === null || baseline.run.deleted)
    return null;
  if (ours.name !== theirs.name || ours.digest !== theirs.digest) return null;
  if (baseline.run.ambiguous.includes(metric)) return null;
  return measuredOf(baseline.run.metrics, metric)?.value ?? null;
}
