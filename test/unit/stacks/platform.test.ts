import { Program } from "../program";
import { expect, test } from "vitest";
import { parseConfig, type Settings } from "../../../stacks/config";
import { EnvironmentPlatform } from "../../../stacks/platform";
import { stackConfig } from "./stackFile";

const RUN_AS = "6a3c2f0e-93a1-4a57-9d0e-3f1f4a1f2b3c";

async function made(change: Partial<Settings["environment"]> = {}) {
  const program = new Program();
  const settings = { ...parseConfig(stackConfig("prod")).environment, ...change };
  const platform = await program.run(() => new EnvironmentPlatform("platform", settings));
  return { program, platform };
}

test("a catalog holds the schemas that models live in", async () => {
  const { program } = await made();
  expect(program.find("databricks:Catalog", "platform-catalog").inputs).toMatchObject({
    name: "ml",
  });
  const schemas = program
    .ofType("databricks:Schema")
    .map((name) => program.find("databricks:Schema", name));
  expect(schemas.map(({ inputs }) => inputs["name"])).toEqual(
    "bronze features labels validation models inference_logs monitoring".split(" "),
  );
  for (const schema of schemas) {
    expect(schema).toMatchObject({ parent: "platform", inputs: { catalogName: "ml" } });
    expect(schema.dependsOn).toContain("platform-catalog");
  }
});

test("files land in a volume of bronze", async () => {
  const { program, platform } = await made();
  expect(program.find("databricks:Volume", "platform-landing").inputs).toMatchObject({
    catalogName: "ml",
    schemaName: "bronze",
    name: "landing",
    volumeType: "MANAGED",
  });
  expect(platform.landing).toBe("/Volumes/ml/bronze/landing");
});

test("the warehouse has the configured size, and the environment's tags", async () => {
  const { program } = await made();
  expect(program.find("databricks:SqlEndpoint", "platform-warehouse").inputs).toMatchObject({
    name: "mlops-ml",
    clusterSize: "Small",
    autoStopMins: 10,
    tags: { customTags: [{ key: "owner" }, { key: "cost_center", value: "ml-prod" }] },
  });
});

test.each([true, false])("data is protected: %s, as configured", async (protect) => {
  const { program } = await made({ protect });
  for (const type of ["databricks:Catalog", "databricks:Schema", "databricks:Volume"]) {
    for (const name of program.ofType(type)) expect(program.find(type, name).protect).toBe(protect);
  }
});

test.each([true, false])(
  "deleting takes contents along: %s, as configured",
  async (forceDestroy) => {
    const { program } = await made({ forceDestroy });
    const inputs = { forceDestroy };
    expect(program.find("databricks:Catalog", "platform-catalog")).toMatchObject({ inputs });
    expect(program.find("databricks:Schema", "platform-models")).toMatchObject({ inputs });
  },
);

test("users may look, engineers may write, and jobs too where they run as somebody", async () => {
  const grants = ({ program }: Awaited<ReturnType<typeof made>>) =>
    program.ofType("databricks:Grant").map((name) => program.find("databricks:Grant", name).inputs);
  const base = grants(await made());
  expect(base.map((grant) => grant["principal"])).toEqual(["account users", "ml-engineers"]);
  expect(base[0]?.["privileges"]).toEqual(["USE_CATALOG", "USE_SCHEMA"]);
  expect(base[1]?.["privileges"]).toEqual(expect.arrayContaining(["MODIFY", "WRITE_VOLUME"]));
  const jobs = parseConfig(stackConfig("prod")).environment.jobs;
  const more = grants(await made({ jobs: { ...jobs, runAs: RUN_AS } }));
  expect(more.at(-1)).toMatchObject({
    principal: RUN_AS,
    privileges: expect.arrayContaining(["CREATE_MODEL_VERSION", "MODIFY"]) as unknown,
  });
});

test("a name finds its schema", async () => {
  const { platform } = await made();
  expect(platform.table("features.churn")).toBe("ml.features.churn");
  expect(platform.schemaOf("ml.features.churn")).toBe(platform.schemaOf("ml.features.other"));
});

test.each([
  ["ml.gold.churn", "'ml.gold.churn' is in the schema 'ml.gold', which is not one of ml.bronze, "],
  ["ml_dev.models.churn", "is in the schema 'ml_dev.models', which is not one of ml.bronze, "],
  ["models.churn", "The table or model name 'models.churn' is not allowed"],
])("the schema of %s is refused", async (name, message) => {
  const { platform } = await made();
  expect(() => platform.schemaOf(name)).toThrow(message);
});
