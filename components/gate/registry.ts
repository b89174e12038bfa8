import { versionOf } from "./reading/values";
import { field } from "../workspace/answer";
import { callWorkspace, type Connection } from "../workspace/rest";

/** The alias of the version that serves production. */
export const CHAMPION = "champion";
/** The alias that training gives to the version it nominates. */
export const CHALLENGER = "challenger";

/*
 * The gate's tags; those of its evidence are in `evidenceTags.ts`. Unity Catalog takes no `. , - = / :` in a
 * key, and at most 1,000 characters in a value:
 * https://learn.microsoft.com/en-us/azure/databricks/database-objects/tags#constraints
 */

/** On a version, the gate's verdict: `promoted`, then `superseded` by the next champion, or `rejected`. */
export const VERDICT_TAG = "mlops_gate_verdict";
/** On a version, why the gate refused it, kept if it passes later. */
export const REFUSED_TAG = "mlops_gate_refused";
/** On a version, beside the verdict `promoted`: why. */
export const REASON_TAG = "mlops_gate_reason";
/** On a version, beside the verdict `promoted`: by the measurements of which run. */
export const RUN_TAG = "mlops_gate_run_id";
/** On a version, beside the verdict `promoted`: when, RFC 3339. */
export const PROMOTED_TAG = "mlops_gate_promoted_at";
/** On a version, which version was champion before. */
export const PREVIOUS_TAG = "mlops_gate_previous_champion";
/** On a version, a `Rejection` in JSON. */
export const REJECTED_TAG = "mlops_gate_rejected";
/** On a version, how far it is on its way to all of the traffic: `step`, `percent` and `since` in JSON. */
export const CANARY_TAG = "mlops_gate_canary";
/** On the registered model, the version that the gate left as champion: an alias elsewhere was moved by hand. */
export const LEFT_TAG = "mlops_gate_champion";

/** MLflow's protocol for Unity Catalog. */
export const REGISTRY = "/api/2.0/mlflow/unity-catalog";

/**
 * The version behind an alias, null if there is none (no such alias, or no such model yet).
 * https://docs.databricks.com/api/workspace/modelversions/getbyalias
 * @throws Error if the answer names no version.
 */
export async function readAlias(
  connection: Connection,
  model: string,
  alias: string,
): Promise<string | null> {
  const answer = await callWorkspace(connection, { method: "GET", path: aliasPath(model, alias) });
  if (answer === undefined) return null;
  const version = versionOf(field(answer, "version"));
  if (version === null) {
    throw new Error(`The registry's answer about ${model}@${alias} has no version.`);
  }
  return version;
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
export function tagVersion(
  connection: Connection,
  model: string,
  version: string,
  tags: Readonly<Record<string, string>>,
): Promise<boolean> {
  return writeTags(connection, "model-versions", { name: model, version }, tags);
}

/**
 * Writes tags on a registered model, one after the other, as the MLflow client does.
 * @returns false if there is no such model.
 */
export function tagModel(
  connection: Connection,
  model: string,
  tags: Readonly<Record<string, string>>,
): Promise<boolean> {
  return writeTags(connection, "registered-models", { name: model }, tags);
}

async function writeTags(
  connection: Connection,
  kind: "model-versions" | "registered-models",
  owner: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): Promise<boolean> {
  for (const [key, value] of Object.entries(tags)) {
    const done = await callWorkspace(connection, {
      method: "POST",
      path: `${REGISTRY}/${kind}/set-tag`,
      body: { ...owner, key, value },
    });
    if (done === undefined) return false;
  }
  return true;
}

function aliasPath(model: string, alias: string): string {
  return `/api/2.1/unity-catalog/models/${encodeURIComponent(model)}/aliases/${alias}`;
}

/** What Unity Catalog takes as a tag's value: at most 1,000 characters, no space at either end. */
export function tagText(text: string): string {
  return text.trim().slice(0, 1000).trimEnd();
}
