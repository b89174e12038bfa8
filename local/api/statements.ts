import { createReadStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { z } from "zod";
import { ApiError, invalid, missing } from "../errors";
import { lakehouseOf } from "../lakehouse";
import type { Manifest } from "../lakehouse/shapes";
import { operation, queryInt, signature, type Operation } from "../route";
import { cancel, ended, forgetOld, requireStatement, RESULT_MS, start } from "../sql/execution";
import { statements, type StatementRecord } from "../sql/records";
import { wake } from "../sql/warehouse";
import { without } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

const path = "/api/2.0/sql/statements";
const params = z.strictObject({ statement_id: z.string() });
const contentType = {
  JSON_ARRAY: "application/json",
  CSV: "text/csv",
  ARROW_STREAM: "application/vnd.apache.arrow.stream",
};

/** `0s`, or 5 to 50 seconds, as milliseconds. */
const waitTimeout = z
  .string()
  .regex(/^(0|[5-9]|[1-4]\d|50)s$/, "must be 0s, or between 5s and 50s")
  .default("10s")
  .transform((text) => Number.parseInt(text, 10) * 1000);

const body = z.strictObject({
  statement: z.string().min(1),
  warehouse_id: z.string().min(1),
  catalog: z.string().optional(),
  schema: z.string().optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        value: z.string().nullish(),
        type: z.string().optional(),
      }),
    )
    .default([]),
  row_limit: z.number().int().min(1).optional(),
  byte_limit: z.number().int().min(1).optional(),
  disposition: z.enum(["INLINE", "EXTERNAL_LINKS"]).default("INLINE"),
  format: z.enum(["JSON_ARRAY", "ARROW_STREAM", "CSV"]).default("JSON_ARRAY"),
  wait_timeout: waitTimeout,
  on_wait_timeout: z.enum(["CONTINUE", "CANCEL"]).default("CONTINUE"),
});

/**
 * SQL statements (https://docs.databricks.com/api/workspace/statementexecution). Results are kept for an
 * hour; `query_tags` are refused: nothing here could show them.
 */
export const statementOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "sql.StatementResponse",
    body,
    handle: async ({ body, workspace }) => {
      if (body.disposition === "INLINE" && body.format !== "JSON_ARRAY")
        throw invalid(`format '${body.format}' needs disposition 'EXTERNAL_LINKS'.`);
      wake(workspace, body.warehouse_id);
      void forgetOld(workspace).catch((error: unknown) => {
        console.error(error);
      });
      const { statement, catalog, schema, row_limit, byte_limit, format } = body;
      const parameters = body.parameters.map(({ value, ...rest }) => ({
        ...rest,
        ...(value == null ? {} : { value }),
      }));
      const id = start(workspace, body.disposition, {
        statement,
        catalog,
        schema,
        parameters,
        row_limit,
        byte_limit,
        format,
      });
      if (!(await ended(workspace, id, body.wait_timeout)) && body.on_wait_timeout === "CANCEL")
        await cancel(workspace, requireStatement(workspace, id));
      return answer(workspace, requireStatement(workspace, id));
    },
  }),

  operation(`GET ${path}/:statement_id`, {
    answers: "sql.StatementResponse",
    params,
    handle: ({ params, workspace }) =>
      answer(workspace, requireStatement(workspace, params.statement_id)),
  }),

  operation(`POST ${path}/:statement_id/cancel`, {
    answers: "raw",
    params,
    handle: ({ params, workspace }) =>
      cancel(workspace, requireStatement(workspace, params.statement_id)),
  }),

  operation(`GET ${path}/:statement_id/result/chunks/:chunk_index`, {
    answers: "sql.ResultData",
    params: params.extend({ chunk_index: queryInt.min(0) }),
    handle: ({ params, workspace }) => {
      const record = requireStatement(workspace, params.statement_id);
      if (record.state !== "SUCCEEDED" || record.manifest === undefined)
        throw new ApiError(
          "INVALID_STATE",
          `Statement ${record.statement_id} is ${record.state}; it has no result to fetch.`,
        );
      return chunk(workspace, record, record.manifest, params.chunk_index);
    },
  }),

  operation("GET /statement-results/:statement_id/:chunk_index", {
    answers: "raw",
    signed: true,
    params: params.extend({ chunk_index: queryInt.min(0) }),
    query: z.strictObject(signature),
    handle: async ({ params, workspace, reply }) => {
      const { manifest } = statements(workspace).get(params.statement_id) ?? {};
      if (manifest === undefined) throw missing("Result", params.statement_id, "NOT_FOUND");
      const { format } = manifest;
      const file = lakehouseOf(workspace).chunkPath(
        params.statement_id,
        params.chunk_index,
        format,
      );
      const { size } = await stat(file);
      return reply
        .headers({ "content-type": contentType[format], "content-length": size })
        .send(createReadStream(file));
    },
  }),
];

function answer(workspace: Workspace, record: StatementRecord) {
  const { statement_id, state, error, sql_state, manifest } = record;
  const status = {
    state,
    ...(error === undefined ? {} : { error }),
    ...(sql_state === undefined ? {} : { sql_state }),
  };
  if (state !== "SUCCEEDED" || manifest === undefined) return { statement_id, status };
  return {
    statement_id,
    status,
    manifest: shownManifest(record, manifest),
    result: manifest.total_chunk_count > 0 ? chunk(workspace, record, manifest, 0) : {},
  };
}

/** INLINE results do not tell sizes in bytes. */
function shownManifest({ disposition }: StatementRecord, manifest: Manifest) {
  if (disposition === "EXTERNAL_LINKS") return manifest;
  const chunks = manifest.chunks.map((one) => without(one, "byte_count"));
  return { ...without(manifest, "total_byte_count"), chunks };
}

function chunk(workspace: Workspace, record: StatementRecord, manifest: Manifest, index: number) {
  const info = manifest.chunks[index];
  if (info === undefined)
    throw invalid(
      `chunk_index ${index} does not exist; the result has ${manifest.total_chunk_count}.`,
    );
  const { statement_id, disposition } = record;
  const { chunk_index, row_offset, row_count, byte_count } = info;
  const next =
    index + 1 < manifest.total_chunk_count
      ? {
          next_chunk_index: index + 1,
          next_chunk_internal_link: `${path}/${statement_id}/result/chunks/${index + 1}`,
        }
      : {};
  const about = { chunk_index, row_offset, row_count, ...next };
  if (disposition === "INLINE") {
    const file = lakehouseOf(workspace).chunkPath(statement_id, index, manifest.format);
    const data_array: unknown = JSON.parse(readFileSync(file, "utf8"));
    return { ...about, data_array };
  }
  const expiration = new Date(record.created_at + RESULT_MS);
  const external_link = workspace.sign(`/statement-results/${statement_id}/${index}`, expiration);
  return {
    external_links: [{ ...about, byte_count, external_link, expiration: expiration.toISOString() }],
  };
}
