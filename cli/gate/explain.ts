import { decide } from "../../components/gate/decision/decide";
import { readFacts, type Standing } from "../../components/gate/reading/readFacts";
import { verdictLine } from "../../components/gate/record";
import type { Engine } from "../../engine";
import { display } from "../shared/textTable";
import { UserError } from "../shared/userError";
import type { ExplainCommand } from "./command";
import { findGate, type DeployedGate } from "./deployedGate";
import { explanationText, type Explanation } from "./explanationText";
import { listVersions } from "./versionRecords";

/** As other programs say no. */
const NOT_PROMOTED = 2;

/** Decides about a version by the policy that the stack was last deployed with, and touches nothing. */
export async function explain(engine: Engine, command: ExplainCommand): Promise<number> {
  const { version, stack, json } = command;
  const { gate, connection } = await findGate(engine, command);
  const standing = await readFacts(connection, gate.model, gate.policy, version);
  const { candidate, contradictions } = standing.facts;
  if (candidate === null && contradictions.length === 0) {
    const versions = await listVersions(connection, gate.model);
    const there = versions.length === 0 ? "none" : versions.join(", ");
    throw new UserError(`${gate.model} has no version ${version}; there are ${there}.`);
  }
  const explanation = explanationOf(gate, standing, version, stack);
  console.log(
    json ? JSON.stringify(explanation, null, 2) : explanationText(explanation, display()),
  );
  return explanation.verdict.outcome === "promoted" ? 0 : NOT_PROMOTED;
}

function explanationOf(
  { name, model, policy, onFailure, onAliasDrift }: DeployedGate,
  { facts, champion: observed, left: noted, candidateEvidence }: Standing,
  version: string,
  stack: string,
): Explanation {
  const verdict = decide(policy, facts);
  const gate = { model, policy, onFailure, onAliasDrift, rollback: null, observed, noted };
  return {
    formatVersion: 1,
    ...{ stack, name, model, version, verdict },
    line: verdictLine({ ...gate, facts, verdict }),
    facts,
    evidence: candidateEvidence,
  };
}
