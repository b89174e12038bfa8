import { expect, test } from "vitest";
import { GovernedTable, ModelStack, PythonJob } from "../../../components";
import { Program } from "../program";
import { platformDouble } from "./platformDouble";
import { endpointOf, gateOf, scene } from "./scene";

const columns = [{ name: "id", type: "bigint", comment: "Key" }];

test("what a model makes is below it, and tagged with it", async () => {
  const program = new Program();
  await program.run(() => {
    const platform = new ModelStack("churn", { environment: platformDouble() });
    new GovernedTable("churn-labels", { platform, table: "ml.a.b", comment: "Labels", columns });
    new PythonJob("churn-load", {
      platform,
      description: "Loads",
      tasks: [{ file: "churn/train.py" }],
    });
  });
  expect(program.find("mlops:GovernedTable", "churn-labels").parent).toBe("churn");
  expect(program.find("mlops:PythonJob", "churn-load").parent).toBe("churn");
  expect(program.find("databricks:Job", "churn-load-job").inputs["tags"]).toEqual({
    owner: "data-science",
    cost_center: "ml",
    model: "churn",
  });
  expect(program.ofType("databricks:EntityTagAssignment")).toContain("churn-labels-tag-model");
});

test("its gate is below it too", async () => {
  const { program, registry } = await scene("nothing");
  await program.run(
    () => gateOf(new ModelStack("churn", { environment: platformDouble() })),
    registry.config,
  );
  expect(program.find("pulumi-nodejs:PromotionGate", "churn-gate").parent).toBe("churn");
});

test("a model may have an owner of its own", async () => {
  const program = new Program();
  const environment = () => platformDouble();
  const owners = await program.run(() => [
    new ModelStack("a", { environment: environment() }).tags["owner"],
    new ModelStack("b", { environment: environment(), owner: "growth" }).tags["owner"],
  ]);
  expect(owners).toEqual(["data-science", "growth"]);
});

test("names that a workspace shares begin with the environment's prefix", async () => {
  const { program, registry } = await scene("champion");
  await program.run(async () => {
    const environment = platformDouble({}, { prefix: "dev-" });
    await endpointOf(new ModelStack("churn", { environment }));
  }, registry.config);
  expect(program.find("databricks:ModelServing", "churn-serving").inputs["name"]).toBe(
    "dev-churn-model-endpoint",
  );
});
