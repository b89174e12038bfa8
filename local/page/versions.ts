import { z } from "zod";
import { double, int64 } from "../mlflow/fields";
import { mlflowOf } from "../mlflow/server";
import { mlflowModel, versionsAnswer, type MlflowVersion } from "../models/mlflowAnswers";
import { withRecord } from "../models/versions";
import type { Workspace } from "../workspace";
import { gateOf, isGateTag, type GateView } from "./gate";

/** A metric of a run; MLflow writes what is no number as text. */
export interface Metric {
  readonly name: string;
  readonly value: number | "NaN" | "Infinity" | "-Infinity";
}

/** The MLflow run that made a version. */
export interface SourceRun {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: number;
  readonly metrics: readonly Metric[];
}

/** A model version, as the page shows it. Times in ms. */
export interface VersionView {
  readonly number: number;
  readonly status: "PENDING_REGISTRATION" | "FAILED_REGISTRATION" | "READY";
  readonly problem: string | undefined;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Id of the run it names as its source. */
  readonly runId: string | undefined;
  /** Undefined without a source, or when the source is gone. */
  readonly run: SourceRun | undefined;
  /** What the promotion gate left on it. */
  readonly gate: GateView | undefined;
  /** All other tags. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** MLflow takes no more at once. */
const PAGE = 1000;
/** Runs that are asked for in one call: the newest versions' come first. */
const RUNS = 1000;

const modelsAnswer = z.object({
  registered_models: z.array(mlflowModel).default([]),
  next_page_token: z.string().optional(),
});
const experimentsAnswer = z.object({
  experiments: z.array(z.object({ experiment_id: z.string() })).default([]),
  next_page_token: z.string().optional(),
});
const runsAnswer = z.object({
  runs: z
    .array(
      z.object({
        info: z.object({
          run_id: z.string(),
          run_name: z.string().default(""),
          status: z.string().default("RUNNING"),
          start_time: int64.default(0),
        }),
        data: z.object({
          metrics: z.array(z.object({ key: z.string(), value: double.default(0) })).default([]),
        }),
      }),
    )
    .default([]),
});

/**
 * The versions of all models, newest first, by the model's full name: four kinds of calls to MLflow,
 * however many models and versions there are.
 * @throws ApiError when MLflow refuses or cannot be reached.
 */
export async function readVersions(
  workspace: Workspace,
): Promise<ReadonlyMap<string, readonly VersionView[]>> {
  const [versions, models, experiments] = await Promise.all([
    paged(workspace, "model-versions/search", versionsAnswer, (page) => page.model_versions),
    paged(workspace, "registered-models/search", modelsAnswer, (page) => page.registered_models),
    paged(workspace, "experiments/search", experimentsAnswer, (page) => page.experiments),
  ]);
  const newest = [...versions].sort((a, b) => b.creation_timestamp - a.creation_timestamp);
  const runs = await readRuns(
    workspace,
    experiments.map((one) => one.experiment_id),
    [...new Set(newest.flatMap(({ run_id }) => (run_id ? [run_id] : [])))].slice(0, RUNS),
  );
  const views = new Map<string, VersionView[]>();
  for (const { name, aliases } of models) {
    const own = newest.filter((version) => version.name === name);
    views.set(
      name,
      own
        .map((version) => viewOf(workspace, version, aliases, runs))
        .sort((a, b) => b.number - a.number),
    );
  }
  return views;
}

type AliasTargets = z.output<typeof mlflowModel>["aliases"];

function viewOf(
  workspace: Workspace,
  found: MlflowVersion,
  aliases: AliasTargets,
  runs: ReadonlyMap<string, SourceRun>,
): VersionView {
  const version = withRecord(workspace, found);
  const runId = version.run_id === "" ? undefined : version.run_id;
  return {
    number: version.version,
    status: version.status,
    problem: version.status_message,
    aliases: aliases.flatMap((one) => (one.version === version.version ? [one.alias] : [])).sort(),
    description: version.description ?? "",
    createdAt: version.creation_timestamp,
    createdBy: version.created_by,
    runId,
    run: runId === undefined ? undefined : runs.get(runId),
    gate: gateOf(version.tags),
    tags: version.tags.filter((tag) => !isGateTag(tag)),
  };
}

async function readRuns(
  workspace: Workspace,
  experiments: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, SourceRun>> {
  // Ids are MLflow's own; what is none cannot get into the filter.
  const safe = ids.filter((id) => /^\w+$/.test(id));
  if (safe.length === 0 || experiments.length === 0) return new Map();
  const answer = await mlflowOf(workspace).call("POST", "/api/2.0/mlflow/runs/search", {
    experiment_ids: experiments,
    filter: `attributes.run_id IN (${safe.map((id) => `'${id}'`).join(", ")})`,
    max_results: safe.length,
  });
  return new Map(
    runsAnswer.parse(answer).runs.map(({ info, data }) => [
      info.run_id,
      {
        id: info.run_id,
        name: info.run_name,
        status: info.status,
        startedAt: info.start_time,
        metrics: data.metrics
          .map(({ key, value }) => ({ name: key, value }))
          .sort((a, b) => a.name.localeCompare(b.name)),
      },
    ]),
  );
}

async function paged<A extends { next_page_token?: string | undefined }, T>(
  workspace: Workspace,
  call: string,
  answer: z.ZodType<A>,
  itemsOf: (page: A) => readonly T[],
): Promise<T[]> {
  const found: T[] = [];
  let page_token: string | undefined;
  do {
    const page = answer.parse(
      await mlflowOf(workspace).call("GET", `/api/2.0/mlflow/${call}`, {
        max_results: PAGE,
        page_token,
      }),
    );
    found.push(...itemsOf(page));
    page_token = page.next_page_token === "" ? undefined : page.next_page_token;
  } while (page_token !== undefined);
  return found;
}
