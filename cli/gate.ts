import { obtainEngine } from "../engine";
import { readCommand, usage } from "./gate/command";
import { explain } from "./gate/explain";
import { history } from "./gate/history";
import { rollback } from "./gate/rollback";

/**
 * `npm run gate`: who was champion and why, what the gate would say of a version, and the way back.
 * @throws UserError for what the user can mend: unknown names, a rollback that the gate refuses.
 */
export async function main(args: string[]): Promise<number> {
  const command = readCommand(args);
  if (command.verb === "help") {
    console.log(usage);
    return 0;
  }
  const engine = await obtainEngine();
  switch (command.verb) {
    case "history":
      return history(engine, command);
    case "explain":
      return explain(engine, command);
    case "rollback":
      return rollback(engine, command);
  }
}
