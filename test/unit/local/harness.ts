import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Operation, Method } from "../../../local/route";
import { createServer } from "../../../local/server";
import { ModelServing, setServing } from "../../../local/serving/modelServing";
import {
  setTableEngine,
  type EngineTable,
  type TableEngine,
} from "../../../local/unityCatalog/engine";
import { Workspace } from "../../../local/workspace";

/** An answer: status and parsed body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, unknown>;
}

/** A workspace on its own folder whose operations are called without a network. */
export interface Harness {
  readonly workspace: Workspace;
  readonly tables: TableEngineDouble;
  /** Opens it anew, as another process would: what was not on disk is gone. */
  readonly reopen: () => Workspace;
  readonly call: (method: Method, path: string, body?: unknown) => Promise<Answer>;
}

/** A double of the SQL engine: tables are put into it by the test, statements are only noted. */
export class TableEngineDouble implements TableEngine {
  readonly schemas = new Set<string>();
  readonly tables = new Map<string, EngineTable>();
  readonly statements: string[] = [];

  /** Puts a table of string columns; `!` behind a column's name makes it NOT NULL. */
  put(fullName: string, ...columns: string[]): EngineTable {
    const [catalog_name = "", schema_name = "", name = ""] = fullName.split(".");
    const table: EngineTable = {
      table_id: randomUUID(),
      name,
      catalog_name,
      schema_name,
      full_name: fullName,
      table_type: "MANAGED",
      columns: columns.map((column) => ({
        name: column.replace("!", ""),
        type_name: "STRING",
        type_text: "string",
        nullable: !column.endsWith("!"),
      })),
      properties: {},
    };
    this.tables.set(fullName, table);
    return table;
  }

  createSchema(catalog: string, schema: string): Promise<void> {
    this.schemas.add(`${catalog}.${schema}`);
    return Promise.resolve();
  }

  dropSchema(catalog: string, schema: string): Promise<void> {
    this.schemas.delete(`${catalog}.${schema}`);
    for (const name of [...this.tables.keys()])
      if (name.startsWith(`${catalog}.${schema}.`)) this.tables.delete(name);
    return Promise.resolve();
  }

  listTables(catalog: string, schema: string): Promise<readonly EngineTable[]> {
    return Promise.resolve(
      [...this.tables.values()].filter(
        (table) => table.catalog_name === catalog && table.schema_name === schema,
      ),
    );
  }

  getTable(fullName: string): Promise<EngineTable | undefined> {
    return Promise.resolve(this.tables.get(fullName));
  }

  dropTable(fullName: string): Promise<void> {
    this.tables.delete(fullName);
    return Promise.resolve();
  }

  addConstraint(fullName: string, _name: string, constraint: object): Promise<void> {
    const table = this.tables.get(fullName);
    if (table !== undefined)
      table.table_constraints = [...(table.table_constraints ?? []), { ...constraint }];
    return Promise.resolve();
  }

  dropConstraint(fullName: string, name: string): Promise<void> {
    const table = this.tables.get(fullName);
    if (table !== undefined)
      table.table_constraints = (table.table_constraints ?? []).filter(
        (one) => !JSON.stringify(one).includes(`"name":"${name}"`),
      );
    return Promise.resolve();
  }

  execute(statement: string): Promise<void> {
    this.statements.push(statement);
    return Promise.resolve();
  }
}

/** Gives a workspace its serving, until it closes. */
export function serve(workspace: Workspace): void {
  const serving = setServing(workspace, new ModelServing(workspace));
  workspace.onClose(() => serving.stop());
}

/** Opens a workspace for one test; it is removed after the test. */
export function openWorkspace(operations: readonly Operation[]): Harness {
  const root = mkdtempSync(join(tmpdir(), "workspace-"));
  const tables = new TableEngineDouble();
  const open = () => {
    const workspace = new Workspace({ root, python: "python3" });
    workspace.url = "http://127.0.0.1:1";
    setTableEngine(workspace, tables);
    return { workspace, server: createServer(workspace, operations) };
  };
  let now = open();
  onTestFinished(async () => {
    await now.server.close();
    await now.workspace.close();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    get workspace() {
      return now.workspace;
    },
    tables,
    reopen: () => {
      now.workspace.store.close();
      now = open();
      return now.workspace;
    },
    call: async (method, path, body) => {
      const answer = await now.server.inject({
        method,
        url: path,
        headers: {
          authorization: `Bearer ${now.workspace.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
    },
  };
}
