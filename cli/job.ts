import { connect } from "./workspace/address";
import { requireSuccess, runJob } from "./job/runJob";
import { UserError } from "./shared/userError";

const usage = `Usage: npm run job -- NAME [NAME …] [PARAMETER=VALUE …]
Runs jobs of the workspace one after the other, waits for each and prints its tasks' logs.`;

/** `npm run job`: runs jobs by name. Exit code 1 when one does not succeed; the rest is not started. */
export async function main(args: string[]): Promise<number> {
  const names = args.filter((arg) => !arg.includes("="));
  const parameters = Object.fromEntries(
    args.filter((arg) => arg.includes("=")).map((arg) => splitOnce(arg)),
  );
  if (names.length === 0 || names.some((name) => name.startsWith("-"))) throw new UserError(usage);
  const connection = await connect();
  for (const name of names) {
    console.log(name);
    const run = await runJob(connection, name, parameters, (key, state) => {
      console.log(`  ${key}: ${state}`);
    });
    for (const task of run.tasks) {
      const text = [task.logs.trim(), task.error ?? ""].filter((part) => part !== "").join("\n");
      if (text !== "") console.log(text.replace(/^/gm, `  ${task.key} | `));
    }
    requireSuccess(name, run);
  }
  return 0;
}

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}
