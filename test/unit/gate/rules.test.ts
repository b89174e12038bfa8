import { describe, expect, test } from "vitest";
import type { Comparison } from "../../../components/gate/decision/rule";
import {
  above,
  approvedBy,
  approvedInFile,
  atLeast,
  atMost,
  below,
  between,
  maxAge,
  maxRegression,
  minImprovement,
  minRows,
  tagged,
  worstOf,
} from "../../../components/gate/rules";

describe("thresholds", () => {
  test("each says how its metric is compared", () => {
    expect([above("auc", 0.8), atLeast("auc", 0.8), below("loss", 2), atMost("loss", 2)]).toEqual([
      { kind: "metric", metric: "auc", comparison: ">", bound: 0.8 },
      { kind: "metric", metric: "auc", comparison: ">=", bound: 0.8 },
      { kind: "metric", metric: "loss", comparison: "<", bound: 2 },
      { kind: "metric", metric: "loss", comparison: "<=", bound: 2 },
    ]);
  });

  test.each([NaN, Infinity, -Infinity])("a bound of %d is refused", (bound) => {
    for (const rule of [above, atLeast, below, atMost]) {
      expect(() => rule("loss", bound)).toThrow(
        `The bound for loss is ${String(bound)}; it must be a finite number.`,
      );
    }
  });

  test.each(["val_accuracy", "f1", "val_auc_roc", "roc_auc", "auc", "precision", "val_recall"])(
    "%s lies between 0 and 1, so its bound does",
    (metric) => {
      expect(() => above(metric, 1.5)).toThrow(
        `The bound for ${metric} is 1.5; it must lie between 0 and 1.`,
      );
      expect(() => below(metric, -0.0001)).toThrow("is -0.0001; it must lie between 0 and 1");
      expect(atLeast(metric, 1).bound).toBe(1);
      expect(above(metric, 0).bound).toBe(0);
    },
  );

  test.each(["rmse", "inaccuracy_count", "f1_rank", "loss"])("%s may have any bound", (metric) => {
    expect(below(metric, 15).bound).toBe(15);
    expect(above(metric, -3).bound).toBe(-3);
  });

  test.each(["", "  "])("a metric without a name is refused: '%s'", (metric) => {
    expect(() => above(metric, 0.5)).toThrow(
      "A gate's rule needs the name of a metric; got an empty one.",
    );
  });

  test.each([" loss", "loss ", "loss\n"])("so is one with blanks around it: '%s'", (metric) => {
    expect(() => above(metric, 0.5)).toThrow(
      `The metric is '${metric}'; it must have no blanks around it.`,
    );
  });
});

describe("ranges", () => {
  test("hold both ends, which may be one", () => {
    expect(between("ratio", -1, 2)).toEqual({ kind: "range", metric: "ratio", from: -1, to: 2 });
    expect(between("ratio", 2, 2)).toMatchObject({ from: 2, to: 2 });
  });

  test.each<[number, number, string]>([
    [2, 1, "The lower end for ratio is 2; it must not exceed the upper end, 1."],
    [NaN, 1, "The lower end for ratio is NaN; it must be a finite number."],
    [0, Infinity, "The upper end for ratio is Infinity; it must be a finite number."],
  ])("%d to %d is refused", (from, to, message) => {
    expect(() => between("ratio", from, to)).toThrow(message);
  });

  test("the ends for a metric between 0 and 1 lie there", () => {
    expect(() => between("auc", 0.5, 1.1)).toThrow(
      "The upper end for auc is 1.1; it must lie between 0 and 1.",
    );
  });
});

describe("slices", () => {
  const regions = ["accuracy_north", "accuracy_south"];

  test("keep their metrics in the order given", () => {
    expect(worstOf(regions, ">=", 0.8)).toEqual({
      kind: "slices",
      metrics: regions,
      comparison: ">=",
      bound: 0.8,
    });
  });

  test.each<[string[], string]>([
    [[], "The number of metrics to take the worst of is 0; it must be 2 or more."],
    [["a"], "The number of metrics to take the worst of is 1; it must be 2 or more."],
    [["a", "b", "a"], "The metric among those to take the worst of is a; it must be named once"],
    [["a", ""], "A gate's rule needs the name of a metric; got an empty one."],
  ])("%j is refused", (metrics, message) => {
    expect(() => worstOf(metrics, ">", 0.8)).toThrow(message);
  });

  test("the bound must be one for each of the metrics", () => {
    expect(() => worstOf(["loss", "north_accuracy"], "<", 2)).toThrow(
      "The bound for north_accuracy is 2; it must lie between 0 and 1.",
    );
    expect(() => worstOf(regions, "<", NaN)).toThrow("it must be a finite number");
  });

  test("a comparison that is none is refused", () => {
    const comparison = JSON.parse('"=="') as Comparison;
    expect(() => worstOf(regions, comparison, 0.8)).toThrow(
      "The comparison for the worst of accuracy_north, accuracy_south is ==; it must be one of > >= < <=.",
    );
  });
});

