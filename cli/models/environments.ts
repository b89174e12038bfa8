import { callWorkspace, type Connection } from "../../components/workspace/rest";
import type { Engine } from "../../engine";
import { connectTo, exportState } from "../stack/deployedStack";
import { reasonOf } from "./attempt";
import { readDeployed, type Deployed } from "./deployed";
import type { EnvironmentRow } from "./facts";
import { readModel, unreadModel } from "./live";

/** The longest that a workspace may take to say who is calling. */
const PATIENCE_MS = 15_000;

/**
 * Everything about one environment. Throws nothing: what cannot be read is in the row.
 * @param startsWarehouse - See `Source`.
 */
export async function readEnvironment(
  engine: Engine,
  stack: string,
  startsWarehouse: boolean,
): Promise<EnvironmentRow> {
  let deployed: Deployed | undefined;
  try {
    const exported = await exportState(engine, stack);
    deployed = exported === undefined ? undefined : readDeployed(exported);
  } catch (error) {
    return { stack, status: "unknown", reason: reasonOf(error), models: [] };
  }
  if (deployed === undefined || deployed.isEmpty) return { stack, status: "none", models: [] };
  const { models, workspace } = deployed;
  if (models.length === 0) return { stack, status: "known", models: [] };
  try {
    const connection = await connectTo(engine, stack, workspace);
    await expectAnswer(connection);
    const source = { connection, startsWarehouse };
    const rows = await Promise.all(models.map((model) => readModel(model, source)));
    return { stack, status: "known", workspace: connection.host, models: rows };
  } catch (error) {
    const reason = reasonOf(error);
    return {
      stack,
      status: "unknown",
      reason,
      ...(workspace === undefined ? {} : { workspace }),
      models: models.map((model) => unreadModel(model, reason)),
    };
  }
}

/** So that a workspace that is down, or does not let us in, is one reason and not one for each cell. */
async function expectAnswer(connection: Connection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${connection.host} did not answer within ${PATIENCE_MS / 1000} s`));
    }, PATIENCE_MS);
  });
  const call = { method: "GET", path: "/api/2.0/preview/scim/v2/Me" } as const;
  try {
    const me = await Promise.race([callWorkspace(connection, call), late]);
    if (me === undefined) throw new Error(`${connection.host} is no workspace`);
  } finally {
    clearTimeout(timer);
  }
}
