import { decide } from "./decision/decide";
import { digestOf } from "./evidence/digest";
import { evidenceTags } from "./evidence/evidenceTags";
import { judge, seen } from "./judge";
import type { Lease } from "./lease/lease";
import { moveAlias, remember } from "./promote";
import { readFacts, type Standing } from "./reading/readFacts";
import type { GateInputs, GateMemory } from "./record";
import { CHAMPION, VERDICT_TAG, tagVersion } from "./registry";
import type { Connection } from "../workspace/rest";

/**
 * How the alias stands to what this gate's state says:
 * - `none`: as this gate left it;
 * - `other`: at a version that the gate of another state has promoted, or an update of this one that was
 *   interrupted, and that stands up to this gate's own decision;
 * - `moved`: anything else. Somebody moved it by hand, deleted it, or changed the evidence.
 */
export type Drift = "none" | "other" | "moved";

/** Finds out; see {@link Drift}. */
export async function driftOf(
  connection: Connection,
  inputs: GateInputs,
  standing: Standing,
  memory: GateMemory,
): Promise<Drift> {
  const { champion, evidence } = standing;
  if (champion === null) return memory.champion === undefined ? "none" : "moved";
  if (champion.version === memory.champion) {
    const expected = memory.history.at(-1)?.digest;
    const isSame = evidence.state === "intact" && champion.gated && evidence.digest === expected;
    // Before there was evidence, there was none to compare.
    return isSame || expected === undefined ? "none" : "moved";
  }
  if (!champion.gated || evidence.state !== "intact") return "moved";
  return (await isProven(connection, inputs, standing, memory)) ? "other" : "moved";
}

/**
 * Whether the champion would have been promoted by this gate. Its evidence alone does not count: who may write
 * tags can write that, too.
 */
async function isProven(
  connection: Connection,
  { model, policy, rollback, verdict }: GateInputs,
  { champion, evidence, facts }: Standing,
  { history, rejected }: GateMemory,
): Promise<boolean> {
  if (champion === null || evidence.state !== "intact") return false;
  const { version } = champion;
  if (rollback === null && verdict.outcome === "promoted" && facts.candidate?.version === version) {
    return true;
  }
  const isOf = (one: { readonly version: string }): boolean => one.version === version;
  if (evidence.ground === "rollback" && history.some(isOf) && !rejected.some(isOf)) return true;
  const own = await readFacts(connection, model, policy, version);
  return decide({ ...policy, canary: [], dryRun: false }, own.facts).outcome === "promoted";
}

/** What the state is to know where the champion is not the one that it knows: that one, if it is proven. */
export async function recognize(
  connection: Connection,
  inputs: GateInputs,
  memory: GateMemory,
): Promise<GateMemory> {
  const question = { ...inputs, rollback: null };
  const judged = await judge(connection, question);
  const drift = await driftOf(
    connection,
    { ...question, ...seen(judged) },
    judged.standing,
    memory,
  );
  return drift === "other" ? adopt(judged.standing, memory) : memory;
}

/** What the state is to know of a champion that another one has promoted. */
export function adopt({ champion, evidence }: Standing, memory: GateMemory): GateMemory {
  if (champion === null || evidence.state !== "intact") return memory;
  const { statement, digest, promotedAt: at, previousChampion } = evidence;
  const { ground, reason } = statement.predicate.promotion;
  const entry = { version: champion.version, digest, at, ground, reason };
  return {
    ...remember(memory, entry, statement, previousChampion ?? memory.champion),
    ...(memory.progress === undefined ? {} : { progress: memory.progress }),
  };
}

/**
 * Makes the version that this gate left as champion champion again, with its evidence first.
 * @throws Error if there is no such version any more; or if the program, and so the endpoint, went by another one.
 */
export async function restore(
  lease: Lease,
  { model, left }: GateInputs,
  { champion }: Standing,
  { champion: version, evidence }: GateMemory,
): Promise<void> {
  const moved = movedLine(model, version, champion?.version);
  if (version === undefined) {
    throw new Error(`${moved} Nominate a version that passes, or delete the alias.`);
  }
  const proof = evidence === undefined ? {} : evidenceTags(evidence, await digestOf(evidence));
  const tags = { ...proof, [VERDICT_TAG]: "promoted" };
  await lease.requireHeld();
  if (!(await tagVersion(lease.connection, model, version, tags))) {
    throw new Error(
      `${moved} Version ${version} is not in the registry any more, so it cannot be put back. ` +
        "Nominate a version that passes.",
    );
  }
  await moveAlias(lease, model, version, true);
  if (left === version) return;
  throw new Error(
    `${moved} It points at ${version} again; run the update once more to bring the endpoint along.`,
  );
}

/** What happened to the alias, in a sentence. */
export function movedLine(
  model: string,
  expected: string | undefined,
  found: string | undefined,
): string {
  const alias = `${model}@${CHAMPION}`;
  if (expected === undefined) {
    return `${alias} points at version ${found ?? "none"}, which this gate never promoted.`;
  }
  if (expected === found) {
    return `${alias} points at version ${expected}, whose evidence was changed or taken away.`;
  }
  return `${alias} was moved by hand from ${expected} to ${found ?? "none"}.`;
}
