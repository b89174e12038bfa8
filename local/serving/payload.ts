import { ApiError } from "../errors";
import { lakehouseOf, SqlRefusal } from "../lakehouse";
import type { JournalFile } from "../lakehouse/shapes";
import { quotedName } from "../sql/names";
import type { Workspace } from "../workspace";
import type { EndpointRecord } from "./records";

/** Larger requests and responses are left out, as on Databricks: 1 MiB. */
const MOST_BYTES = 1024 * 1024;

/** One request that an endpoint answered. */
export interface Exchange {
  /** Identifies the request; the caller finds it in the answer's headers. */
  readonly id: string;
  readonly clientRequestId: string | undefined;
  readonly time: Date;
  /** How long the model took, in milliseconds. */
  readonly modelMs: number;
  /** HTTP status. */
  readonly status: number;
  readonly request: string;
  readonly response: string;
  readonly servedEntityId: string;
  readonly requester: string;
}

/**
 * Columns as a workspace in the cloud makes them:
 * https://docs.databricks.com/aws/en/ai-gateway/inference-tables#ai-gateway-enabled-inference-table-schema
 */
const COLUMNS = [
  "databricks_request_id STRING",
  "request_date DATE",
  "client_request_id STRING",
  "request_time TIMESTAMP",
  "status_code INT",
  "sampling_fraction DOUBLE",
  "execution_duration_ms BIGINT",
  "request STRING",
  "response STRING",
  "logging_error_codes ARRAY<STRING>",
  "served_entity_id STRING",
  "requester STRING",
];

/** The full name, in lower case, of the table that captures the endpoint's requests; none without one. */
export function payloadTable({ name, ai_gateway }: EndpointRecord): string | undefined {
  const table = ai_gateway?.inference_table_config;
  if (table?.enabled !== true) return undefined;
  const { catalog_name = "", schema_name = "", table_name_prefix = name } = table;
  return `${catalog_name}.${schema_name}.${table_name_prefix}_payload`.toLowerCase();
}

/** The exchange as a row of a payload table, in JSON. */
export function payloadRow(exchange: Exchange): string {
  const time = exchange.time.toISOString();
  const request = kept(exchange.request);
  const response = kept(exchange.response);
  return JSON.stringify({
    databricks_request_id: exchange.id,
    request_date: time.slice(0, 10),
    client_request_id: exchange.clientRequestId,
    request_time: time,
    status_code: exchange.status,
    sampling_fraction: 1,
    execution_duration_ms: exchange.modelMs,
    request,
    response,
    logging_error_codes: [
      ...(request === undefined ? ["MAX_REQUEST_SIZE_EXCEEDED"] : []),
      ...(response === undefined ? ["MAX_RESPONSE_SIZE_EXCEEDED"] : []),
    ],
    served_entity_id: exchange.servedEntityId,
    requester: exchange.requester,
  });
}

const kept = (text: string) => (Buffer.byteLength(text) > MOST_BYTES ? undefined : text);

/**
 * Adds the file's rows to the table, which is made if needed, unless it has them already.
 * @throws SqlRefusal, e.g. when the schema is gone; ApiError when the SQL engine cannot be reached.
 */
export async function addPayload(
  workspace: Workspace,
  table: string,
  file: JournalFile,
): Promise<void> {
  const lakehouse = lakehouseOf(workspace);
  try {
    await lakehouse.addJournal(table, file);
  } catch (error) {
    if (!(error instanceof SqlRefusal) || error.errorClass !== "TABLE_OR_VIEW_NOT_FOUND")
      throw error;
    const statement = `CREATE TABLE IF NOT EXISTS ${quotedName(table)} (${COLUMNS.join(", ")})`;
    await lakehouse.query({ statement });
    await lakehouse.addJournal(table, file);
  }
}

/** Whether another try may succeed without anybody's doing. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "TEMPORARILY_UNAVAILABLE";
