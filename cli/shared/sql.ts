import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { UserError } from "./userError";

const answer = z.object({
  status: z.object({
    state: z.string(),
    error: z.object({ message: z.string().optional() }).optional(),
  }),
  result: z.object({ data_array: z.array(z.array(z.string().nullable())).optional() }).optional(),
});

/** Rows of text, as Databricks sends them; a NULL is null. */
export type Rows = readonly (readonly (string | null)[])[];

/**
 * Runs a query that ends within half a minute and has at most 25 MiB of rows.
 * https://docs.databricks.com/api/workspace/statementexecution/executestatement
 * @throws UserError with the engine's message if it fails.
 */
export async function query(
  connection: Connection,
  warehouseId: string,
  statement: string,
): Promise<Rows> {
  const { status, result } = answer.parse(
    await callWorkspace(connection, {
      method: "POST",
      path: "/api/2.0/sql/statements",
      body: { statement, warehouse_id: warehouseId, wait_timeout: "30s" },
    }),
  );
  if (status.state === "SUCCEEDED") return result?.data_array ?? [];
  throw new UserError(`The query ended as ${status.state}: ${status.error?.message ?? statement}`);
}
