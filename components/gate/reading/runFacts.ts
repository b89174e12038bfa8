import { digestOf } from "../evidence/digest";
import type { Column, Dataset, Metric, Run, Signature } from "../decision/facts";
import { eitherOf, readExperiment, readLastValues, type TrackedRun } from "./tracking";
import { parsed } from "./values";
import { field } from "../../workspace/answer";
import type { Connection } from "../../workspace/rest";

/**
 * The run's tag that holds the model's signature: what goes in and comes out, as MLflow's JSON has it. What a
 * tag cannot hold goes on in `mlops.signature.2` and so on.
 */
const SIGNATURE_TAG = "mlops.signature";
/** The run's tag of the version that validation measured beside this one: `version 3`, or `none`. */
const COMPARED_TAG = "compared_with_champion";
/** MLflow's tag of the sources' git commit. */
const COMMIT_TAG = "mlflow.source.git.commit";

/** What the decision needs of a run. */
export interface Wanted {
  /** Metrics to keep, in this order; the rest of the run is none of the gate's business. */
  readonly metrics: readonly string[];
  /** Those whose history is read, to see whether they were logged twice. */
  readonly histories: readonly string[];
}

/** Reads what belongs to a run, and takes from it what the decision needs. */
export async function runFacts(
  connection: Connection,
  run: TrackedRun,
  { metrics, histories }: Wanted,
  contradictions: string[],
): Promise<Run> {
  const doubtful = histories.filter(
    (name) => run.metrics.has(name) && !run.ambiguous.includes(name) && !run.deleted,
  );
  const [experiment, ...again] = await Promise.all([
    readExperiment(connection, run.experimentId, contradictions),
    ...doubtful.map(async (name): Promise<[string, Metric["value"]]> => {
      const last = await readLastValues(connection, run.id, name, contradictions);
      return [name, eitherOf([...last, run.metrics.get(name)?.value ?? ""])];
    }),
  ]);
  const either = new Map(
    again.filter(([name, value]) => value !== String(run.metrics.get(name)?.value)),
  );
  const kept = metrics.flatMap((name) => {
    const metric = run.metrics.get(name);
    if (metric === undefined) return [];
    return [[name, { ...metric, value: either.get(name) ?? metric.value }] as const];
  });
  const ambiguous = metrics.filter((name) => either.has(name) || run.ambiguous.includes(name));
  return {
    id: run.id,
    deleted: run.deleted,
    experiment,
    metrics: Object.fromEntries(kept),
    ambiguous,
    dataset: validationDataset(run),
    comparedWith: /^version ([1-9]\d*)$/.exec(run.tags.get(COMPARED_TAG) ?? "")?.[1] ?? null,
    commit: run.tags.get(COMMIT_TAG) ?? null,
    signature: signatureOf(parsed(textIn(run.tags, SIGNATURE_TAG))),
  };
}

/**
 * Metrics of the version itself. What other versions (`champion_*`) and live traffic (`canary_*`) showed is no
 * news of it.
 */
export function measuredNames(run: TrackedRun | null): string[] {
  return [...(run?.metrics.keys() ?? [])]
    .filter((name) => !/^(canary|champion)_/.test(name))
    .sort();
}

/**
 * Changes with what was measured of the version itself, and with the rows it was measured on: the same
 * measurements logged again are the same.
 * @param names - Metrics that it is of. @default all of {@link measuredNames}
 */
export function fingerprintOf(
  runId: string | null,
  run: TrackedRun | null,
  names: readonly string[] = measuredNames(run),
): Promise<string> {
  const measured = names.map((name) => [name, run?.metrics.get(name)?.value ?? null] as const);
  const datasets = (run?.datasets ?? []).map(({ context, name, digest }) =>
    JSON.stringify([context, name, digest]),
  );
  return digestOf({
    run: runId,
    metrics: Object.fromEntries(measured),
    datasets: [...new Set(datasets)].sort(),
  });
}

function validationDataset({ datasets }: TrackedRun): Dataset | null {
  const [first, ...others] = datasets.filter(({ context }) => context === "validation");
  if (first === undefined) return null;
  const { name, digest } = first;
  return others.every((one) => one.name === name && one.digest === digest)
    ? { name, digest }
    : null;
}

/** A text that may have been too long for one tag; undefined if it is not there. */
function textIn(tags: TrackedRun["tags"], name: string): string | undefined {
  const parts = [tags.get(name)];
  while (parts.at(-1) !== undefined) parts.push(tags.get(`${name}.${String(parts.length + 1)}`));
  return parts.length === 1 ? undefined : parts.join("");
}

function signatureOf(value: unknown): Signature | null {
  const [inputs, outputs] = [field(value, "inputs"), field(value, "outputs")].map(columnsOf);
  return inputs === undefined || outputs === undefined ? null : { inputs, outputs };
}

function columnsOf(value: unknown): Column[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const columns: Column[] = [];
  for (const column of value) {
    const [name, type] = [field(column, "name") ?? "", field(column, "type")];
    const required = field(column, "required") ?? true;
    if (typeof name !== "string" || typeof type !== "string" || typeof required !== "boolean") {
      return undefined;
    }
    columns.push({ name, type, required });
  }
  return columns;
}
