import { SqlRefusal } from "../lakehouse";
import type { Executed, Parameter, Statement } from "../lakehouse/shapes";
import { quoted } from "../sql/names";
import { constantText, holds, type Operand } from "./compare";
import type { AlertBody, EvaluationState, OperandColumn } from "./records";

/** Rows of a query's result that are read, where they are not aggregated. */
const ROW_LIMIT = 1000;

/** What an evaluation looks at. */
export type Evaluated = Pick<AlertBody, "query_text" | "evaluation" | "parameters">;

/** How an evaluation came out. */
export interface Outcome {
  readonly state: EvaluationState;
  /** The value that was compared, as the SQL engine writes it; null for NULL; none if there was no row. */
  readonly value?: string | null;
  /** What it was compared with. */
  readonly threshold?: string | null;
  /** Why the state is ERROR. */
  readonly error?: string;
  /** What the value was taken from. */
  readonly result?: Executed;
}

/**
 * Runs an alert's query and compares. An aggregation is computed by wrapping the query in a common table
 * expression, as Databricks does (https://docs.databricks.com/sql/user/alerts/#alert-aggregations); without one
 * the first row counts. Without any row the state is the alert's `empty_result_state`, or else UNKNOWN; a COUNT
 * of no rows is 0. Whatever fails gives ERROR with its reason.
 */
export async function evaluate(
  query: (statement: Statement) => Promise<Executed>,
  alert: Evaluated,
): Promise<Outcome> {
  const { evaluation } = alert;
  const { source, threshold, empty_result_state = "UNKNOWN" } = evaluation;
  const constant = threshold?.value && { threshold: constantText(threshold.value) };
  try {
    const read = await reader(query, alert);
    const value = read(source);
    const column = threshold?.column && read(threshold.column);
    const { result } = read;
    const shown = { ...constant, ...(column && { threshold: column.text }), result };
    if (value === undefined) return { state: empty_result_state, ...shown };
    const triggered = holds(evaluation.comparison_operator, value, column ?? threshold?.value);
    return { state: triggered ? "TRIGGERED" : "OK", value: value.text, ...shown };
  } catch (error) {
    return { state: "ERROR", ...constant, error: reasonOf(error) };
  }
}

interface Reader {
  /** The value of an operand; undefined if the query gave no row for it. */
  (column: OperandColumn): Operand | undefined;
  /** What the source's value was taken from. */
  readonly result: Executed;
}

async function reader(
  query: (statement: Statement) => Promise<Executed>,
  alert: Evaluated,
): Promise<Reader> {
  const { source, threshold } = alert.evaluation;
  const columns = [source, ...(threshold?.column === undefined ? [] : [threshold.column])];
  const parameters = alert.parameters?.map(parameterOf);
  const run = (statement: string) =>
    query({ statement, ...(parameters && { parameters }), row_limit: ROW_LIMIT });
  const aggregated = columns.filter((column) => column.aggregation !== undefined);
  const rows = aggregated.length < columns.length ? await run(alert.query_text) : undefined;
  const totals =
    aggregated.length > 0 ? await run(wrapped(alert.query_text, aggregated)) : undefined;
  const result = source.aggregation === undefined ? rows : totals && withoutLast(totals);
  if (result === undefined) throw new Error("The alert has no source.");
  const read = (column: OperandColumn): Operand | undefined => {
    if (column.aggregation === undefined) return rows && firstOf(rows, column.name);
    const value = totals && firstOf(totals, headingOf(column));
    const empty = totals && firstOf(totals, ROWS)?.text === "0";
    return empty === true && value?.text === null ? undefined : value;
  };
  return Object.assign(read, { result });
}

function parameterOf({
  name,
  value,
  type,
}: NonNullable<Evaluated["parameters"]>[number]): Parameter {
  return { name, value, type };
}

/** Names the count of rows, which tells an aggregated NULL from no row. */
const ROWS = "alert_rows";

function wrapped(queryText: string, columns: readonly OperandColumn[]): string {
  const totals = columns.map((column) => `${totalOf(column)} AS ${quoted(headingOf(column))}`);
  // A statement may end with a semicolon, and a comment behind it; an expression may not.
  const query = queryText.replace(/;(?:[;\s]|--[^\n]*|\/\*[\s\S]*?\*\/)*$/, "");
  // On a line of its own, so that a comment at the query's end does not swallow the bracket.
  return `WITH alert_query AS (\n${query}\n) SELECT ${[...totals, `COUNT(*) AS ${ROWS}`].join(", ")} FROM alert_query`;
}

function totalOf({ name, aggregation }: OperandColumn): string {
  return aggregation === "COUNT_DISTINCT"
    ? `COUNT(DISTINCT ${quoted(name)})`
    : `${aggregation ?? "ANY_VALUE"}(${quoted(name)})`;
}

/** The count of rows is nobody's but ours. */
function withoutLast({ columns, rows, truncated }: Executed): Executed {
  return { columns: columns.slice(0, -1), rows: rows.map((row) => row.slice(0, -1)), truncated };
}

function headingOf({ name, aggregation }: OperandColumn): string {
  return `${aggregation ?? ""}(${name})`;
}

function firstOf({ columns, rows }: Executed, name: string): Operand | undefined {
  const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  const column = columns[at];
  if (column === undefined)
    throw new Error(
      `The query's result has no column '${name}'; it has ${columns.map((one) => one.name).join(", ")}.`,
    );
  const [first] = rows;
  if (first === undefined) return undefined;
  return { column: column.name, text: first[at] ?? null, type: column.type_name };
}

function reasonOf(error: unknown): string {
  if (error instanceof SqlRefusal) return error.full;
  return error instanceof Error ? error.message : String(error);
}
