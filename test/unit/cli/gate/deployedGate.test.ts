import { describe, expect, test } from "vitest";
import { gateOf } from "../../../../cli/gate/deployedGate";

const PROJECT = "urn:pulumi:dev::mlops";

const policy = {
  rules: [
    { kind: "metric", metric: "val_accuracy", comparison: ">", bound: 0.8 },
    // The engine does not keep the tag, which is null.
    { kind: "approval", approvers: ["ann"] },
  ],
  experiment: "/Shared/ml/iris",
  signature: "compatible",
  canary: [],
  approvals: [],
  dryRun: false,
};

const entry = {
  version: "2",
  digest: "aa",
  at: "2026-11-20T10:00:00Z",
  ground: "rules",
  reason: "r",
};

const outputs = {
  model: "ml.models.iris_model",
  policy,
  onFailure: "hold",
  onAliasDrift: "restore",
  champion: "2",
  history: [entry],
};

/** A state with a gate below the stack of each model. */
function stateOf(gates: Readonly<Record<string, unknown>>): string {
  const resources = Object.entries(gates).flatMap(([name, found]) => {
    const stack = `${PROJECT}::mlops:index:ModelStack::${name}`;
    return [
      { urn: stack, type: "mlops:index:ModelStack" },
      {
        urn: `${PROJECT}::mlops:index:ModelStack$pulumi-nodejs:dynamic/mlops:PromotionGate::${name}-gate`,
        type: "pulumi-nodejs:dynamic/mlops:PromotionGate",
        id: "id",
        parent: stack,
        outputs: found,
      },
    ];
  });
  return JSON.stringify({ deployment: { resources } });
}

describe("a deployed gate", () => {
  const state = stateOf({ iris: outputs, churn: { ...outputs, model: "ml.models.churn_model" } });

  test.each(["iris", "iris_model", "ml.models.iris_model"])("is found as %s", (asked) => {
    expect(gateOf(state, "dev", asked)).toEqual({
      name: "iris",
      urn: `${PROJECT}::mlops:index:ModelStack$pulumi-nodejs:dynamic/mlops:PromotionGate::iris-gate`,
      ...outputs,
      policy: {
        ...policy,
        rules: [policy.rules[0], { kind: "approval", tag: null, approvers: ["ann"] }],
        breakglass: null,
      },
      rejected: [],
    });
  });

  test.each([
    [state, "iri", "There is no model 'iri' with a gate in dev; there are churn, iris."],
    [stateOf({}), "iris", "There is no model with a gate in dev."],
    ["{}", "iris", "There is no model with a gate in dev."],
    [
      stateOf({ iris: { model: "ml.models.iris_model", rules: [] } }),
      "iris",
      "The gate of iris was deployed by another release; bring it up to date: npm run pulumi -- up -s dev",
    ],
  ])("is not guessed", (exported, asked, message) => {
    expect(() => gateOf(exported, "dev", asked)).toThrow(message);
  });

  test.each([
    ["of a kind that is not known", { kind: "luck", metric: "m" }],
    ["with a field that is not known", { ...policy.rules[0], unless: "it rains" }],
  ])("with a rule %s decides nothing", (_what, rule) => {
    const strange = stateOf({ iris: { ...outputs, policy: { ...policy, rules: [rule] } } });
    expect(() => gateOf(strange, "dev", "iris")).toThrow("was deployed by another release");
  });
});
