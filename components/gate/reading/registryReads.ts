import { REGISTRY } from "../registry";
import { pairsOf, versionOf } from "./values";
import { field } from "../../workspace/answer";
import { callWorkspace, type Connection } from "../../workspace/rest";

/** A registered model. */
export interface RegisteredModel {
  /** Versions by their alias. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

/** A version as the registry answers it. */
export interface RegisteredVersion {
  readonly version: string;
  readonly status: string;
  readonly runId: string | null;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * A model with its aliases and tags, in the one call that has both: the MLflow client's.
 * @param contradictions - Gets what cannot be as it was answered.
 * @returns null if there is none, or none that can be believed.
 */
export async function readModel(
  connection: Connection,
  model: string,
  contradictions: string[],
): Promise<RegisteredModel | null> {
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `${REGISTRY}/registered-models/get?${new URLSearchParams({ name: model }).toString()}`,
  });
  if (answer === undefined) return null;
  const found = field(answer, "registered_model");
  const [aliases, tags] = [aliasesOf(found, contradictions), pairsOf(field(found, "tags"))];
  if (!isNamed(found, model) || aliases === undefined || tags === undefined) {
    contradictions.push(`the registry's answer about ${model} is none that Unity Catalog gives`);
    return null;
  }
  return { aliases, tags };
}

/**
 * A version with its tags: https://mlflow.org/docs/latest/rest-api.html#get-modelversion
 * @param contradictions - Gets what cannot be as it was answered.
 * @returns undefined if there is none, null if there is none that can be believed.
 */
export async function readVersion(
  connection: Connection,
  model: string,
  version: string,
  contradictions: string[],
): Promise<RegisteredVersion | null | undefined> {
  const query = new URLSearchParams({ name: model, version }).toString();
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `${REGISTRY}/model-versions/get?${query}`,
  });
  if (answer === undefined) return undefined;
  const found = field(answer, "model_version");
  const answered = versionOf(field(found, "version"));
  if (answered !== null && isNamed(found, model) && answered !== version) {
    contradictions.push(
      `asked for version ${version} of ${model}, the registry answered version ${answered}`,
    );
    return null;
  }
  const [status, runId] = [field(found, "status"), field(found, "run_id") ?? ""];
  const tags = pairsOf(field(found, "tags"));
  if (
    answered === null ||
    !isNamed(found, model) ||
    typeof status !== "string" ||
    typeof runId !== "string" ||
    tags === undefined
  ) {
    contradictions.push(
      `the registry's answer about version ${version} of ${model} is none that Unity Catalog gives`,
    );
    return null;
  }
  return { version, status, runId: runId === "" ? null : runId, tags };
}

/**
 * The tags of a version, as the MLflow client reads them; none if there is no such version.
 * @throws Error if they cannot be believed.
 */
export async function readTags(
  connection: Connection,
  model: string,
  version: string,
): Promise<Readonly<Record<string, string>>> {
  const contradictions: string[] = [];
  const found = await readVersion(connection, model, version, contradictions);
  if (contradictions.length > 0) throw new Error(`${contradictions.join("; ")}.`);
  return Object.fromEntries(found?.tags ?? []);
}

/** Unity Catalog keeps names in lower case. */
function isNamed(found: unknown, model: string): boolean {
  const name = field(found, "name");
  return typeof name === "string" && name.toLowerCase() === model.toLowerCase();
}

function aliasesOf(found: unknown, contradictions: string[]): Map<string, string> | undefined {
  const listed = field(found, "aliases") ?? [];
  if (!Array.isArray(listed)) return undefined;
  const aliases = new Map<string, string>();
  for (const one of listed) {
    const [alias, version] = [field(one, "alias"), versionOf(field(one, "version"))];
    if (typeof alias !== "string" || version === null) return undefined;
    const other = aliases.get(alias);
    if (other !== undefined && other !== version) {
      contradictions.push(
        `the alias ${alias} points at version ${other} and at version ${version}`,
      );
    }
    aliases.set(alias, version);
  }
  return aliases;
}
