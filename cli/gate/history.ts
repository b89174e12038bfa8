import type { Engine } from "../../engine";
import { display } from "../shared/textTable";
import type { HistoryCommand } from "./command";
import { findGate } from "./deployedGate";
import { entriesOf, type History } from "./entries";
import { historyText } from "./historyText";
import { readRegistered } from "./versionRecords";

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
