import { describe, expect, test } from "vitest";
import { evaluate, type Evaluated } from "../../../../local/alerts/evaluate";
import { alertBody } from "../../../../local/alerts/records";
import { SqlRefusal } from "../../../../local/lakehouse";
import { QueryDouble, result } from "./queryDouble";

const parsed = alertBody.shape.evaluation;

async function evaluated(
  evaluation: object,
  answer: QueryDouble["answer"],
  more: Partial<Evaluated> = {},
) {
  const double = new QueryDouble();
  double.answer = answer;
  const alert = { query_text: "SELECT x FROM t", evaluation: parsed.parse(evaluation), ...more };
  const { state, value, threshold, error } = await evaluate(double.query, alert);
  const statements = double.statements.map(({ statement }) => statement);
  return { state, value, threshold, error, statements, double };
}

const above = (value: object, more: object = {}) => ({
  comparison_operator: "GREATER_THAN",
  source: { name: "x" },
  threshold: { value },
  ...more,
});
const operator = (comparison_operator: string, threshold?: object) => ({
  comparison_operator,
  source: { name: "x" },
  ...(threshold === undefined ? {} : { threshold: { value: threshold } }),
});

describe("an evaluation", () => {
  test("takes the first row, whatever case the column's name is in", async () => {
    const found = await evaluated(
      above({ double_value: 0.1 }),
      result("other, X DOUBLE", ["a", "0.2"], ["b", "0"]),
    );
    expect(found).toMatchObject({ state: "TRIGGERED", value: "0.2", threshold: "0.1" });
    expect(found.statements).toEqual(["SELECT x FROM t"]);
  });

  test.each([
    ["EQUAL", "2", { double_value: 2 }, "TRIGGERED"],
    ["NOT_EQUAL", "2", { double_value: 2 }, "OK"],
    ["NOT_EQUAL", "2", { double_value: 3 }, "TRIGGERED"],
    ["GREATER_THAN", "2", { double_value: 2 }, "OK"],
    ["GREATER_THAN_OR_EQUAL", "2", { double_value: 2 }, "TRIGGERED"],
    ["LESS_THAN", "10", { double_value: 9 }, "OK"],
    ["LESS_THAN", "2", { double_value: 2 }, "OK"],
    ["LESS_THAN_OR_EQUAL", "2", { double_value: 2 }, "TRIGGERED"],
    ["GREATER_THAN", "10", { string_value: "9" }, "TRIGGERED"],
    ["GREATER_THAN", "NaN", { double_value: 1e9 }, "TRIGGERED"],
    ["GREATER_THAN", "Infinity", { double_value: 1e9 }, "TRIGGERED"],
    ["GREATER_THAN", null, { double_value: 0 }, "OK"],
    ["LESS_THAN", null, { double_value: 0 }, "OK"],
    ["NOT_EQUAL", null, { double_value: 0 }, "OK"],
    ["IS_NULL", null, undefined, "TRIGGERED"],
    ["IS_NULL", "0", undefined, "OK"],
    ["IS_NOT_NULL", "0", undefined, "TRIGGERED"],
    ["IS_NOT_NULL", null, undefined, "OK"],
  ] as const)("%s of the number %s and %o is %s", async (name, value, bound, state) => {
    const found = await evaluated(operator(name, bound), result("x DOUBLE", [value]));
    expect(found).toMatchObject({ state, value });
  });

  test.each([
    ["EQUAL", "x BOOLEAN", "true", { bool_value: true }, "TRIGGERED"],
    ["EQUAL", "x BOOLEAN", "false", { bool_value: true }, "OK"],
    ["EQUAL", "x STRING", "down", { string_value: "down" }, "TRIGGERED"],
    ["GREATER_THAN", "x STRING", "10", { string_value: "9" }, "OK"],
    ["GREATER_THAN", "x DATE", "2026-02-01", { string_value: "2026-01-31" }, "TRIGGERED"],
    ["GREATER_THAN", "x STRING", "0.2", { double_value: 0.1 }, "TRIGGERED"],
  ] as const)("%s of %s %s and %o is %s", async (name, column, value, bound, state) => {
    expect(await evaluated(operator(name, bound), result(column, [value]))).toMatchObject({
      state,
    });
  });

  test.each([
    ["a text and a number", { double_value: 4 }, "x STRING", "abc", "'abc' (STRING)"],
    ["a number and a text", { string_value: "many" }, "x INT", "1", "compared with many"],
    ["a number and a truth", { bool_value: true }, "x INT", "1", "compared with true"],
  ])("of %s is an error", async (_, bound, column, value, reason) => {
    const found = await evaluated(above(bound), result(column, [value]));
    expect(found).toMatchObject({
      state: "ERROR",
      error: expect.stringContaining(reason) as string,
    });
  });

  test("compares with another column, by number where both are", async () => {
    const evaluation = above({}, { threshold: { column: { name: "y" } } });
    const numbers = await evaluated(evaluation, result("x INT, y LONG", ["10", "9"]));
    expect(numbers).toMatchObject({ state: "TRIGGERED", value: "10", threshold: "9" });
    const texts = await evaluated(evaluation, result("x STRING, y STRING", ["10", "9"]));
    expect(texts).toMatchObject({ state: "OK" });
    const nothing = await evaluated(evaluation, result("x INT, y LONG", ["10", null]));
    expect(nothing).toMatchObject({ state: "OK", threshold: null });
  });

  test("aggregates all rows by wrapping the query", async () => {
    const source = { name: "drift `score`", aggregation: "MAX" };
    const found = await evaluated(
      above({ double_value: 0.1 }, { source }),
      result("MAX(drift_`score`) DOUBLE, alert_rows LONG", ["0.3", "7"]),
      { query_text: "SELECT 1 -- one\n ; -- end" },
    );
    expect(found.statements).toEqual([
      "WITH alert_query AS (\nSELECT 1 -- one\n \n) SELECT MAX(`drift ``score```) AS `MAX(drift ``score``)`, COUNT(*) AS alert_rows FROM alert_query",
    ]);
  });

  test.each([
    ["COUNT_DISTINCT", "COUNT(DISTINCT `x`)"],
    ["STDDEV", "STDDEV(`x`)"],
    ["MEDIAN", "MEDIAN(`x`)"],
  ])("%s is %s", async (aggregation, sql) => {
    const found = await evaluated(
      above({ double_value: 1 }, { source: { name: "x", aggregation } }),
      result(`${aggregation}(x) DOUBLE, alert_rows LONG`, ["2", "3"]),
    );
    expect(found).toMatchObject({ state: "TRIGGERED", value: "2" });
    expect(found.statements[0]).toContain(sql);
  });

  test.each(["OK", "TRIGGERED", "ERROR", "UNKNOWN"])(
    "of no row is %s where that is wanted",
    async (state) => {
      const evaluation = above({ double_value: 1 }, { empty_result_state: state });
      expect(await evaluated(evaluation, result("x DOUBLE"))).toMatchObject({
        state,
        value: undefined,
      });
      const total = { ...evaluation, source: { name: "x", aggregation: "SUM" } };
      const totals = result("SUM(x) DOUBLE, alert_rows LONG", [null, "0"]);
      expect(await evaluated(total, totals)).toMatchObject({ state, value: undefined });
    },
  );

  test("of no row is UNKNOWN where nothing is wanted, and counts as 0", async () => {
    expect(await evaluated(above({ double_value: 1 }), result("x DOUBLE"))).toMatchObject({
      state: "UNKNOWN",
    });
    const count = {
      ...operator("LESS_THAN", { double_value: 1 }),
      source: { name: "x", aggregation: "COUNT" },
      empty_result_state: "OK",
    };
    const totals = result("COUNT(x) LONG, alert_rows LONG", ["0", "0"]);
    expect(await evaluated(count, totals)).toMatchObject({ state: "TRIGGERED", value: "0" });
  });

  test("of rows whose total is NULL compares with NULL", async () => {
    const total = above(
      { double_value: 1 },
      { source: { name: "x", aggregation: "SUM" }, empty_result_state: "TRIGGERED" },
    );
    const totals = result("SUM(x) DOUBLE, alert_rows LONG", [null, "2"]);
    expect(await evaluated(total, totals)).toMatchObject({ state: "OK", value: null });
  });

  test("that fails is an error with the engine's reason", async () => {
    const refusal = new SqlRefusal("TABLE_OR_VIEW_NOT_FOUND", "The table `t` is gone.", "42P01");
    expect(await evaluated(above({ double_value: 1 }), refusal)).toMatchObject({
      state: "ERROR",
      error: "[TABLE_OR_VIEW_NOT_FOUND] The table `t` is gone. SQLSTATE: 42P01",
    });
    expect(
      await evaluated(above({ double_value: 1 }), result("y INT, z INT", ["1", "2"])),
    ).toMatchObject({
      state: "ERROR",
      error: "The query's result has no column 'x'; it has y, z.",
    });
  });

  test("hands the parameters on", async () => {
    const parameters = [{ name: "low", type: "DOUBLE", value: "0.5" }, { name: "none" }];
    const { double } = await evaluated(above({ double_value: 1 }), result("x INT", ["1"]), {
      parameters,
    });
    expect(double.statements[0]?.parameters).toEqual([
      { name: "low", type: "DOUBLE", value: "0.5" },
      { name: "none" },
    ]);
  });
});
