import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Operation, Method } from "../../../local/route";
import { createServer } from "../../../local/server";
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
  /** The same, with another process's eyes: what was not on disk is gone. */
  readonly reopen: () => void;
  readonly call: (method: Method, path: string, body?: unknown) => Promise<Answer>;
}

/** A double of the SQL engine: tables are put into it by the test. */
export class TableEngineDouble implements TableEngine {
  readonly schemas = new Set<string>();
  readonly tables = new Map<string, EngineTable>();

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
      [...this.tables]
        .filter(([name]) => name.startsWith(`${catalog}.${schema}.`))
        .map(([, t]) => t),
    );
  }

  getTable(fullName: string): Promise<EngineTable | undefined> {
    return Promise.resolve(this.tables.get(fullName));
  }
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
