import { parseArgs } from "node:util";
import { obtainEngine } from "../engine";
import { readEnvironment } from "./models/environments";
import type { Fleet } from "./models/facts";
import { fleetText } from "./models/table";
import { knownStacks } from "./stack/project";
import { display } from "./shared/textTable";
import { UserError, messageOf } from "./shared/userError";

const usage = `Usage: npm run models [-- [--stack NAME …] [--json] [--drift]]
Lists every model per environment: champion, challenger, verdict of the gate, endpoint, drift, owner.
  --stack NAME  instead of every environment that has a file Pulumi.NAME.yaml; may be repeated
  --json        for programs; the shape is documented in cli/models/facts.ts
  --drift       starts a SQL warehouse that has stopped, to read the score of drift; this costs`;

/** `npm run models`. Exit code 1 if no environment at all could be read. */
export async function main(args: string[]): Promise<number> {
  const { stacks, json, drift } = parse(args);
  const engine = await obtainEngine();
  const environments = await Promise.all(
    stacks.map((stack) => readEnvironment(engine, stack, drift)),
  );
  const fleet: Fleet = { formatVersion: 1, readAt: new Date().toISOString(), environments };
  console.log(json ? JSON.stringify(fleet, null, 2) : fleetText(fleet, display()));
  return environments.every(({ status }) => status === "unknown") ? 1 : 0;
}

function parse(args: string[]): { stacks: readonly string[]; json: boolean; drift: boolean } {
  const known = knownStacks();
  try {
    const { values } = parseArgs({
      args,
      options: {
        stack: { type: "string", short: "s", multiple: true },
        json: { type: "boolean", default: false },
        drift: { type: "boolean", default: false },
      },
    });
    const { stack: stacks = known, json, drift } = values;
    const strange = stacks.filter((stack) => !known.includes(stack));
    if (strange.length > 0) {
      throw new Error(
        `There is no Pulumi.${strange[0] ?? ""}.yaml; there are ${known.join(", ")}.`,
      );
    }
    return { stacks: [...new Set(stacks)], json, drift };
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}
