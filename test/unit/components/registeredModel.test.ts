import { Program } from "../program";
import { expect, test } from "vitest";
import { RegisteredModel } from "../../../components";
import { platformDouble } from "./platformDouble";
import { modelOf } from "./scene";

test("a model is registered in its schema, with what users and engineers may do", async () => {
  const program = new Program();
  const model = await program.run(() => modelOf(platformDouble()));
  expect({ fullName: model.fullName, shortName: model.shortName }).toEqual({
    fullName: "ml.models.churn_model",
    shortName: "churn_model",
  });
  expect(program.find("databricks:RegisteredModel", "churn-model-model")).toMatchObject({
    inputs: {
      catalogName: "ml",
      schemaName: "models",
      name: "churn_model",
      comment: "Probability that a customer churns",
    },
    parent: "churn-model",
    dependsOn: ["schema-models"],
  });
  const grant = (suffix: string) =>
    program.find("databricks:Grant", `churn-model-${suffix}`).inputs;
  expect(grant("users")).toEqual({
    model: "ml.models.churn_model",
    principal: "account users",
    privileges: ["EXECUTE"],
  });
  expect(grant("engineers")).toEqual({
    model: "ml.models.churn_model",
    principal: "ml-engineers",
    privileges: ["EXECUTE", "APPLY_TAG"],
  });
});

test("only those whom jobs run as may nominate a version", async () => {
  const program = new Program();
  await program.run(() => modelOf(platformDouble({ runAs: "application-1" })));
  expect(program.find("databricks:Grant", "churn-model-jobs").inputs).toEqual({
    model: "ml.models.churn_model",
    principal: "application-1",
    privileges: ["EXECUTE", "CREATE_MODEL_VERSION", "APPLY_TAG", "MANAGE"],
  });
  const alone = new Program();
  await alone.run(() => modelOf(platformDouble()));
  expect(alone.ofType("databricks:Grant")).toEqual(["churn-model-users", "churn-model-engineers"]);
});

test("its aliases belong to training and the gate, not to the resource", async () => {
  const program = new Program();
  await program.run(() => modelOf(platformDouble()));
  const { inputs } = program.find("databricks:RegisteredModel", "churn-model-model");
  expect(inputs).not.toHaveProperty("aliases");
});

test.each([true, false])(
  "protect: %s is the environment's; versions outlive the stack",
  async (protect) => {
    const program = new Program();
    await program.run(() => modelOf(platformDouble({}, { protect })));
    expect(program.find("databricks:RegisteredModel", "churn-model-model")).toMatchObject({
      protect,
      retainOnDelete: true,
    });
  },
);

test("a name of two parts is refused before anything is registered below it", async () => {
  const program = new Program();
  const make = () =>
    new RegisteredModel("bad", { platform: platformDouble(), model: "models.churn", comment: "" });
  await expect(program.run(make)).rejects.toThrow("The model name 'models.churn' is not allowed");
  expect(program.ofType("databricks:RegisteredModel")).toEqual([]);
});
