import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDeployed } from "../../../../cli/models/deployed";

/** Of a real update of the local workspace, cut down to what is read; iris is added by hand. */
const state = readFileSync(join(__dirname, "state.json"), "utf8");

test("a model is what is below its component", () => {
  const { models, workspace, isEmpty } = readDeployed(state);
  expect(isEmpty).toBe(false);
  expect(workspace).toBe("https://adb-1.2.azuredatabricks.net");
  expect(models).toMatchObject([
    {
      name: "churn-prediction",
      owner: "data-science",
      registeredModel: "ml_local.models.churn_prediction_model",
      gate: {
        champion: "1",
        facts: { candidate: { version: "1" } },
        verdict: { outcome: "promoted" },
      },
      endpoints: ["churn-prediction-model-endpoint"],
      hasEndpoint: true,
      alert: { query: "SELECT drift", threshold: 0.1 },
      hasAlert: true,
    },
    {
      name: "iris",
      owner: "botany",
      registeredModel: "ml_local.models.iris",
      gate: undefined,
      endpoints: [],
      hasEndpoint: false,
      alert: undefined,
      hasAlert: false,
    },
  ]);
});

test("an endpoint that waits for a champion is told from none at all", () => {
  const { deployment } = JSON.parse(state) as { deployment: { resources: { type: string }[] } };
  const resources = deployment.resources.filter(
    ({ type }) => !/ModelServing|AlertV2|PromotionGate/.test(type),
  );
  const [waiting] = readDeployed(JSON.stringify({ deployment: { resources } })).models;
  expect(waiting).toMatchObject({ endpoints: [], hasEndpoint: true, hasAlert: true });
  expect(waiting?.alert).toBeUndefined();
});

test("a stack without resources is empty", () => {
  const nothing = { models: [], workspace: undefined, isEmpty: true };
  expect(readDeployed('{"deployment": {}}')).toEqual(nothing);
  expect(readDeployed('{"deployment": null}')).toEqual(nothing);
});
