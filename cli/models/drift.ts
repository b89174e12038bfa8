import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { query } from "../shared/sql";
import { reasonOf } from "./attempt";
import type { DeployedAlert, DeployedModel } from "./deployed";
import type { Drift, Fact } from "./facts";
import type { Source } from "./source";

const evaluated = z.object({
  evaluation: z.object({ state: z.string().optional(), last_evaluated_at: z.string().optional() }),
});

/** The alert's state, and the score that it looks at. */
export async function readDrift(
  { alert, hasAlert }: DeployedModel,
  source: Source,
): Promise<Fact<Drift>> {
  if (!hasAlert) return { status: "not configured" };
  if (alert === undefined) return { status: "none" };
  const path = `/api/2.0/alerts/${encodeURIComponent(alert.id)}`;
  const answer = await callWorkspace(source.connection, { method: "GET", path });
  if (answer === undefined) return { status: "unknown", reason: "its alert has been deleted" };
  const { state, last_evaluated_at } = evaluated.parse(answer).evaluation;
  return {
    status: "known",
    state: STATES[state ?? "UNKNOWN"] ?? "not evaluated",
    ...(last_evaluated_at === undefined ? {} : { evaluatedAt: last_evaluated_at }),
    ...(alert.threshold === undefined ? {} : { threshold: alert.threshold }),
    ...(await readScore(alert, source)),
  };
}

/** https://docs.databricks.com/api/workspace/alertsv2/getalert */
const STATES: Readonly<Record<string, Drift["state"]>> = {
  OK: "ok",
  TRIGGERED: "drifted",
  ERROR: "error",
};

type Score = Pick<Drift, "score" | "column" | "windowStart" | "scoreReason">;

/** Asks what the alert asks. That an alert keeps no value is Databricks' way, so it is read where it is. */
async function readScore(alert: DeployedAlert, source: Source): Promise<Score> {
  const { connection, startsWarehouse } = source;
  try {
    if (!startsWarehouse && !(await isRunning(connection, alert.warehouseId))) {
      return { scoreReason: "the warehouse has stopped; --drift starts it" };
    }
    const [row] = await query(connection, alert.warehouseId, alert.query);
    if (row === undefined) return { scoreReason: "no window has enough rows yet" };
    const [windowStart, , score, column] = row;
    return {
      ...(score === null || score === undefined ? {} : { score: Number(score) }),
      ...(typeof column === "string" ? { column } : {}),
      ...(typeof windowStart === "string" ? { windowStart } : {}),
    };
  } catch (error) {
    return { scoreReason: reasonOf(error) };
  }
}

async function isRunning(connection: Connection, id: string): Promise<boolean> {
  const path = `/api/2.0/sql/warehouses/${encodeURIComponent(id)}`;
  const answer = await callWorkspace(connection, { method: "GET", path });
  return z.object({ state: z.literal("RUNNING") }).safeParse(answer).success;
}
