import type { Engine } from "../../engine";
import { display } from "../textTable";
import type { HistoryCommand } from "./command";
import { findGate } from "./deployedGate";
import { entriesOf, type Entry } from "./entries";
import { historyText } from "./historyText";
import { readRegistered } from "./versionRecords";

/** The shape of `npm run gate -- history MODEL --json`. */
export interface History {
  /** Raised when a field changes its meaning or goes; fields may be added at any time. */
  readonly formatVersion: 1;
  readonly stack: string;
  /** As its stack's folder is called: `customer-churn`. */
  readonly name: string;
  /** Full name of the registered model. */
  readonly model: string;
  /** The version with the alias; null if none has it. */
  readonly champion: string | null;
  /** The newest first. */
  readonly entries: readonly Entry[];
  /** What could not be read, each a sentence without a full stop. */
  readonly problems: readonly string[];
}

/** Prints who was champion when, and why. */
export async function history(engine: Engine, command: HistoryCommand): Promise<number> {
  const { gate, connection } = await findGate(engine, command);
  const { champion, versions, problems } = await readRegistered(connection, gate.model);
  const { name, model } = gate;
  const found: History = {
    formatVersion: 1,
    ...{ stack: command.stack, name, model, champion },
    entries: entriesOf(versions, gate),
    problems,
  };
  console.log(command.json ? JSON.stringify(found, null, 2) : historyText(found, display()));
  return 0;
}
