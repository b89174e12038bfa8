import type { AlertBody } from "./records";

type Evaluation = AlertBody["evaluation"];
type Constant = NonNullable<NonNullable<Evaluation["threshold"]>["value"]>;

/** A value of a query's result: as text, as the SQL engine writes it, null for NULL. */
export interface Operand {
  readonly column: string;
  readonly text: string | null;
  /** As the engine calls it, e.g. `DOUBLE`. */
  readonly type: string;
}

/**
 * Whether the condition holds. As in SQL, no comparison with NULL does, so `IS_NULL` is the operator for it;
 * and NaN is larger than any other number: https://docs.databricks.com/sql/language-manual/data-types/special-floating-point-values.html
 * @throws Error when the value cannot be compared with the threshold
 */
export function holds(
  operator: Evaluation["comparison_operator"],
  value: Operand,
  threshold: Operand | Constant | undefined,
): boolean {
  if (operator === "IS_NULL") return value.text === null;
  if (operator === "IS_NOT_NULL") return value.text !== null;
  if (value.text === null || threshold === undefined) return false;
  const order =
    "column" in threshold ? withColumn(value, threshold) : withConstant(value, threshold);
  if (order === undefined) return false;
  switch (operator) {
    case "EQUAL":
      return order === 0;
    case "NOT_EQUAL":
      return order !== 0;
    case "GREATER_THAN":
      return order > 0;
    case "GREATER_THAN_OR_EQUAL":
      return order >= 0;
    case "LESS_THAN":
      return order < 0;
    case "LESS_THAN_OR_EQUAL":
      return order <= 0;
  }
}

/** A threshold as people read it. */
export function constantText({ double_value, bool_value, string_value }: Constant): string {
  return String(double_value ?? bool_value ?? string_value ?? "");
}

const numeric = ["BYTE", "SHORT", "INT", "LONG", "FLOAT", "DOUBLE", "DECIMAL"];

function withColumn(value: Operand, threshold: Operand): number | undefined {
  if (threshold.text === null) return undefined;
  const numbers = numeric.includes(value.type) && numeric.includes(threshold.type);
  return numbers
    ? order(Number(value.text), Number(threshold.text))
    : order(value.text ?? "", threshold.text);
}

function withConstant(value: Operand, threshold: Constant): number {
  const { double_value, bool_value, string_value = "" } = threshold;
  if (double_value !== undefined) return order(numberOf(value, threshold), double_value);
  if (bool_value !== undefined) return order(Number(boolOf(value, threshold)), Number(bool_value));
  if (!numeric.includes(value.type)) return order(value.text ?? "", string_value);
  const number = string_value.trim() === "" ? Number.NaN : Number(string_value);
  if (Number.isNaN(number)) throw incomparable(value, threshold);
  return order(Number(value.text), number);
}

function numberOf(value: Operand, threshold: Constant): number {
  const text = value.text?.trim() ?? "";
  const number = text === "" ? Number.NaN : Number(text);
  if (Number.isNaN(number) && text !== "NaN") throw incomparable(value, threshold);
  return number;
}

function boolOf(value: Operand, threshold: Constant): boolean {
  if (value.text !== "true" && value.text !== "false") throw incomparable(value, threshold);
  return value.text === "true";
}

function incomparable({ column, text, type }: Operand, threshold: Constant): Error {
  return new Error(
    `The column '${column}' holds '${text ?? "NULL"}' (${type}), which cannot be compared with ${constantText(threshold)}.`,
  );
}

function order<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : 1;
}
