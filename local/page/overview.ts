import { driftHistory, type DriftHistory } from "../dataQuality/history";
import type { Monitor } from "../dataQuality/monitors";
import { models } from "../models/records";
import type { Workspace } from "../workspace";
import { readAlerts, type AlertView } from "./alerts";
import { concernsOf, rank, type Concern, type ModelFacts } from "./attention";
import { readEndpoints, type EndpointView } from "./endpoints";
import { readJobs, readRuns, type JobView, type RunView } from "./jobs";
import { readMonitors, type MonitorView } from "./monitors";
import { PATIENCE_MS, map, orElse, read, type Reading } from "./reading";
import { mentions, relatedTo } from "./related";
import { readVersions, type VersionView } from "./versions";

/** A registered model with everything that has to do with it. */
export interface ModelView extends ModelFacts {
  readonly fullName: string;
  readonly owner: string;
  readonly comment: string | undefined;
  readonly createdAt: number;
  /** Worst first; empty when all is well. */
  readonly concerns: readonly Concern[];
}

/** What the workspace holds, as the page shows it. */
export interface Overview {
  /** When it was read, in ms. */
  readonly asOf: number;
  /** Those that need attention first, worst first; then by name. */
  readonly models: readonly ModelView[];
  /** Every alias that some version has. */
  readonly aliases: readonly string[];
  /** Sources that did not answer, and why. */
  readonly unknown: readonly string[];
  /** What has to do with no model. */
  readonly others: {
    readonly endpoints: readonly EndpointView[];
    readonly monitors: readonly MonitorView[];
    readonly alerts: readonly AlertView[];
    readonly jobs: readonly JobView[];
  };
  /** All runs, the newest first. */
  readonly runs: readonly RunView[];
}

/** The sources that may fail or be slow. Everything else is the workspace's own records, which are neither. */
export interface Sources {
  readonly versions: (workspace: Workspace) => Promise<ReadonlyMap<string, readonly VersionView[]>>;
  readonly drift: (workspace: Workspace, monitor: Monitor) => Promise<DriftHistory>;
}

/** Reads everything once, side by side. What a source does not tell within `patienceMs` is unknown. */
export async function readOverview(
  workspace: Workspace,
  sources: Sources = { versions: readVersions, drift: driftHistory },
  patienceMs = PATIENCE_MS,
): Promise<Overview> {
  const asOf = Date.now();
  const alerts = readAlerts(workspace);
  const [versions, monitors] = await Promise.all([
    read("MLflow", () => sources.versions(workspace), patienceMs),
    readMonitors(workspace, alerts, (monitor) =>
      read("The SQL engine", () => sources.drift(workspace, monitor), patienceMs),
    ),
  ]);
  const runs = readRuns(workspace);
  const all = {
    endpoints: readEndpoints(workspace),
    monitors,
    alerts,
    jobs: readJobs(workspace, runs),
  };
  const views = models(workspace)
    .list()
    .map((model): ModelView => {
      const related = relatedTo(model.full_name, all);
      const facts: ModelFacts = {
        ...related,
        versions: map(versions, (found) => found.get(model.full_name) ?? []),
        alerts: all.alerts.filter(({ text }) => mentions(text, related.names)),
      };
      return {
        ...facts,
        fullName: model.full_name,
        owner: model.owner,
        comment: model.comment,
        createdAt: model.created_at,
        concerns: concernsOf(facts),
      };
    });
  return {
    asOf,
    models: views.sort(byUrgency),
    aliases: aliasesOf(orElse(versions, new Map<string, readonly VersionView[]>())),
    unknown: whyUnknown([versions, ...monitors.map(({ drift }) => drift)]),
    others: {
      endpoints: without(all.endpoints, views, "endpoints"),
      monitors: without(all.monitors, views, "monitors"),
      alerts: without(all.alerts, views, "alerts"),
      jobs: without(all.jobs, views, "jobs"),
    },
    runs,
  };
}

type Part = "endpoints" | "monitors" | "alerts" | "jobs";

function without<P extends Part>(
  all: readonly ModelView[P][number][],
  models: readonly ModelView[],
  part: P,
): ModelView[P][number][] {
  const taken = new Set<unknown>(models.flatMap((model): readonly unknown[] => model[part]));
  return all.filter((one) => !taken.has(one));
}

/** The worst concern decides, then how many there are, then the name. */
export function byUrgency(a: ModelView, b: ModelView): number {
  const worst = ({ concerns: [first] }: ModelView) => (first === undefined ? 9 : rank(first));
  return (
    worst(a) - worst(b) ||
    b.concerns.length - a.concerns.length ||
    a.fullName.localeCompare(b.fullName)
  );
}

function aliasesOf(versions: ReadonlyMap<string, readonly VersionView[]>): string[] {
  const found = [...versions.values()].flatMap((own) => own.flatMap(({ aliases }) => aliases));
  return [...new Set(found)].sort();
}

function whyUnknown(readings: readonly Reading<unknown>[]): string[] {
  return [...new Set(readings.flatMap((one) => (one.known ? [] : [one.why])))];
}
