import { z } from "zod";
import { headersOf, WorkspaceError, type Connection } from "../../components/workspace/rest";
import { query, type Rows } from "../shared/sql";
import { UserError } from "../shared/userError";

/** Rows in one request. */
const BATCH = 200;

const CAPTURE_MS = 60_000;
const POLL_MS = 200;
const DAY_MS = 24 * 60 * 60 * 1000;

const answered = z.object({ predictions: z.array(z.number()) });

/** Noon in UTC, so many days ago, but not in the future: a time that a replayed request stands for. */
export function daysAgo(days: number, now = Date.now()): Date {
  const noon = Math.floor(now / DAY_MS) * DAY_MS + DAY_MS / 2 - days * DAY_MS;
  return new Date(Math.min(noon, now));
}

/**
 * Waits until replayed requests are in the inference table, which is written a moment later.
 * @throws UserError if they are not within a minute.
 */
export async function awaitCapture(
  connection: Connection,
  warehouseId: string,
  payload: string,
  rows: number,
  when: Date,
): Promise<void> {
  const wanted = Math.ceil(rows / BATCH);
  const time = when.toISOString().replace("T", " ").replace("Z", "");
  const statement = `SELECT count(*) FROM ${payload} WHERE request_time = TIMESTAMP '${time}'`;
  for (let waited = 0; waited < CAPTURE_MS; waited += POLL_MS) {
    // The first request makes the table.
    const [row] = await query(connection, warehouseId, statement).catch((error: unknown) => {
      if (String(error).includes("TABLE_OR_VIEW_NOT_FOUND")) return [];
      throw error;
    });
    if (Number(row?.[0] ?? 0) >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new UserError(`${payload} does not have the ${wanted} requests of ${time}.`);
}

/**
 * Asks an endpoint about rows of numbers, in requests of 200, as if it were another day.
 * @param columns - Names of the model's inputs, in the order of a row's values.
 * @param when - What the captured requests say; only the local workspace takes it.
 * @returns the share of rows that were answered with 1.
 */
export async function replay(
  connection: Connection,
  endpoint: string,
  columns: readonly string[],
  rows: Rows,
  when: Date,
): Promise<number> {
  let positive = 0;
  for (let start = 0; start < rows.length; start += BATCH) {
    const data = rows
      .slice(start, start + BATCH)
      .map((row) => row.map((value) => (value === null ? null : Number(value))));
    const path = `/serving-endpoints/${endpoint}/invocations`;
    const response = await fetch(`${connection.host}${path}`, {
      method: "POST",
      headers: {
        ...(await headersOf(connection)),
        "content-type": "application/json",
        "x-local-request-time": when.toISOString(),
      },
      body: JSON.stringify({ dataframe_split: { columns, data } }),
    });
    if (!response.ok) {
      throw new WorkspaceError(
        `POST ${path} ended with ${response.status}: ${await response.text()}`,
      );
    }
    const { predictions } = answered.parse(await response.json());
    positive += predictions.filter((prediction) => prediction === 1).length;
  }
  return rows.length === 0 ? 0 : positive / rows.length;
}
