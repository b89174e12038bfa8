import { afterEach, describe, expect, test, vi } from "vitest";
import { challenged, confirmed } from "../../../components/gate/confirm";
import { ROLLBACK_VARIABLE } from "../../../components/gate/rollbackRequest";

const MODEL = "ml.models.churn";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Orders a rollback for as long as the test runs. */
function order(model: string): void {
  const rollback = { model, to: "1", reason: "complaints", by: "ann" };
  vi.stubEnv(ROLLBACK_VARIABLE, JSON.stringify(rollback));
}

/*
 * A rollback updates one model's gate and what depends on it. The program still declares the others, whose gates
 * that update leaves out, and with what these would promote next.
 */
describe("an update that leaves a gate out", () => {
  test("goes on with what that gate has left, if it rolls back another model", () => {
    order("ml.models.iris");
    expect(confirmed(MODEL, "3", "2")).toBe("2");
    expect(challenged(MODEL, "4", "3")).toBe("3");
  });

  test.each(["this model", "none"])("is refused, if it rolls back %s", (which) => {
    if (which === "this model") order(MODEL);
    expect(() => confirmed(MODEL, "3", "2")).toThrow("is not served");
    expect(() => challenged(MODEL, "4", "3")).toThrow("is not served");
  });
});
