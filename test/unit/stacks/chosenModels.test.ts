import { expect, test } from "vitest";
import { deployed } from "./deployed";

const modelsOf = async (models?: readonly string[]) => {
  const { program, outputs } = await deployed("dev", undefined, models);
  const jobs = program.ofType("databricks:Job");
  return { models: program.ofType("databricks:RegisteredModel"), jobs, outputs };
};

test("an environment that says nothing has every model", async () => {
  const { models } = await modelsOf();
  expect(models.length).toBeGreaterThanOrEqual(3);
});

test("one model comes with what it learns from, and with nothing of the others", async () => {
  const { models, jobs, outputs } = await modelsOf(["churnPrediction"]);
  expect(models).toEqual(["churn-prediction-model-model"]);
  expect(jobs).toContain("purchases-load-job");
  expect(jobs.join()).not.toMatch(/customer-churn|telco/);
  expect(Object.keys(outputs)).toEqual([
    "catalog",
    "warehouseId",
    "churnPredictionEndpoint",
    "churnPredictionGate",
  ]);
});

test("what no chosen model learns from is not deployed", async () => {
  expect((await modelsOf(["telcoChurn"])).jobs.join()).not.toContain("purchases");
});
