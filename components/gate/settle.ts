import { adopt, driftOf, movedLine, restore } from "./aliasDrift";
import { isCanaryNoted, noteCanary, requireTrusted } from "./canaryProgress";
import { judgeAgain } from "./judge";
import { withLease, type Lease } from "./lease/lease";
import { noteChampion, promote } from "./promote";
import type { Standing } from "./reading/readFacts";
import { fails, verdictLine, type GateInputs, type GateMemory } from "./record";
import { REFUSED_TAG, tagText, tagVersion } from "./registry";
import type { Connection } from "../workspace/rest";

/**
 * Decides again on fresh facts and, if they still are what the program saw, does what the verdict says. What
 * decisions are made on is written under the model's lease alone, after another look.
 * @param memory - What this gate's state says; what the registry says is held against it.
 * @throws Error when the facts changed meanwhile, when the gate blocks, when the alias is not where this gate
 * left it and may not be put back, or when another update is promoting.
 */
export async function settle(
  connection: Connection,
  inputs: GateInputs,
  memory: GateMemory,
): Promise<GateMemory> {
  const standing = await judgeAgain(connection, inputs);
  if (inputs.verdict.outcome === "error") throw new Error(verdictLine(inputs));
  await requireTrusted(connection, inputs, standing, memory);
  const drift = await driftOf(connection, inputs, standing, memory);
  // A rollback is a person's order, and one that was interrupted has left traces on the champion.
  const isOrdered = inputs.verdict.ground === "rollback";
  if (drift === "moved" && inputs.onAliasDrift === "fail" && !isOrdered) {
    const line = movedLine(inputs.model, memory.champion, standing.champion?.version);
    throw new Error(`${line} Nothing was changed: this gate is told to fail.`);
  }
  const place = { folder: inputs.folder, model: inputs.model, holder: memory.holder };
  const alone = (work: (lease: Lease, fresh: Standing) => Promise<GateMemory>) =>
    withLease(connection, place, async (lease) =>
      work(lease, await judgeAgain(connection, inputs)),
    );

  if (inputs.verdict.outcome === "promoted" && !isChampion(standing, drift)) {
    return alone((lease, fresh) => promote(lease, inputs, fresh, memory));
  }
  const known = drift === "other" ? adopt(standing, memory) : memory;
  const isNoted =
    standing.left === (known.champion ?? null) && isCanaryNoted(standing, inputs, known);
  const now =
    drift !== "moved" && isNoted
      ? known
      : await alone(async (lease, fresh) => {
          if (drift === "moved") await restore(lease, inputs, fresh, known);
          await noteChampion(lease, inputs.model, fresh, known);
          return noteCanary(lease, inputs, fresh, known);
        });
  await noteRefusal(connection, inputs, standing);
  if (fails(inputs)) throw new Error(verdictLine(inputs));
  return now;
}

/** Whether the candidate is champion already, by evidence that is whole. */
function isChampion({ champion, facts }: Standing, drift: string): boolean {
  const { candidate } = facts;
  return drift !== "moved" && champion?.gated === true && champion.version === candidate?.version;
}

/** For whoever looks at the registry; it decides nothing, and a version deleted meanwhile needs no note. */
async function noteRefusal(
  connection: Connection,
  { model, verdict }: GateInputs,
  { facts: { candidate } }: Standing,
): Promise<void> {
  if (candidate === null) return;
  if (verdict.outcome !== "refused" && verdict.outcome !== "inconclusive") return;
  const why = tagText(verdict.reason);
  await tagVersion(connection, model, candidate.version, { [REFUSED_TAG]: why });
}
