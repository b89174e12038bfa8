import { lakehouseOf } from "../lakehouse";
import type { Workspace } from "../workspace";
import type { EndpointRecord } from "./records";

/** Larger requests and responses are left out, as on Databricks: 1 MiB. */
const MOST_BYTES = 1024 * 1024;
const PAUSE_MS = 1000;
const ROWS_AT_ONCE = 100;

/** One request that an endpoint answered. */
export interface Exchange {
  /** Identifies the request; the caller finds it in the answer's headers. */
  readonly id: string;
  readonly clientRequestId: string | undefined;
  readonly time: Date;
  readonly durationMs: number;
  readonly status: number;
  readonly request: string;
  readonly response: string;
  /** The served entity's name. On Databricks this is an id of its own making. */
  readonly servedEntity: string;
  readonly requester: string;
}

/** https://docs.databricks.com/aws/en/ai-gateway/inference-tables#ai-gateway-enabled-inference-table-schema */
const COLUMNS = [
  "request_date DATE",
  "databricks_request_id STRING",
  "client_request_id STRING",
  "request_time TIMESTAMP",
  "status_code INT",
  "sampling_fraction DOUBLE",
  "execution_duration_ms BIGINT",
  "request STRING",
  "response STRING",
  "served_entity_id STRING",
  "logging_error_codes ARRAY<STRING>",
  "requester STRING",
];

/**
 * Inference tables: requests and responses of endpoints that ask for it, in
 * `<catalog>.<schema>.<prefix>_payload`. Rows are written about a second later, some at a time; like
 * Databricks' own they are kept as well as possible, not for certain.
 */
export class InferenceLog {
  readonly #workspace: Workspace;
  readonly #waiting = new Map<string, Exchange[]>();
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Notes the exchange if the endpoint has an enabled inference table. */
  add(endpoint: EndpointRecord, exchange: Exchange): void {
    const table = payloadTable(endpoint);
    if (table === undefined) return;
    this.#waiting.set(table, [...(this.#waiting.get(table) ?? []), exchange]);
    this.#timer ??= setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Writes what is waiting. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#writing = this.#writing.then(async () => {
      for (const [table, exchanges] of batches) {
        await this.#write(table, exchanges).catch((error: unknown) => {
          console.error(`${exchanges.length} requests could not be written to ${table}:`, error);
        });
      }
    });
    return this.#writing;
  }

  async #write(table: string, exchanges: readonly Exchange[]): Promise<void> {
    const lakehouse = lakehouseOf(this.#workspace);
    await lakehouse.query({
      statement: `CREATE TABLE IF NOT EXISTS ${table} (${COLUMNS.join(", ")})`,
    });
    for (let start = 0; start < exchanges.length; start += ROWS_AT_ONCE) {
      const rows = exchanges.slice(start, start + ROWS_AT_ONCE).map(rowOf);
      const values = rows.map(({ cells }, i) => `(${cells.map((cell) => cell(i)).join(", ")})`);
      await lakehouse.query({
        statement: `INSERT INTO ${table} VALUES ${values.join(", ")}`,
        parameters: rows.flatMap(({ parameters }, i) =>
          parameters.map(([name, value]) => ({ name: `${name}${i}`, value })),
        ),
      });
    }
  }
}

function payloadTable({ name, ai_gateway }: EndpointRecord): string | undefined {
  const table = ai_gateway?.inference_table_config;
  if (table?.enabled !== true) return undefined;
  const parts = [
    table.catalog_name ?? "",
    table.schema_name ?? "",
    `${table.table_name_prefix ?? name}_payload`,
  ];
  return parts.map((part) => `\`${part.toLowerCase().replaceAll("`", "``")}\``).join(".");
}

/** A row's values as SQL, with markers for everything that came from outside. */
function rowOf(exchange: Exchange) {
  const time = exchange.time.toISOString().replace("T", " ").replace("Z", "");
  const kept = (text: string) => (Buffer.byteLength(text) > MOST_BYTES ? undefined : text);
  const [request, response] = [kept(exchange.request), kept(exchange.response)];
  const errors = [
    ...(request === undefined ? ["'MAX_REQUEST_SIZE_EXCEEDED'"] : []),
    ...(response === undefined ? ["'MAX_RESPONSE_SIZE_EXCEEDED'"] : []),
  ];
  const parameters: [string, string | undefined][] = [
    ["id", exchange.id],
    ["client", exchange.clientRequestId],
    ["request", request],
    ["response", response],
    ["entity", exchange.servedEntity],
    ["requester", exchange.requester],
  ];
  const marker = (name: string) => (row: number) => `:${name}${row}`;
  const literal = (sql: string) => () => sql;
  const cells = [
    literal(`DATE '${time.slice(0, 10)}'`),
    marker("id"),
    marker("client"),
    literal(`TIMESTAMP '${time}'`),
    literal(String(exchange.status)),
    literal("CAST(1.0 AS DOUBLE)"),
    literal(String(exchange.durationMs)),
    marker("request"),
    marker("response"),
    marker("entity"),
    literal(`CAST(array(${errors.join(", ")}) AS ARRAY<STRING>)`),
    marker("requester"),
  ];
  return { parameters, cells };
}
