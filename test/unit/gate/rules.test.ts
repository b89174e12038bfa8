import { expect, test } from "vitest";
import { above, atLeast, atMost, below } from "../../../components/gate/rules";

test("each rule says how its metric is compared", () => {
  expect([above("auc", 0.8), atLeast("auc", 0.8), below("loss", 2), atMost("loss", 2)]).toEqual([
    { metric: "auc", comparison: ">", bound: 0.8 },
    { metric: "auc", comparison: ">=", bound: 0.8 },
    { metric: "loss", comparison: "<", bound: 2 },
    { metric: "loss", comparison: "<=", bound: 2 },
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
  expect(() => above(metric, 0.5)).toThrow("needs the name of a metric");
});
