import { decide } from "./decision/decide";
import type { Lease } from "./lease/lease";
import { noteRejection, reject } from "./rejection";
import type { Standing } from "./reading/readFacts";
import { shortName, type GateInputs, type GateMemory } from "./record";
import { CANARY_TAG, tagVersion } from "./registry";
import type { Connection } from "../workspace/rest";

/**
 * Holds what tags say of rejections and canaries against the state, which nobody can write who only may tag.
 * A tag may be one step ahead: then an update was interrupted, and what let it go on must still hold.
 * @throws Error if a tag was changed; it is put right, so that the next preview goes by it.
 */
export async function requireTrusted(
  connection: Connection,
  inputs: GateInputs,
  { facts }: Standing,
  memory: GateMemory,
): Promise<void> {
  const { model, policy, rollback, verdict } = inputs;
  const { candidate } = facts;
  if (candidate === null || (verdict.outcome !== "promoted" && verdict.outcome !== "canary"))
    return;
  const rejection = memory.rejected.filter((one) => one.version === candidate.version).at(-1);
  const { version } = candidate;
  const name = `${shortName(model)} v${version}`;
  const isNoted = candidate.rejection?.fingerprint === rejection?.fingerprint;
  if (rejection !== undefined && !isNoted && verdict.ground !== "breakglass") {
    await noteRejection(connection, model, rejection);
    throw new Error(
      `${name} was rejected by ${rejection.by} at ${rejection.at}: ${rejection.reason}. ` +
        "Somebody has changed the tag that says so; it is there again, and nothing was moved.",
    );
  }
  if (rollback !== null || policy.canary.length === 0) return;
  const known = memory.progress?.version === version ? memory.progress : null;
  const own = decide(policy, { ...facts, canary: known });
  if (own.outcome === verdict.outcome && own.canary?.step === verdict.canary?.step) return;
  const tag = known === null ? "" : canaryTag(policy, known);
  await tagVersion(connection, model, version, { [CANARY_TAG]: tag });
  throw new Error(
    `${name} is not as far on its canary as its tag said; the tag is put right, and nothing was moved. ` +
      "Run the update once more.",
  );
}

/** Whether tags and state say of the candidate's canary what they should. */
export function isCanaryNoted(
  { facts: { candidate, canary } }: Standing,
  { verdict }: GateInputs,
  { progress }: GateMemory,
): boolean {
  if (verdict.canary === null) return canary === null && progress === undefined;
  const version = candidate?.version;
  return [canary, progress].every(
    (one) => one?.version === version && one?.step === verdict.canary?.step,
  );
}

/** Notes on the candidate's tags how far its canary has come, or that it failed. */
export async function noteCanary(
  { connection }: Lease,
  { model, policy, verdict }: GateInputs,
  { facts: { candidate, canary } }: Standing,
  memory: GateMemory,
): Promise<GateMemory> {
  if (candidate === null) return memory;
  const { version } = candidate;
  const rest = withoutProgress(memory);
  if (verdict.canary !== null) {
    const { step } = verdict.canary;
    const since = canary?.step === step ? canary.since : new Date().toISOString();
    const progress = { version, step, since };
    await tagVersion(connection, model, version, { [CANARY_TAG]: canaryTag(policy, progress) });
    return { ...rest, progress };
  }
  if (canary === null) return rest;
  await tagVersion(connection, model, version, { [CANARY_TAG]: "" });
  const failed = verdict.checks.some(
    ({ name, result }) => name.startsWith("canary ") && result === "failed",
  );
  if (verdict.outcome !== "refused" || !failed) return rest;
  const why = { reason: verdict.reason, by: "its canary", at: new Date().toISOString() };
  return { ...rest, rejected: await reject(connection, model, candidate, why, memory) };
}

function withoutProgress(memory: GateMemory): GateMemory {
  const rest: { -readonly [Key in keyof GateMemory]: GateMemory[Key] } = { ...memory };
  delete rest.progress;
  return rest;
}

function canaryTag(
  { canary }: GateInputs["policy"],
  { step, since }: { readonly step: number; readonly since: string },
): string {
  return JSON.stringify({ step, percent: canary[step]?.percent ?? 0, since });
}
