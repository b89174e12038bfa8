import { decide, type Candidate } from "./decide";
import { LOGIC, canonical, verdictLine, type GateInputs, type GateOutputs } from "./record";
import {
  CHAMPION,
  PREVIOUS_TAG,
  PROMOTED_TAG,
  REASON_TAG,
  REFUSED_TAG,
  RUN_TAG,
  VERDICT_TAG,
  readAlias,
  readStanding,
  readTags,
  setAlias,
  tagVersion,
  type Champion,
} from "./registry";
import type { Connection } from "../workspace/rest";

/**
 * Decides again on fresh facts and, if they still are what the program saw, moves the alias.
 * @throws Error when the facts changed meanwhile, when the gate blocks, when somebody moved the alias,
 * or when it cannot be read back.
 */
export async function settle(
  connection: Connection,
  inputs: GateInputs,
  recorded?: GateOutputs,
): Promise<GateOutputs> {
  const { model, rules, candidate, onFailure } = inputs;
  const metrics = rules.map((rule) => rule.metric);
  const now = await readStanding(connection, model, metrics);
  const verdict = decide(now.candidate, rules);
  expectUnchanged(inputs, { candidate: now.candidate, verdict, observed: now.champion });
  const before = recorded?.champion;

  if (verdict.outcome === "promoted" && candidate !== null) {
    const { version } = candidate;
    const gated = now.champion?.gated === true ? now.champion.version : undefined;
    if (gated === version && before === version) return outputs(inputs, now.champion, recorded);
    // What somebody put there by hand was never champion to this gate.
    const previous = gated ?? before;
    return promote(connection, inputs, candidate, previous === version ? undefined : previous);
  }

  if (before !== undefined) {
    await putBack(connection, model, before, now.champion);
  } else if (now.champion?.gated === false) {
    throw new Error(
      `${model}@${CHAMPION} points at version ${now.champion.version}, which this gate never promoted. ` +
        "Nominate a version that passes, or delete the alias.",
    );
  }
  // For whoever looks at the registry; it decides nothing, and a version deleted meanwhile needs no note.
  if (candidate !== null) {
    await tagVersion(connection, model, candidate.version, { [REFUSED_TAG]: verdict.reason });
  }
  if (onFailure === "block" && verdict.outcome !== "waiting") throw new Error(verdictLine(inputs));
  const champion = before === undefined ? now.champion : { version: before, gated: true };
  return outputs(inputs, champion, recorded);
}

/** What else the program decides by, such as the version that is served, must not be stale either. */
function expectUnchanged(
  inputs: GateInputs,
  now: Pick<GateInputs, "candidate" | "verdict" | "observed">,
): void {
  const { candidate, verdict, observed } = inputs;
  if (canonical(now) === canonical({ candidate, verdict, observed })) return;
  const [then, today] = [observed, now.observed].map((one) => one?.version ?? "none");
  throw new Error(
    `${verdictLine(inputs)} was decided on facts that have changed since; nothing was moved. ` +
      `Now: ${verdictLine({ ...inputs, ...now })}` +
      (then === today ? "" : `. The champion was ${String(then)} and is ${String(today)}`),
  );
}

/**
 * Makes `version`, which this gate left as champion, champion again, with its evidence first: an
 * interrupted promotion may have marked it as superseded.
 * @throws Error if the alias was elsewhere: the program went by that, so the endpoint has to follow.
 */
async function putBack(
  connection: Connection,
  model: string,
  version: string,
  champion: Champion | null,
): Promise<void> {
  if (champion?.version === version && champion.gated) return;
  const moved = `${model}@${CHAMPION} was moved by hand from ${version} to ${champion?.version ?? "none"}`;
  const done =
    (await tagVersion(connection, model, version, { [VERDICT_TAG]: "promoted" })) &&
    (await setAlias(connection, model, CHAMPION, version));
  if (!done) {
    throw new Error(
      `${moved}, and version ${version} is not in the registry any more, so it cannot be put back. ` +
        "Nominate a version that passes.",
    );
  }
  if (champion?.version === version) return;
  throw new Error(
    `${moved}. It points at ${version} again; run the update once more to bring the endpoint along.`,
  );
}

/**
 * Moves the alias, in an order that can be broken off anywhere and begun again: the evidence first,
 * because an alias without it counts as moved by hand; the previous champion's verdict last.
 * @param before - The champion so far; if unknown, what an interrupted promotion noted.
 */
async function promote(
  connection: Connection,
  inputs: GateInputs,
  { version, runId }: Candidate,
  before: string | undefined,
): Promise<GateOutputs> {
  const { model, verdict } = inputs;
  const previous = before ?? (await readTags(connection, model, version))[PREVIOUS_TAG];
  const promotedAt = new Date().toISOString();
  const tagged = await tagVersion(connection, model, version, {
    [REASON_TAG]: verdict.reason,
    [RUN_TAG]: runId ?? "",
    [PROMOTED_TAG]: promotedAt,
    ...(previous === undefined ? {} : { [PREVIOUS_TAG]: previous }),
    [VERDICT_TAG]: "promoted",
  });
  if (!tagged || !(await setAlias(connection, model, CHAMPION, version))) {
    throw new Error(`${model} has no version ${version} any more.`);
  }
  const after = await readAlias(connection, model, CHAMPION);
  if (after?.version !== version) {
    throw new Error(
      `${model}@${CHAMPION} was set to ${version} but reads ${after?.version ?? "none"}: ` +
        "another update may be running. Run this one again.",
    );
  }
  if (previous !== undefined) {
    // One that was deleted meanwhile needs no note.
    await tagVersion(connection, model, previous, { [VERDICT_TAG]: "superseded" });
  }
  return outputs(
    inputs,
    { version, gated: true },
    { promotedAt, ...(previous === undefined ? {} : { previousChampion: previous }) },
  );
}

/** What an update that left `champion` keeps; the engine's protocol refuses undefined. */
function outputs(
  inputs: GateInputs,
  champion: Champion | null,
  { previousChampion, promotedAt }: Pick<GateOutputs, "previousChampion" | "promotedAt"> = {},
): GateOutputs {
  return {
    ...inputs,
    observed: champion,
    lost: false,
    left: champion?.version ?? "none",
    ...(champion === null ? {} : { champion: champion.version }),
    ...(previousChampion === undefined ? {} : { previousChampion }),
    ...(promotedAt === undefined ? {} : { promotedAt }),
    logic: LOGIC,
  };
}
