import { z } from "zod";
import { readEvidence } from "../../components/gate/evidence/evidenceTags";
import { CHAMPION } from "../../components/gate/registry";
import { readModel, readVersion } from "../../components/gate/reading/registryReads";
import { rejectionOf } from "../../components/gate/reading/versionNotes";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { UserError } from "../shared/userError";
import type { VersionRecord } from "./entries";

/** Calls that run at once. */
const AT_ONCE = 8;

const page = z.object({
  model_versions: z.array(z.object({ version: z.coerce.string() })).default([]),
  next_page_token: z.string().optional(),
});

/** What the registry says of a model. */
export interface Registered {
  /** The version with the alias; null if none has it. */
  readonly champion: string | null;
  readonly versions: readonly VersionRecord[];
  /** What could not be read, each a sentence without a full stop. */
  readonly problems: readonly string[];
}

/**
 * The versions that a model has, the newest first.
 * https://docs.databricks.com/api/workspace/modelversions/list
 * @throws Error if the workspace cannot be reached or refuses.
 */
export async function listVersions(connection: Connection, model: string): Promise<string[]> {
  const path = `/api/2.1/unity-catalog/models/${encodeURIComponent(model)}/versions`;
  const versions: string[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({
      max_results: "100",
      ...(token === undefined ? {} : { page_token: token }),
    }).toString();
    const answer = await callWorkspace(connection, { method: "GET", path: `${path}?${query}` });
    if (answer === undefined) throw new UserError(`There is no model ${model} in the registry.`);
    const { model_versions, next_page_token } = page.parse(answer);
    versions.push(...model_versions.map(({ version }) => version));
    token = next_page_token === "" ? undefined : next_page_token;
  } while (token !== undefined);
  return versions.sort((a, b) => Number(b) - Number(a));
}

/**
 * Champion and versions with what the gate has noted at them. Only a call for each version has its tags.
 * @throws Error if the workspace cannot be reached or refuses.
 */
export async function readRegistered(connection: Connection, model: string): Promise<Registered> {
  const problems: string[] = [];
  const [found, numbers] = await Promise.all([
    readModel(connection, model, problems),
    listVersions(connection, model),
  ]);
  const versions: VersionRecord[] = [];
  for (let from = 0; from < numbers.length; from += AT_ONCE) {
    const some = numbers.slice(from, from + AT_ONCE);
    const read = await Promise.all(
      some.map((version) => readRecord(connection, model, version, problems)),
    );
    versions.push(...read.flat());
  }
  return { champion: found?.aliases.get(CHAMPION) ?? null, versions, problems };
}

async function readRecord(
  connection: Connection,
  model: string,
  version: string,
  problems: string[],
): Promise<VersionRecord[]> {
  const found = await readVersion(connection, model, version, problems);
  // One that was deleted meanwhile.
  if (found === undefined || found === null) return [];
  const evidence = await readEvidence(Object.fromEntries(found.tags), model, version);
  return [{ version, evidence, rejection: rejectionOf(found, problems) }];
}
