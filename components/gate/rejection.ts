import type { Rejection, Version } from "./decision/facts";
import { fingerprintOf, measuredNames } from "./reading/runFacts";
import { readRun } from "./reading/tracking";
import { MOST_KEPT, type GateMemory, type Rejected } from "./record";
import { REJECTED_TAG, VERDICT_TAG, tagVersion } from "./registry";
import type { Connection } from "../workspace/rest";

/** Notes on a version, and for the state, that its measurements must not promote it again. */
export async function reject(
  connection: Connection,
  model: string,
  { version, runId }: Pick<Version, "version" | "runId">,
  { reason, by, at }: Pick<Rejection, "reason" | "by" | "at">,
  memory: GateMemory,
): Promise<GateMemory["rejected"]> {
  const contradictions: string[] = [];
  const run = runId === null ? null : await readRun(connection, runId, contradictions);
  const metrics = manyInJson(measuredNames(run), 350);
  const fingerprint = await fingerprintOf(runId, run, metrics);
  // In JSON a quote takes two characters, a control character six; the rest of the tag takes less than 200.
  const said = { reason: inJson(reason, 350), by: inJson(by, 100), at };
  const rejection = { fingerprint, metrics, ...said };
  await noteRejection(connection, model, { version, ...rejection });
  return [...memory.rejected, { version, ...rejection }].slice(-MOST_KEPT);
}

/** Writes a rejection on the version's tags. */
export async function noteRejection(
  connection: Connection,
  model: string,
  { version, fingerprint, metrics, reason, by, at }: Rejected,
): Promise<void> {
  await tagVersion(connection, model, version, {
    [REJECTED_TAG]: JSON.stringify({ fingerprint, metrics, reason, by, at }),
    [VERDICT_TAG]: "rejected",
  });
}

/** As much of a text as takes at most so many characters in JSON. */
function inJson(text: string, length: number): string {
  let kept = text.trim();
  while (JSON.stringify(kept).length > length) kept = kept.slice(0, -1).trimEnd();
  return kept;
}

/** As many of the texts as take at most so many characters in JSON. */
function manyInJson(texts: readonly string[], length: number): string[] {
  let kept = [...texts];
  while (JSON.stringify(kept).length > length) kept = kept.slice(0, -1);
  return kept;
}
