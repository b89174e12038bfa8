import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError } from "../errors";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";
import { Capture } from "./capture";
import { payloadRow, payloadTable, type Exchange } from "./payload";
import type { EndpointRecord } from "./records";

/** A table with captured rows, keyed by its full name, and the folder of its journal. */
const captured = z.strictObject({ table: z.string(), folder: z.string() });

/**
 * Inference tables: requests and responses of endpoints that ask for it, in
 * `<catalog>.<schema>.<prefix>_payload`. A row is on disk before the request is answered, in a journal for each
 * table, and about a second later in the table, exactly once whatever is killed in between.
 */
export class InferenceLog {
  readonly #workspace: Workspace;
  readonly #known: Collection<z.output<typeof captured>>;
  readonly #captures = new Map<string, Promise<Capture>>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#known = workspace.store.collection("inferenceTables", captured);
  }

  /** Takes up after a restart: writes what had not reached its table. */
  async resume(): Promise<void> {
    for (const { table } of this.#known.list()) await (await this.#capture(table)).write();
  }

  /**
   * Notes the exchange if the endpoint has an enabled inference table; it is on disk when this resolves.
   * @throws ApiError INTERNAL_ERROR when it cannot be written.
   */
  async add(endpoint: EndpointRecord, exchange: Exchange): Promise<void> {
    const table = payloadTable(endpoint);
    if (table === undefined) return;
    try {
      const capture = await this.#capture(table);
      await capture.add(payloadRow(exchange));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("INTERNAL_ERROR", `The request cannot be captured: ${reason}`);
    }
  }

  /** Writes all rows to their tables. What cannot be written now is not lost, see {@link resume}. */
  async flush(): Promise<void> {
    for (const capture of this.#captures.values()) await (await capture).write();
  }

  /** Writes what it can, and stops. */
  async close(): Promise<void> {
    await this.flush();
    for (const capture of this.#captures.values()) (await capture).close();
  }

  #capture(table: string): Promise<Capture> {
    const found = this.#captures.get(table);
    if (found !== undefined) return found;
    const known = this.#known.get(table) ?? { table, folder: randomUUID() };
    this.#known.put(table, known);
    const folder = this.#workspace.folder("lakehouse", "journal", known.folder);
    const opened = Capture.open(this.#workspace, table, folder);
    this.#captures.set(table, opened);
    // The next request tries again.
    opened.catch(() => this.#captures.delete(table));
    return opened;
  }
}
