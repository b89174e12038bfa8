import { z } from "zod";
import type { Engine } from "../../engine";
import { runStep } from "../../engine/steps";
import { runOnStack } from "../pulumi";
import { LOCAL, environmentOf, readInvocation } from "./stackEnvironment";
import { UserError } from "../shared/userError";

const outputs = z.record(z.string(), z.unknown());

/**
 * Runs `pulumi up` on the stack `local`. Shows which resource is being made in one line that changes,
 * then what the gates and other resources had to say, and how many changed.
 * @returns the stack's outputs.
 * @throws UserError with all that Pulumi said if it fails.
 */
export async function deploy(engine: Engine): Promise<Record<string, unknown>> {
  const env = environmentOf(readInvocation(["up", "-s", LOCAL]));
  const up = await runStep(process.stderr, { name: "pulumi up", usually: 20 }, async (detail) => {
    const result = await runOnStack(engine, ["up", "--yes", "--skip-preview", "-s", LOCAL], env, {
      stdio: "pipe",
      onLine: (line) => {
        const done = / (\S+ (?:created|updated|deleted|replaced))\b/.exec(line);
        if (done?.[1] !== undefined) detail(done[1]);
      },
    });
    if (result.exitCode === 0) return result;
    throw new UserError(`${result.stdout}\n${result.stderr}\npulumi up failed.`);
  });
  console.log(worthReading(up.stdout));
  const args = ["stack", "output", "--json", "-s", LOCAL];
  const { stdout } = await runOnStack(engine, args, env, { stdio: "pipe" });
  return outputs.parse(JSON.parse(stdout));
}

/** The parts of Pulumi's output that say what came of it: messages of resources, and the count. */
export function worthReading(output: string): string {
  const lines = output.split("\n");
  const section = (head: string, until: RegExp): string[] => {
    const start = lines.indexOf(head);
    if (start < 0) return [];
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => until.test(line));
    return rest.slice(0, end < 0 ? undefined : end);
  };
  const messages = section("Diagnostics:", /^(Outputs|Resources):/).filter((line) =>
    /^ {4}\S/.test(line),
  );
  return [...messages, ...section("Resources:", /^(Duration|$)/)]
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