describe("comparisons with the champion", () => {
  test("a regression is a change below 0, an improvement one above", () => {
    expect(maxRegression("auc", 0.01)).toEqual({
      kind: "champion",
      metric: "auc",
      better: "higher",
      change: -0.01,
      relative: false,
    });
    expect(minImprovement("rmse", 0.05, { better: "lower", relative: true })).toEqual({
      kind: "champion",
      metric: "rmse",
      better: "lower",
      change: 0.05,
      relative: true,
    });
  });

  test.each([0, -0])("%d is one and the same number either way", (by) => {
    expect(maxRegression("auc", by).change).toBe(0);
    expect(minImprovement("auc", by).change).toBe(0);
  });

  test.each<[string, number, boolean, string]>([
    ["rmse", -0.01, false, "is -0.01; it must be 0 or more."],
    ["rmse", NaN, false, "is NaN; it must be a finite number."],
    ["rmse", Infinity, true, "is Infinity; it must be a finite number."],
    ["rmse", 5, true, "is 5; it must be a share below 1, such as 0.05 for 5 %."],
    ["rmse", 1, true, "is 1; it must be a share below 1, such as 0.05 for 5 %."],
    ["auc", 2, false, "is 2; it must be 1 or less."],
  ])("%s by %d, relative: %s, is refused", (metric, by, relative, message) => {
    for (const rule of [maxRegression, minImprovement]) {
      expect(() => rule(metric, by, { relative })).toThrow(
        `The change allowed or asked for in ${metric} ${message}`,
      );
    }
  });

  test("what has no natural limit may change by any amount", () => {
    expect(maxRegression("rmse", 5).change).toBe(-5);
    expect(minImprovement("auc", 1).change).toBe(1);
    expect(() => maxRegression(" ", 5)).toThrow("needs the name of a metric");
  });
});

describe("tags and approvals", () => {
  test("keep names and choices", () => {
    expect(tagged("reviewed")).toEqual({ kind: "tag", tag: "reviewed", values: [] });
    expect(tagged("risk", "low", "none")).toEqual({
      kind: "tag",
      tag: "risk",
      values: ["low", "none"],
    });
    expect(approvedBy("approved_by")).toEqual({
      kind: "approval",
      tag: "approved_by",
      approvers: [],
    });
    expect(approvedInFile("ann@example.com")).toEqual({
      kind: "approval",
      tag: null,
      approvers: ["ann@example.com"],
    });
  });

  test.each([".", ",", "-", "=", "/", ":"])("Unity Catalog takes no %s in a tag's name", (sign) => {
    const tag = `approved${sign}by`;
    const message = `The tag is ${tag}; it must have none of the characters . , - = / :`;
    expect(() => tagged(tag)).toThrow(message);
    expect(() => approvedBy(tag)).toThrow(message);
  });

  test("nor an empty name, one of more than 255 characters, or blanks around it", () => {
    expect(() => tagged(" ")).toThrow("A gate's rule needs the name of a tag; got an empty one.");
    expect(() => tagged("x".repeat(256))).toThrow("it must have at most 255 characters");
    expect(tagged("x".repeat(255)).tag).toHaveLength(255);
    expect(() => tagged(" risk")).toThrow("The tag is ' risk'; it must have no blanks around it.");
    expect(tagged("model owner").tag).toBe("model owner");
  });

  test.each<[() => unknown, string]>([
    [() => tagged("risk", ""), "The value asked of tag risk is ''; it must not be empty."],
    [() => tagged("risk", "low "), "is 'low '; it must have no blanks around it."],
    [
      () => tagged("risk", "low", "low"),
      "The value asked of tag risk is low; it must be named once",
    ],
    [() => tagged("risk", "x".repeat(1001)), "it must have at most 1000 characters"],
    [() => approvedBy("approver", " "), "The approver is ' '; it must not be empty."],
    [() => approvedInFile("ann", "ann"), "The approver is ann; it must be named once"],
  ])("%s is refused", (rule, message) => {
    expect(rule).toThrow(message);
  });
});

describe("age and rows", () => {
  test("days and hours add up", () => {
    expect(maxAge({ days: 7 })).toEqual({ kind: "age", maxHours: 168 });
    expect(maxAge({ hours: 1.5 })).toEqual({ kind: "age", maxHours: 1.5 });
    expect(maxAge({ days: 1, hours: 12 })).toEqual({ kind: "age", maxHours: 36 });
  });

  test.each<[Parameters<typeof maxAge>[0], string]>([
    [{}, "The age allowed, in hours, is 0; it must be more than 0."],
    [{ days: -1 }, "is -24; it must be more than 0."],
    [{ hours: NaN }, "is NaN; it must be a finite number."],
    [{ days: Infinity }, "is Infinity; it must be a finite number."],
  ])("an age of %j is refused", (age, message) => {
    expect(() => maxAge(age)).toThrow(message);
  });

  test("rows are counted by val_rows unless another metric is named", () => {
    expect(minRows(500)).toEqual({ kind: "rows", metric: "val_rows", atLeast: 500 });
    expect(minRows(1, "test_rows")).toEqual({ kind: "rows", metric: "test_rows", atLeast: 1 });
    expect(() => minRows(500, "")).toThrow("needs the name of a metric");
  });

  test.each([0, -1, 1.5, NaN, Infinity])("%d rows are refused", (rows) => {
    expect(() => minRows(rows)).toThrow(
      `The least val_rows is ${String(rows)}; it must be a whole number, 1 or more.`,
    );
  });
});
