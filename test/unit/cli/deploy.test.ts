import { expect, test } from "vitest";
import { worthReading } from "../../../cli/stack/deploy";

const UP = `Updating (local):

 +  databricks:index:Catalog platform-catalog created (0.02s)
@ updating....
Diagnostics:
  pulumi-nodejs:dynamic/mlops:PromotionGate (churn-gate):
    warning: churn v1 → champion: REFUSED (f1 0.5, must be > 0.8); there is no champion yet

Outputs:
    catalog: "ml_local"

Resources:
    + 98 created
    1 unchanged

Duration: 6s
`;

test("of an update, what resources said and how many changed is worth reading", () => {
  expect(worthReading(UP)).toBe(
    [
      "warning: churn v1 → champion: REFUSED (f1 0.5, must be > 0.8); there is no champion yet",
      "+ 98 created",
      "1 unchanged",
    ].join("\n"),
  );
});

test("an update that changed nothing says so", () => {
  expect(worthReading("Resources:\n    12 unchanged\n\nDuration: 1s\n")).toBe("12 unchanged");
});
