import { digestOf } from "./evidence/digest";
import { makeEvidence } from "./evidence/evidence";
import { evidenceTags } from "./evidence/evidenceTags";
import type { Lease } from "./lease/lease";
import type { Standing } from "./reading/readFacts";
import { MOST_KEPT, type GateInputs, type GateMemory, type Promoted } from "./record";
import {
  CANARY_TAG,
  CHAMPION,
  LEFT_TAG,
  PREVIOUS_TAG,
  PROMOTED_TAG,
  REASON_TAG,
  RUN_TAG,
  VERDICT_TAG,
  readAlias,
  setAlias,
  tagModel,
  tagText,
  tagVersion,
} from "./registry";
import type { Statement } from "./evidence/statement";
import { reject } from "./rejection";
import type { Connection } from "../workspace/rest";

/**
 * Moves the alias, in an order that can be broken off anywhere and begun again: what a rollback leaves is
 * rejected first, lest the next update promotes it again; then the evidence, because an alias without it counts
 * as moved by hand; what the model's tag says last: until it does, the next update has something to finish.
 * @returns What the state is to know.
 * @throws Error if the lease is lost, the version is gone, or the alias does not read as it was set.
 */
export async function promote(
  lease: Lease,
  inputs: GateInputs,
  standing: Standing,
  memory: GateMemory,
): Promise<GateMemory> {
  const { model, policy, verdict, rollback } = inputs;
  const { candidate, baseline } = standing.facts;
  if (candidate === null) throw new Error(`${model} has no version to promote.`);
  const { version, runId } = candidate;
  const { connection } = lease;
  const previous = previousOf(version, standing, memory);
  const at = new Date().toISOString();
  const evidence = await makeEvidence({
    ...{ model, version: candidate, verdict, policy, previousChampion: previous ?? null, at },
    ...(rollback === null ? {} : { rollback }),
  });
  const digest = await digestOf(evidence);
  await lease.requireHeld();
  let { rejected } = memory;
  if (rollback !== null && baseline !== null && baseline.version !== version) {
    const { reason, by } = rollback;
    rejected = await reject(connection, model, baseline, { reason, by, at }, memory);
  }
  const tagged = await tagVersion(connection, model, version, {
    ...evidenceTags(evidence, digest, standing.candidateEvidence),
    [REASON_TAG]: tagText(verdict.reason),
    ...(runId === null ? {} : { [RUN_TAG]: runId }),
    [PROMOTED_TAG]: at,
    ...(previous === undefined ? {} : { [PREVIOUS_TAG]: previous }),
    ...(standing.facts.canary === null ? {} : { [CANARY_TAG]: "" }),
    [VERDICT_TAG]: "promoted",
  });
  await moveAlias(lease, model, version, tagged);
  await noteLeft(connection, model, version, rollback === null ? previous : undefined);
  const { ground, reason } = evidence.predicate.promotion;
  const entry = { version, digest, at, ground, reason };
  return { ...remember(memory, entry, evidence, previous), rejected };
}

/**
 * Points the alias at a version.
 * @param exists - Whether the version was there a moment ago.
 */
export async function moveAlias(
  lease: Lease,
  model: string,
  version: string,
  exists: boolean,
): Promise<void> {
  const { connection } = lease;
  await lease.requireHeld();
  if (!exists || !(await setAlias(connection, model, CHAMPION, version))) {
    throw new Error(`${model} has no version ${version} any more.`);
  }
  const after = await readAlias(connection, model, CHAMPION);
  if (after !== version) {
    throw new Error(
      `${model}@${CHAMPION} was set to ${version} but reads ${after ?? "none"}: ` +
        "another update may be running. Run this one again.",
    );
  }
}

/** Writes what an interrupted promotion has left to write. */
export async function noteChampion(
  lease: Lease,
  model: string,
  { left }: Standing,
  { champion, previousChampion, history }: GateMemory,
): Promise<void> {
  if (left === (champion ?? null)) return;
  // What a rollback has left is rejected, which is noted first.
  const superseded = history.at(-1)?.ground === "rollback" ? undefined : previousChampion;
  // One that a gate has left whose state is gone, and whose alias too, is nobody's champion any more.
  await noteLeft(lease.connection, model, champion ?? "none", superseded);
}

async function noteLeft(
  connection: Connection,
  model: string,
  version: string,
  previous: string | undefined,
): Promise<void> {
  if (previous !== undefined && previous !== version) {
    // One that was deleted meanwhile needs no note.
    await tagVersion(connection, model, previous, { [VERDICT_TAG]: "superseded" });
  }
  await tagModel(connection, model, { [LEFT_TAG]: version });
}

/** What the state knows after a promotion. */
export function remember(
  memory: GateMemory,
  entry: Promoted,
  evidence: Statement,
  previous: string | undefined,
): GateMemory {
  const { holder, history, rejected } = memory;
  return {
    ...{ holder, champion: entry.version, promotedAt: entry.at, evidence, rejected },
    ...(previous === undefined ? {} : { previousChampion: previous }),
    history: [...history, entry].slice(-MOST_KEPT),
  };
}

/** The champion before; one that somebody put there by hand never was it. */
function previousOf(
  version: string,
  { champion, candidateEvidence }: Standing,
  memory: GateMemory,
): string | undefined {
  const gated = champion?.gated === true ? champion.version : undefined;
  const found = [gated, memory.champion].find((one) => one !== undefined && one !== version);
  if (found !== undefined) return found;
  // What an interrupted promotion of this version noted.
  const noted = candidateEvidence.state === "intact" ? candidateEvidence.previousChampion : null;
  return noted ?? memory.previousChampion;
}
