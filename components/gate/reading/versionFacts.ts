import type { Version } from "../decision/facts";
import { comparedMetrics, metricsOf, ruledMetrics } from "../decision/metricNames";
import type { RegisteredVersion } from "./registryReads";
import type { Policy, Rule } from "../decision/rule";
import { fingerprintOf, runFacts, type Wanted } from "./runFacts";
import { readRun } from "./tracking";
import { rejectionOf } from "./versionNotes";
import type { Connection } from "../../workspace/rest";

/** Where a version's run is read, and what gets what cannot be as it was answered. */
interface Reading {
  readonly connection: Connection;
  readonly contradictions: string[];
}

/**
 * What a decision needs to know of a candidate.
 * @param isProven - Whether it is champion by intact evidence: its metrics' history was looked at before that.
 */
export function candidateFacts(
  reading: Reading,
  found: RegisteredVersion,
  policy: Policy,
  isProven: boolean,
): Promise<Version> {
  const histories = isProven ? [] : ruledMetrics(policy.rules);
  return versionFacts(reading, found, policy, { metrics: metricsOf(policy), histories });
}

/** What a decision needs to know of the version that a candidate is compared with. */
export function baselineFacts(
  reading: Reading,
  found: RegisteredVersion,
  policy: Policy,
): Promise<Version> {
  const metrics = comparedMetrics(policy.rules);
  return versionFacts(reading, found, policy, { metrics, histories: [] });
}

async function versionFacts(
  { connection, contradictions }: Reading,
  found: RegisteredVersion,
  { rules }: Policy,
  wanted: Wanted,
): Promise<Version> {
  const { version, status, runId, tags } = found;
  const run = runId === null ? null : await readRun(connection, runId, contradictions);
  const named = tagsOf(rules).flatMap((name) => {
    const value = tags.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const rejection = rejectionOf(found, contradictions);
  return {
    version,
    status,
    runId,
    run: run === null ? null : await runFacts(connection, run, wanted, contradictions),
    tags: Object.fromEntries(named),
    fingerprint: await fingerprintOf(runId, run, rejection?.metrics),
    rejection,
  };
}

/** The tags that rules are about, each once. */
function tagsOf(rules: readonly Rule[]): string[] {
  const named = rules.map((rule) =>
    rule.kind === "tag" || rule.kind === "approval" ? rule.tag : null,
  );
  return [...new Set(named.filter((name) => name !== null))];
}
