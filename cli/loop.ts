import { readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { Connection } from "../components/workspace/rest";
import type { Engine } from "../engine";
import { inputs } from "../stacks/customers/churnTables";
import { findAddress } from "./workspace/address";
import { deploy } from "./stack/deploy";
import { checkDrift, type Drift, type Watched } from "./loop/driftCheck";
import { paths, root } from "./shared/paths";
import { heading, runShownJob } from "./job/shownJob";
import { query } from "./shared/sql";
import { setUp } from "./start";
import { awaitCapture, daysAgo, replay } from "./loop/traffic";
import { UserError, messageOf } from "./shared/userError";

const usage = "Usage: npm run loop -- [--keep]   (--keep: the workspace goes on, to look around)";

const STOP = "MLOPS_HOME=.mlops/loop npm run workspace -- --stop";

const LOOK = `Look at its page:  MLOPS_HOME=.mlops/loop npm run workspace -- --link
End it:            ${STOP}`;

/** Days of traffic before the customers change. */
const QUIET_DAYS = 10;

/** The last day that the first model knows; the second one learns from three months later. */
const LATER = { run_date: "1998-03-31" };

const columns = inputs.map(({ name }) => name);

/** One loop: what is deployed, what was asked of it, and what came of that. */
class Loop {
  constructor(
    private readonly engine: Engine,
    private readonly connection: Connection,
  ) {}

  private outputs: Record<string, unknown> = {};

  async deploy(): Promise<void> {
    this.outputs = await deploy(this.engine);
  }

  job(name: string, parameters: Record<string, string> = {}): Promise<void> {
    return runShownJob(this.connection, name, parameters);
  }

  /** One customer in ten, as the feature table knows them now, asked about as if it were another day. */
  async day(ago: number): Promise<Drift> {
    const warehouseId = String(this.outputs["warehouseId"]);
    const catalog = String(this.outputs["catalog"]);
    const watched: Watched = {
      warehouseId,
      unpackJob: "churn-prediction-monitor-unpack",
      predictions: `${catalog}.inference_logs.churn_prediction_model_predictions`,
      alert: "churn_prediction_model drift",
    };
    const rows = await query(
      this.connection,
      warehouseId,
      `SELECT ${columns.join(", ")} FROM ${catalog}.features.customer_features ` +
        `WHERE CAST(customer_id AS INT) % ${QUIET_DAYS} = ${ago % QUIET_DAYS} ORDER BY customer_id`,
    );
    const when = daysAgo(ago);
    const endpoint = String(this.outputs["churnPredictionEndpoint"]);
    const churning = await replay(this.connection, endpoint, columns, rows, when);
    const payload = `${catalog}.inference_logs.churn_prediction_model_payload`;
    await awaitCapture(this.connection, warehouseId, payload, rows.length, when);
    const drift = await checkDrift(this.connection, watched);
    console.log(
      `${when.toISOString().slice(0, 10)}  ${rows.length} customers, ${(churning * 100).toFixed(0)} % will churn; ` +
        `drift ${drift.score === undefined ? "unknown" : `${drift.score.toFixed(3)} (${drift.column ?? ""})`}; ` +
        `alert ${drift.state}`,
    );
    return drift;
  }

  get gate(): string {
    return String(this.outputs["churnPredictionGate"]);
  }
}

/**
 * `npm run loop`: train → gate → promote → serve → monitor → drift → retrain → gate, once, on real data
 * and in a workspace of its own that is made anew each time.
 * @throws UserError if a step does not end as it should, or the workspace of an earlier loop still runs.
 */
export async function main(args: string[]): Promise<number> {
  const { keep } = parse(args);
  if (process.env["MLOPS_HOME"] === undefined) {
    throw new UserError("This wipes a workspace. Run it as: npm run loop");
  }
  const running = findAddress();
  if (running !== undefined) {
    throw new UserError(
      `The workspace of an earlier loop runs at ${running.url}. End it first: ${STOP}`,
    );
  }
  rmSync(paths.workspace, { recursive: true, force: true });
  rmSync(paths.state, { recursive: true, force: true });
  const { engine, workspace } = await setUp(keep);
  try {
    const begun = Date.now();
    const summary = await story(new Loop(engine, { host: workspace.url, token: workspace.token }));
    heading(`The loop has turned once, in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
    console.log(summary.join("\n"));
    for (const mail of readdirSync(join(paths.workspace, "mail"))) {
      console.log(`mail          ${relative(root, join(paths.workspace, "mail", mail))}`);
    }
    console.log(keep ? `\nThe workspace goes on at ${workspace.url}.\n${LOOK}` : "");
    return 0;
  } finally {
    await workspace.stop();
  }
}

async function story(loop: Loop): Promise<string[]> {
  heading("Deploy every model");
  await loop.deploy();

  heading("Train churn prediction on what was known at the end of 1997");
  await loop.job("purchases-load");
  await loop.job("churn-prediction-labels");
  await loop.job("churn-prediction-features-refresh");
  await loop.job("churn-prediction-training");

  heading("The gate decides; the champion is served");
  await loop.deploy();
  const first = loop.gate;

  heading(`${QUIET_DAYS} days of customers like those it learned from`);
  for (let ago = QUIET_DAYS + 1; ago > 1; ago--) {
    expectState(await loop.day(ago), "OK");
  }

  heading("Three months later: the same customers are not what they were");
  await loop.job("churn-prediction-features-refresh", LATER);
  const drift = await loop.day(1);
  expectState(drift, "TRIGGERED");

  heading("Drift starts training, once the outcomes of these months are known");
  await loop.job("churn-prediction-labels", LATER);
  await loop.job("churn-prediction-drift-retrain");

  heading("The gate decides again; the endpoint follows");
  await loop.deploy();
  const second = loop.gate;

  heading("The same customers again, asked of the new champion");
  const after = await loop.day(0);
  expectState(after, "OK");
  return [
    `first model   ${first}`,
    `drift         ${drift.score?.toFixed(3) ?? "unknown"} in ${drift.column ?? "no column"}: alert, mail, training`,
    `second model  ${second}`,
    `drift         ${after.score?.toFixed(3) ?? "unknown"}`,
  ];
}

function parse(args: string[]): { keep: boolean } {
  try {
    return parseArgs({ args, options: { keep: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}

function expectState(drift: Drift, wanted: string): void {
  if (drift.state === wanted) return;
  throw new UserError(
    `The alert is ${drift.state}, which should be ${wanted}; the drift score is ${drift.score ?? "unknown"}.`,
  );
}
