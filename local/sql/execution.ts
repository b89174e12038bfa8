import { randomUUID } from "node:crypto";
import { ApiError } from "../errors";
import { USER } from "../identity";
import { lakehouseOf, SqlRefusal } from "../lakehouse";
import type { SavedStatement } from "../lakehouse/shapes";
import type { Workspace } from "../workspace";
import { statements, type StatementRecord } from "./records";

/** Databricks fails INLINE results that are larger than this. */
const INLINE_BYTES = 25 * 1024 ** 2;
const INLINE_CHUNK_BYTES = 4 * 1024 ** 2;
const EXTERNAL_CHUNK_BYTES = 16 * 1024 ** 2;

/** How long results are kept, in milliseconds. */
export const RESULT_MS = 60 * 60 * 1000;
/** How long a statement's state is known after that. */
const RECORD_MS = 12 * RESULT_MS;

/** The statements that run now, by id: each settles when its record is final. */
const running = new WeakMap<Workspace, Map<string, Promise<void>>>();

function runningIn(workspace: Workspace): Map<string, Promise<void>> {
  const found = running.get(workspace) ?? new Map<string, Promise<void>>();
  running.set(workspace, found);
  return found;
}

/** Starts a statement; its record says RUNNING when this returns. */
export function start(
  workspace: Workspace,
  disposition: StatementRecord["disposition"],
  statement: SavedStatement,
): string {
  const statement_id = randomUUID();
  const record: StatementRecord = {
    statement_id,
    state: "RUNNING",
    disposition,
    created_at: Date.now(),
  };
  statements(workspace).put(statement_id, record);
  const inline = disposition === "INLINE";
  const done = run(workspace, record, {
    ...statement,
    user: USER.userName,
    ...(inline ? { max_bytes: INLINE_BYTES } : {}),
    chunk_bytes: inline ? INLINE_CHUNK_BYTES : EXTERNAL_CHUNK_BYTES,
  }).finally(() => runningIn(workspace).delete(statement_id));
  runningIn(workspace).set(statement_id, done);
  return statement_id;
}

async function run(
  workspace: Workspace,
  record: StatementRecord,
  statement: SavedStatement,
): Promise<void> {
  const ended = await outcome(workspace, record, statement);
  // A statement cancelled in the meantime stays so: its caller was told.
  if (statements(workspace).get(record.statement_id)?.state === "RUNNING")
    statements(workspace).put(record.statement_id, { ...record, ...ended });
}

async function outcome(
  workspace: Workspace,
  { statement_id }: StatementRecord,
  statement: SavedStatement,
): Promise<Partial<StatementRecord>> {
  try {
    const manifest = await lakehouseOf(workspace).save(statement_id, statement);
    return { state: "SUCCEEDED", manifest };
  } catch (error) {
    if (error instanceof SqlRefusal)
      return {
        state: "FAILED",
        error: { error_code: "BAD_REQUEST", message: error.full },
        sql_state: error.sqlState,
      };
    const { code, message } =
      error instanceof ApiError ? error : new ApiError("INTERNAL_ERROR", String(error));
    return { state: "FAILED", error: { error_code: code, message } };
  }
}

/** Waits until the statement has ended, at most `ms`; whether it has. */
export async function ended(workspace: Workspace, id: string, ms: number): Promise<boolean> {
  const done = runningIn(workspace).get(id);
  if (done === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  const inTime = await Promise.race([done.then(() => true), tooLate]);
  clearTimeout(timer);
  return inTime;
}

/** Interrupts a statement if it runs; its state is CANCELED when this returns. */
export async function cancel(workspace: Workspace, record: StatementRecord): Promise<void> {
  if (record.state !== "RUNNING") return;
  statements(workspace).put(record.statement_id, { ...record, state: "CANCELED" });
  await lakehouseOf(workspace).cancel(record.statement_id);
}

/** @throws ApiError 404 for an id that is not known, or not any more. */
export function requireStatement(workspace: Workspace, id: string): StatementRecord {
  const record = statements(workspace).get(id);
  if (record === undefined || Date.now() - record.created_at > RECORD_MS)
    throw new ApiError("NOT_FOUND", `The statement ${id} was not found.`);
  if (record.state === "RUNNING" && !runningIn(workspace).has(id)) {
    const message = "The workspace stopped while the statement ran.";
    return { ...record, state: "FAILED", error: { error_code: "ABORTED", message } };
  }
  if (record.state === "SUCCEEDED" && Date.now() - record.created_at > RESULT_MS)
    return { ...record, state: "CLOSED" };
  return record;
}

/** Removes results and records whose time is over. */
export async function forgetOld(workspace: Workspace, now = Date.now()): Promise<void> {
  for (const record of statements(workspace).list()) {
    const age = now - record.created_at;
    if (age <= RESULT_MS || runningIn(workspace).has(record.statement_id)) continue;
    await lakehouseOf(workspace).forget(record.statement_id);
    if (age > RECORD_MS) statements(workspace).delete(record.statement_id);
  }
}
