import { parseArgs } from "node:util";
import { obtainEngine, type Engine } from "../engine";
import { runStep } from "../engine/steps";
import { signInTo } from "./address";
import { backgroundWorkspace, type Background } from "./background";
import { runJob } from "./jobs";
import { runOnStack } from "./pulumi";
import { ensurePython, isPythonReady } from "./python";
import { predict } from "./predict";
import { LOCAL, environmentOf, readInvocation } from "./stackEnvironment";
import { summarize } from "./summary";
import { UserError } from "./userError";

/** What cross-validation on the training customers prefers: first of 36 combinations, the defaults 35th. */
const BETTER = { max_depth: "3", learning_rate: "0.03" };

const TRAINING = "customer-churn-training";

/**
 * `npm start`: deploys customer churn to a workspace on this machine, trains it twice, and lets the
 * gate decide on what was measured.
 */
export async function main(args: string[]): Promise<number> {
  const { keep } = parse(args);
  if (!isPythonReady()) {
    const step = { name: "Python packages", usually: 60 };
    await runStep(process.stderr, step, () => ensurePython());
  }
  const engine = await obtainEngine();
  heading("Workspace");
  const workspace = await backgroundWorkspace(keep);
  console.log(`A Databricks workspace answers at ${workspace.url}`);
  signInTo(workspace);
  try {
    return await loop(engine, workspace);
  } finally {
    await workspace.stop();
  }
}

async function loop(engine: Engine, workspace: Background): Promise<number> {
  const connection = { host: workspace.url, token: workspace.token };

  heading(
    "pulumi up: tables, jobs, registry and gate; endpoint, monitor and alert wait for a champion",
  );
  await deploy(engine);

  heading("Data, features, and training with the parameters of dev and prod");
  const data = ["purchases-load", "customer-churn-labels", "customer-churn-features-refresh"];
  for (const job of [...data, TRAINING]) {
    await train(connection, job, {});
  }
  heading("pulumi up: the gate decides");
  const refused = await deploy(engine);

  heading(`Training again with ${JSON.stringify(BETTER)}`);
  await train(connection, TRAINING, BETTER);

  heading("pulumi up: the gate decides again");
  const promoted = await deploy(engine);

  heading("The endpoint answers");
  console.log(await predict(connection, "customer-churn-model-endpoint"));

  heading("What there is now");
  const exported = await runOnStack(
    engine,
    ["stack", "export", "-s", LOCAL],
    localEnvironment(),
    "pipe",
  );
  const { markdownTable } = await import("markdown-table");
  console.log(markdownTable([["Kind", "", "Names"], ...summarize(exported.stdout)]));
  console.log(`\nFirst version:  ${refused}\nSecond version: ${promoted}\n`);
  console.log(whatNext(workspace));
  return 0;
}

const localEnvironment = (): Record<string, string> =>
  environmentOf(readInvocation(["up", "-s", LOCAL]));

/** @returns the gate's line. */
async function deploy(engine: Engine): Promise<string> {
  const env = localEnvironment();
  const up = await runOnStack(engine, ["up", "--yes", "--skip-preview", "-s", LOCAL], env);
  if (up.exitCode !== 0) throw new UserError(`pulumi up ended with exit code ${up.exitCode}.`);
  const output = await runOnStack(
    engine,
    ["stack", "output", "customerChurnGate", "-s", LOCAL],
    env,
    "pipe",
  );
  return output.stdout.trim();
}

async function train(
  connection: { host: string; token: string },
  job: string,
  parameters: Record<string, string>,
): Promise<void> {
  const begun = Date.now();
  const run = await runJob(connection, job, parameters);
  for (const task of run.tasks) {
    console.log(`${job} / ${task.key}: ${task.result}`);
    console.log(task.logs.trim().replace(/^/gm, "    "));
    if (task.error !== undefined) console.log(`    ${task.error}`);
  }
  if (run.result !== "SUCCESS")
    throw new UserError(`${job} ended as ${run.result}: ${run.message}`);
  console.log(`${job}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

function whatNext(workspace: Background): string {
  const open = workspace.keeps
    ? `The workspace goes on at ${workspace.url}. End it with: npm run workspace -- --stop`
    : "The workspace has ended; its state is kept. Start it again with: npm run workspace";
  return [
    open,
    "While it runs:",
    "  npm run pulumi -- preview -s local      what an update would change",
    `  npm run job -- ${TRAINING} max_depth=4    another candidate`,
    "  npm run pulumi -- up -s local           let the gate decide",
    "  npm run pulumi -- destroy -s local      take everything away",
  ].join("\n");
}

function heading(text: string): void {
  console.log(`\n━━ ${text}`);
}

function parse(args: string[]): { keep: boolean } {
  try {
    const options = { keep: { type: "boolean", default: false } } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${message}\nUsage: npm start -- [--keep]   (--keep: the workspace goes on)`,
    );
  }
}
