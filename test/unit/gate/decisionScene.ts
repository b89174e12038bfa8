import type { Facts, Run, Version } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";

/*
 * What the examples of the decision start from: version 5, registered by run 5 of /ml/churn, against version 3,
 * the champion. All is well with both, and each example says what is not.
 */

/** When the facts are read. */
export const NOW = Date.parse("2026-11-21T12:00:00Z");

/** One hour, in milliseconds. */
export const HOUR = 3_600_000;

/** A moment as far from {@link NOW} as said, as RFC 3339. */
export const timeFromNow = (ms: number): string => new Date(NOW + ms).toISOString();

/** Metrics with their values, all logged an hour ago unless said otherwise. */
export const logged = (values: Record<string, number | string>, at = NOW - HOUR): Run["metrics"] =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, at }]));

/** A policy of these rules alone. */
export const policyOf = (rules: readonly Rule[], other: Partial<Policy> = {}): Policy => ({
  rules,
  experiment: "/ml/churn",
  signature: "any",
  canary: [],
  breakglass: null,
  approvals: [],
  dryRun: false,
  ...other,
});

/** The run behind a version. */
export const runOf = (values: Record<string, number | string>, other: Partial<Run> = {}): Run => ({
  id: "run-5",
  deleted: false,
  experiment: "/ml/churn",
  metrics: logged(values),
  ambiguous: [],
  dataset: { name: "holdout", digest: "d1" },
  comparedWith: null,
  commit: null,
  signature: null,
  ...other,
});

/** A version with its run. */
export const versionOf = (
  version: string,
  run: Run | null,
  other: Partial<Version> = {},
): Version => ({
  version,
  status: "READY",
  runId: `run-${version}`,
  run,
  tags: {},
  fingerprint: "as measured",
  rejection: null,
  ...other,
});

/** The facts about a candidate, if there is no champion yet. */
export const factsOf = (candidate: Version | null, other: Partial<Facts> = {}): Facts => ({
  at: NOW,
  candidate,
  champion: other.baseline?.version ?? null,
  baseline: null,
  promotedAt: null,
  canary: null,
  contradictions: [],
  ...other,
});

/** The facts about a candidate with these metrics. */
export const measured = (
  values: Record<string, number | string>,
  other: Partial<Facts> = {},
): Facts => factsOf(versionOf("5", runOf(values)), other);

/** Version 3 with these metrics, on the same rows. */
export const championWith = (
  values: Record<string, number | string>,
  other: Partial<Run> = {},
): Version => versionOf("3", runOf(values, { id: "run-3", ...other }));
