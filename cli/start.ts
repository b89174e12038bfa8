import { parseArgs } from "node:util";
import type { Connection } from "../components/workspace/rest";
import { obtainEngine, type Engine } from "../engine";
import { runStep } from "../engine/steps";
import { signInTo } from "./workspace/address";
import { backgroundWorkspace, type Background } from "./workspace/background";
import { deploy } from "./stack/deploy";
import { predict } from "./start/predict";
import { runOnStack } from "./pulumi";
import { ensurePython, isPythonReady } from "./python/python";
import { heading, runShownJob } from "./job/shownJob";
import { LOCAL, environmentOf, readInvocation } from "./stack/stackEnvironment";
import { summarize } from "./start/summary";
import { UserError, messageOf } from "./shared/userError";

/** What cross-validation on the training customers prefers: first of 36 combinations, the defaults 35th. */
const BETTER = { max_depth: "3", learning_rate: "0.03" };

const TRAINING = "customer-churn-training";

/**
 * `npm start`: deploys all models to a workspace on this machine, trains one of them twice, and lets
 * its gate decide on what was measured.
 */
export async function main(args: string[]): Promise<number> {
  const { keep } = parse(args);
  const { engine, workspace } = await setUp(keep);
  try {
    await story(engine, { host: workspace.url, token: workspace.token });
    console.log(whatNext(workspace));
    return 0;
  } finally {
    await workspace.stop();
  }
}

/** Obtains what is missing, and has a workspace that this process signs in to. */
export async function setUp(keep: boolean): Promise<{ engine: Engine; workspace: Background }> {
  if (!isPythonReady()) {
    const step = { name: "Python packages", usually: 60 };
    await runStep(process.stderr, step, () => ensurePython());
  }
  const engine = await obtainEngine();
  heading("Workspace");
  const workspace = await backgroundWorkspace(keep);
  console.log(`A Databricks workspace answers at ${workspace.url}`);
  signInTo(workspace);
  return { engine, workspace };
}

async function story(engine: Engine, connection: Connection): Promise<void> {
  heading("pulumi up: every model's tables, jobs, registry and gate; what serves waits");
  await deploy(engine);

  heading("Data, features, and training with the parameters of dev and prod");
  const data = ["purchases-load", "customer-churn-labels", "customer-churn-features-refresh"];
  for (const job of [...data, TRAINING]) await runShownJob(connection, job);
  heading("pulumi up: the gate decides");
  const refused = await deploy(engine);

  heading(`Training again with ${JSON.stringify(BETTER)}`);
  await runShownJob(connection, TRAINING, BETTER);

  heading("pulumi up: the gate decides again");
  const promoted = await deploy(engine);

  heading("The endpoint answers");
  console.log(await predict(connection, "customer-churn-model-endpoint"));

  heading("What there is now");
  const env = environmentOf(readInvocation(["up", "-s", LOCAL]));
  const args = ["stack", "export", "-s", LOCAL];
  const exported = await runOnStack(engine, args, env, { stdio: "pipe" });
  const { markdownTable } = await import("markdown-table");
  console.log(markdownTable([["Kind", "", "Names"], ...summarize(exported.stdout)]));
  console.log(`\nFirst version:  ${String(refused["customerChurnGate"])}`);
  console.log(`Second version: ${String(promoted["customerChurnGate"])}\n`);
}

function whatNext(workspace: Background): string {
  const open = workspace.keeps
    ? `The workspace goes on at ${workspace.url}. End it with: npm run workspace -- --stop`
    : "The workspace has ended; its state is kept. Start it again with: npm run workspace";
  return [
    open,
    "While it runs:",
    "  npm run workspace -- --link             a link to its page, for a browser",
    "  npm run pulumi -- preview -s local      what an update would change",
    `  npm run job -- ${TRAINING} max_depth=4    another candidate`,
    "  npm run pulumi -- up -s local           let the gate decide",
    "  npm run pulumi -- destroy -s local      take everything away",
    "And: npm run loop   the whole loop: serve, drift, alert, retrain, gate, serve again",
  ].join("\n");
}

function parse(args: string[]): { keep: boolean } {
  try {
    const options = { keep: { type: "boolean", default: false } } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UserError(
      `${messageOf(error)}\nUsage: npm start -- [--keep]   (--keep: the workspace goes on)`,
    );
  }
}
