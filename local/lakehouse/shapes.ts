import { z } from "zod";

/** A value for a `:name` marker; without a value it is a NULL of its type. */
export interface Parameter {
  readonly name: string;
  readonly value?: string | undefined;
  /** A Databricks SQL type, e.g. `DATE`. @default STRING */
  readonly type?: string | undefined;
}

/** A statement and the names it starts from. */
export interface Statement {
  readonly statement: string;
  readonly catalog?: string | undefined;
  readonly schema?: string | undefined;
  readonly parameters?: readonly Parameter[] | undefined;
  /** What `current_user()` returns. */
  readonly user?: string;
  /** More rows than this are cut off. */
  readonly row_limit?: number | undefined;
}

/** Rows for a table: a file of JSON lines below the folder `journal`, and its number among its writer's. */
export interface JournalFile {
  readonly file: string;
  readonly writer: string;
  readonly number: number;
}

/** A statement whose result is written to files. */
export interface SavedStatement extends Statement {
  readonly format: Manifest["format"];
  /** Rows after this many bytes are cut off. */
  readonly byte_limit?: number | undefined;
  /** A larger result fails the statement. */
  readonly max_bytes?: number | undefined;
  /** Size from which on a chunk is closed, in bytes. */
  readonly chunk_bytes?: number;
}

/** A column of a result. */
export const resultColumn = z.strictObject({
  name: z.string(),
  type_text: z.string(),
  type_name: z.string(),
  position: z.number(),
  type_precision: z.number().optional(),
  type_scale: z.number().optional(),
});

/** A result with all of its rows; values are text, as in the format JSON_ARRAY. */
export const executed = z.strictObject({
  columns: z.array(resultColumn),
  rows: z.array(z.array(z.string().nullable())),
  truncated: z.boolean(),
});
export type Executed = z.output<typeof executed>;

/** What was written of a result, in how many files. */
export const manifest = z.strictObject({
  format: z.enum(["JSON_ARRAY", "CSV", "ARROW_STREAM"]),
  schema: z.strictObject({ column_count: z.number(), columns: z.array(resultColumn) }),
  total_chunk_count: z.number(),
  total_row_count: z.number(),
  total_byte_count: z.number(),
  truncated: z.boolean(),
  chunks: z.array(
    z.strictObject({
      chunk_index: z.number(),
      row_offset: z.number(),
      row_count: z.number(),
      byte_count: z.number(),
    }),
  ),
});
export type Manifest = z.output<typeof manifest>;

/** What a refresh of a monitor did. */
export const profiled = z.strictObject({ message: z.string() });

/** A refusal of the engine. */
export const refusal = z.strictObject({
  error_code: z.string(),
  message: z.string(),
  sqlstate: z.string(),
});

const column = z.strictObject({
  name: z.string(),
  type_text: z.string(),
  type_name: z.string(),
  type_json: z.string(),
  position: z.number(),
  nullable: z.boolean(),
  comment: z.string().optional(),
  type_precision: z.number().optional(),
  type_scale: z.number().optional(),
  partition_index: z.number().optional(),
});

/** A primary or foreign key, as Unity Catalog's TableConstraint. */
const tableConstraint = z.union([
  z.strictObject({
    primary_key_constraint: z.strictObject({
      name: z.string(),
      child_columns: z.array(z.string()),
      timeseries_columns: z.array(z.string()).optional(),
      rely: z.boolean().optional(),
    }),
  }),
  z.strictObject({
    foreign_key_constraint: z.strictObject({
      name: z.string(),
      child_columns: z.array(z.string()),
      parent_table: z.string(),
      parent_columns: z.array(z.string()),
      rely: z.boolean().optional(),
    }),
  }),
]);

/** A table or view as Unity Catalog describes it, without owner, grants and tags. */
export const tableInfo = z.strictObject({
  name: z.string(),
  catalog_name: z.string(),
  schema_name: z.string(),
  full_name: z.string(),
  table_id: z.string(),
  table_type: z.enum(["MANAGED", "VIEW"]),
  data_source_format: z.literal("DELTA").optional(),
  storage_location: z.string().optional(),
  view_definition: z.string().optional(),
  comment: z.string().optional(),
  properties: z.record(z.string(), z.string()),
  columns: z.array(column),
  table_constraints: z.array(tableConstraint).optional(),
  /** Milliseconds since 1970. */
  created_at: z.number(),
  updated_at: z.number(),
  /** The newest version of the Delta log. */
  version: z.number().optional(),
});
export type TableInfo = z.output<typeof tableInfo>;

/** The tables of a schema. */
export const tableList = z.strictObject({ tables: z.array(tableInfo) });
