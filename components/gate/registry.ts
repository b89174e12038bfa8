import type { Candidate } from "./decide";
import { readMetrics } from "./runMetrics";
import { field } from "../workspace/answer";
import { callWorkspace, type Connection } from "../workspace/rest";

/** The alias of the version that serves production. */
export const CHAMPION = "champion";
/** The alias that training gives to the version it nominates. */
export const CHALLENGER = "challenger";
/** The version tag of the gate's verdict: `promoted`, then `superseded` by the next champion. */
export const VERDICT_TAG = "mlops.gate.verdict";
/** The version tag that says why the gate refused the version, kept if it passes later. */
export const REFUSED_TAG = "mlops.gate.refused";
/** The version tags beside the verdict `promoted`: why, by which run, and when (RFC 3339). */
export const REASON_TAG = "mlops.gate.reason";
export const RUN_TAG = "mlops.gate.run_id";
export const PROMOTED_TAG = "mlops.gate.promoted_at";
/** The version tag that says which version was champion before. */
export const PREVIOUS_TAG = "mlops.gate.previous_champion";

/** The version that is champion now. */
export interface Champion {
  readonly version: string;
  /** Whether the gate promoted it: an alias that somebody moved by hand carries no verdict. */
  readonly gated: boolean;
}

/** What the registry says about a model at one moment. */
export interface Standing {
  readonly candidate: Candidate | null;
  readonly champion: Champion | null;
  /** Whether the candidate has the gate's verdict but not the alias: somebody took it away. */
  readonly lost: boolean;
}

/**
 * Reads candidate, its run's metrics, and champion.
 * @param metrics - Names of the metrics to keep; the rest of the run is none of the gate's business.
 * @throws Error if the workspace cannot be reached, refuses, or answers in an unknown shape.
 */
export async function readStanding(
  connection: Connection,
  model: string,
  metrics: readonly string[],
): Promise<Standing> {
  const [candidate, champion] = await Promise.all([
    readAlias(connection, model, CHALLENGER).then((challenger) =>
      challenger === null ? null : readCandidate(connection, challenger, metrics),
    ),
    readChampion(connection, model),
  ]);
  const lost =
    candidate !== null &&
    candidate.version !== champion?.version &&
    (await hasVerdict(connection, model, candidate.version));
  return { candidate, champion, lost };
}

/** The version behind the champion alias, and whether the gate put it there; null if there is none. */
export async function readChampion(
  connection: Connection,
  model: string,
): Promise<Champion | null> {
  const target = await readAlias(connection, model, CHAMPION);
  if (target === null) return null;
  const { version } = target;
  return { version, gated: await hasVerdict(connection, model, version) };
}

interface AliasTarget {
  readonly version: string;
  readonly status: string;
  readonly runId: string | null;
}

/**
 * The version behind an alias, null if there is none (no such alias, or no such model yet).
 * https://docs.databricks.com/api/workspace/modelversions/getbyalias
 */
export async function readAlias(
  connection: Connection,
  model: string,
  alias: string,
): Promise<AliasTarget | null> {
  const answer = await callWorkspace(connection, { method: "GET", path: aliasPath(model, alias) });
  if (answer === undefined) return null;
  const version = field(answer, "version");
  const status = field(answer, "status");
  const runId = field(answer, "run_id");
  if ((typeof version !== "number" && typeof version !== "string") || typeof status !== "string") {
    throw new Error(`The registry's answer about ${model}@${alias} has no version or status.`);
  }
  return {
    version: String(version),
    status,
    runId: typeof runId === "string" && runId !== "" ? runId : null,
  };
}

/**
 * Points `alias` at `version`: https://docs.databricks.com/api/workspace/registeredmodels/setalias
 * @returns false if there is no such version.
 */
export async function setAlias(
  connection: Connection,
  model: string,
  alias: string,
  version: string,
): Promise<boolean> {
  const done = await callWorkspace(connection, {
    method: "PUT",
    path: aliasPath(model, alias),
    body: { version_num: Number(version) },
  });
  return done !== undefined;
}

/**
 * Writes tags on a model version, one after the other, as the MLflow client does.
 * @returns false if there is no such version.
 */
export async function tagVersion(
  connection: Connection,
  model: string,
  version: string,
  tags: Readonly<Record<string, string>>,
): Promise<boolean> {
  for (const [key, value] of Object.entries(tags)) {
    const done = await callWorkspace(connection, {
      method: "POST",
      path: "/api/2.0/mlflow/unity-catalog/model-versions/set-tag",
      body: { name: model, version, key, value },
    });
    if (done === undefined) return false;
  }
  return true;
}

async function readCandidate(
  connection: Connection,
  target: AliasTarget,
  metrics: readonly string[],
): Promise<Candidate> {
  const measured = target.runId === null ? {} : await readMetrics(connection, target.runId);
  // In the order of the rules, whatever the server's: the same facts must compare equal.
  const wanted = metrics.flatMap((name) => {
    const value = Object.hasOwn(measured, name) ? measured[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...target, metrics: Object.fromEntries(wanted) };
}

/** The tags of a version, as the MLflow client reads them. */
export async function readTags(
  connection: Connection,
  model: string,
  version: string,
): Promise<Record<string, string>> {
  const query = new URLSearchParams({ name: model, version }).toString();
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.0/mlflow/unity-catalog/model-versions/get?${query}`,
  });
  const found = field(field(answer, "model_version"), "tags");
  const tags: Record<string, string> = {};
  for (const tag of Array.isArray(found) ? found : []) {
    const [key, value] = [field(tag, "key"), field(tag, "value")];
    if (typeof key === "string" && typeof value === "string") tags[key] = value;
  }
  return tags;
}

async function hasVerdict(
  connection: Connection,
  model: string,
  version: string,
): Promise<boolean> {
  return (await readTags(connection, model, version))[VERDICT_TAG] === "promoted";
}

function aliasPath(model: string, alias: string): string {
  return `/api/2.1/unity-catalog/models/${encodeURIComponent(model)}/aliases/${alias}`;
}
