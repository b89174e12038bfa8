import { decide, says, type Verdict } from "./decision/decide";
import { readFacts, type Standing } from "./reading/readFacts";
import { canonical, verdictLine, type GateInputs } from "./record";
import { decideRollback } from "./decision/rollback";
import type { Connection } from "../workspace/rest";

/** What there is to decide. */
export type Question = Pick<GateInputs, "model" | "policy" | "rollback">;

/** How a model stands, and what follows from it. */
export interface Judged {
  readonly standing: Standing;
  readonly verdict: Verdict;
}

/**
 * Reads the facts and decides, for program and provider alike.
 * @throws Error if the facts cannot be read.
 */
export async function judge(
  connection: Connection,
  { model, policy, rollback }: Question,
): Promise<Judged> {
  const standing = await readFacts(connection, model, policy, rollback?.to);
  const { facts, candidateEvidence } = standing;
  const verdict =
    rollback === null
      ? decide(policy, facts)
      : decideRollback(rollback, facts, candidateEvidence.state);
  return { standing, verdict };
}

/** What the program saw, as it goes into the gate's inputs. */
export function seen({
  standing,
  verdict,
}: Judged): Pick<GateInputs, "facts" | "verdict" | "observed" | "noted"> {
  const { candidate, champion, baseline, promotedAt, canary, contradictions } = standing.facts;
  return {
    facts: { candidate, champion, baseline, promotedAt, canary, contradictions },
    verdict,
    observed: standing.champion,
    noted: standing.left,
  };
}

/**
 * Reads and decides once more.
 * @throws Error if anything is not as the program saw it: what else it decided by, such as the version that is
 * served, must not be stale either.
 */
export async function judgeAgain(connection: Connection, inputs: GateInputs): Promise<Standing> {
  const judged = await judge(connection, inputs);
  const now = seen(judged);
  const { facts, verdict, observed, noted } = inputs;
  if (canonical(now) === canonical({ facts, verdict, observed, noted })) return judged.standing;
  const other = rival(inputs, now);
  const before =
    other === undefined
      ? `${verdictLine(inputs)} was decided on facts that have changed since`
      : verdictLine({ ...inputs, verdict: says("superseded", other) });
  throw new Error(
    `${before}; nothing was moved. Now: ${verdictLine({ ...inputs, ...now })}. Run the update once more.`,
  );
}

/** Who has come between the preview and the update, in words; undefined if nobody has. */
function rival(
  before: Pick<GateInputs, "facts" | "observed">,
  { facts, observed }: Pick<GateInputs, "facts" | "observed">,
): string | undefined {
  const then = before.observed?.version ?? "none";
  if (observed !== null && observed.version !== then) {
    return `the champion was ${then} and is ${observed.version}`;
  }
  const wanted = before.facts.candidate?.version ?? "none";
  if (facts.candidate === null || facts.candidate.version === wanted) return undefined;
  return `the nominated version was ${wanted} and is ${facts.candidate.version}`;
}
