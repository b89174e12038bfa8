import type { AlertView } from "./alerts";
import type { EndpointView } from "./endpoints";
import type { JobView } from "./jobs";
import type { MonitorView } from "./monitors";
import type { Reading } from "./reading";
import type { VersionView } from "./versions";

/** How bad something is, worst first. `unknown`: it could not be found out. */
export const severities = ["critical", "serious", "minor", "unknown"] as const;

/** How bad something is. */
export type Severity = (typeof severities)[number];

/** Something that a person should look at, and why. */
export interface Concern {
  readonly severity: Severity;
  readonly reason: string;
  /** Where there is more about it: a path, or a part of the model's own page. */
  readonly link: string;
}

/** What is known of a model. */
export interface ModelFacts {
  readonly versions: Reading<readonly VersionView[]>;
  readonly endpoints: readonly EndpointView[];
  readonly monitors: readonly MonitorView[];
  readonly alerts: readonly AlertView[];
  readonly jobs: readonly JobView[];
}

/** Share of failed requests from which on an endpoint needs attention. */
const MANY_ERRORS = 0.05;

/** What needs attention at a model, worst first; empty when all is well. */
export function concernsOf(facts: ModelFacts): Concern[] {
  const found = [
    ...facts.endpoints.flatMap(ofEndpoint),
    ...ofVersions(facts),
    ...facts.monitors.flatMap(ofMonitor),
    ...facts.alerts.flatMap(ofAlert),
    ...facts.jobs.flatMap(ofJob),
  ];
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Its place in {@link severities}. */
export function rank({ severity }: Pick<Concern, "severity">): number {
  return severities.indexOf(severity);
}

/**
 * Whether no concern means that all is well: not while what should be watched was not measured or not
 * evaluated yet.
 */
export function isMeasured({ monitors, alerts }: ModelFacts): boolean {
  return (
    monitors.every(({ drift }) => drift.known && drift.value.points.length > 0) &&
    alerts.every(({ state }) => state !== "UNKNOWN")
  );
}

function ofEndpoint({ name, state, failure, served, traffic }: EndpointView): Concern[] {
  const link = "#endpoints";
  const concerns: Concern[] = [];
  if (state === "failed")
    concerns.push({
      severity: "critical",
      reason: `${name} does not answer: ${failure ?? ""}`,
      link,
    });
  if (state === "behind") {
    const versions = served.map(({ version }) => `v${version}`).join(", ");
    const reason = `${name} still serves ${versions}, its last update failed: ${failure ?? ""}`;
    concerns.push({ severity: "serious", reason, link });
  }
  if (traffic.requests > 0 && traffic.errors / traffic.requests >= MANY_ERRORS) {
    const reason = `${traffic.errors} of ${traffic.requests} requests to ${name} failed`;
    concerns.push({ severity: "serious", reason, link });
  }
  return concerns;
}

function ofVersions({ versions, endpoints }: ModelFacts): Concern[] {
  if (!versions.known)
    return [
      { severity: "unknown", reason: `Versions are unknown. ${versions.why}`, link: "#versions" },
    ];
  const [newest] = versions.value;
  if (newest === undefined)
    return [
      { severity: "minor", reason: "It has no version yet: run its training", link: "#jobs" },
    ];
  return [
    ...ofChampion(withAlias(versions.value, "champion"), endpoints),
    ...ofChallenger(withAlias(versions.value, "challenger")),
    ...(newest.status === "FAILED_REGISTRATION"
      ? [
          {
            severity: "serious" as const,
            reason: `v${newest.number} could not be registered: ${newest.problem ?? ""}`,
            link: "#versions",
          },
        ]
      : []),
  ];
}

function ofChampion(
  champion: VersionView | undefined,
  endpoints: readonly EndpointView[],
): Concern[] {
  const link = "#gate";
  if (champion === undefined) {
    const served = endpoints.some((endpoint) => endpoint.served.length > 0);
    return served
      ? [{ severity: "serious", reason: "It is served, but has no champion", link }]
      : [{ severity: "minor", reason: "It has no champion, so nothing is served", link }];
  }
  if (champion.gate?.verdict !== "promoted") {
    const reason = `v${champion.number} is champion without the gate's verdict`;
    return [{ severity: "serious", reason, link }];
  }
  if (champion.gate.proof === "broken") {
    const reason = `The evidence of v${champion.number}'s promotion has been changed`;
    return [{ severity: "serious", reason, link }];
  }
  return [];
}

function ofChallenger(challenger: VersionView | undefined): Concern[] {
  const link = "#gate";
  if (challenger === undefined || challenger.aliases.includes("champion")) return [];
  const { number, gate } = challenger;
  if (gate === undefined)
    return [{ severity: "minor", reason: `v${number} waits for the gate: run pulumi up`, link }];
  if (["promoted", "superseded", "canary"].includes(gate.verdict)) return [];
  const reason = `v${number} was ${gate.verdict} by the gate: ${gate.reason ?? "no reason given"}`;
  return [{ severity: "minor", reason, link }];
}

function ofMonitor(monitor: MonitorView): Concern[] {
  const link = "#drift";
  if (monitor.status === "FAILED") {
    const reason = `The monitor of ${monitor.table} failed: ${monitor.failure ?? ""}`;
    return [{ severity: "serious", reason, link }];
  }
  if (!monitor.drift.known)
    return [{ severity: "unknown", reason: `Drift is unknown. ${monitor.drift.why}`, link }];
  const { alert } = monitor;
  const { points, lastRefresh } = monitor.drift.value;
  if (lastRefresh?.state === "FAILED") {
    const reason = `Drift of ${monitor.table} could not be computed: ${lastRefresh.message ?? ""}`;
    return [{ severity: "serious", reason, link }];
  }
  const last = points.at(-1);
  // Once the alert was evaluated on this drift, it is the one to say.
  const said = (alert?.evaluatedAt ?? 0) >= (lastRefresh?.end_time_ms ?? Infinity);
  if (last?.verdict !== "above" || said || alert?.state === "TRIGGERED") return [];
  const reason = `Drift of ${last.column} is ${last.score.toFixed(3)}, above ${alert?.threshold ?? ""}`;
  return [{ severity: "serious", reason, link }];
}

function ofAlert({ name, state, condition, value, error }: AlertView): Concern[] {
  const link = "#alerts";
  if (state === "TRIGGERED") {
    const measured = value === undefined ? "" : ` (${value})`;
    return [
      { severity: "serious", reason: `Alert "${name}" fires: ${condition}${measured}`, link },
    ];
  }
  if (state === "ERROR") {
    const reason = `Alert "${name}" could not be evaluated: ${error ?? ""}`;
    return [{ severity: "serious", reason, link }];
  }
  return [];
}

function ofJob({ name, lastRun }: JobView): Concern[] {
  if (lastRun?.standing !== "failed") return [];
  const why = lastRun.error ?? lastRun.message;
  const reason = `The last run of ${name} failed${why === "" ? "" : `: ${why}`}`;
  return [{ severity: "serious", reason, link: `/runs/${lastRun.id}` }];
}

/** The version that an alias points at. */
export function withAlias(
  versions: readonly VersionView[],
  alias: string,
): VersionView | undefined {
  return versions.find(({ aliases }) => aliases.includes(alias));
}
