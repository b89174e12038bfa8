import { expect, test } from "vitest";
import { BatchInference, type BatchInferenceArgs } from "../../../components";
import { platformDouble } from "./platformDouble";
import { COLUMNS, gateOf, scene } from "./scene";

async function made(has: "champion" | "nothing", args: Partial<BatchInferenceArgs> = {}) {
  const { program, registry } = await scene(has);
  const component = await program.run(async () => {
    const platform = platformDouble();
    return new BatchInference("churn-scoring", {
      platform,
      champion: await gateOf(platform),
      file: "iris/batch_inference.py",
      source: "landing/churn",
      table: "churn_predictions",
      keys: [{ name: "customer_id", type: "string", comment: "Who" }],
      features: COLUMNS.slice(1),
      predictionType: "int",
      label: "churned",
      ...args,
    });
  }, registry.config);
  return { program, component };
}

const scoring = ({ program }: Awaited<ReturnType<typeof made>>) =>
  program.find("databricks:Job", "churn-scoring-job").inputs;

test("catalog and schema are parameters that lead to model, rows and predictions", async () => {
  const inputs = scoring(await made("champion"));
  expect(inputs["parameters"]).toEqual([
    { name: "catalog_name", default: "ml" },
    { name: "schema_name", default: "models" },
  ]);
  const [catalog, schema] = ["{{job.parameters.catalog_name}}", "{{job.parameters.schema_name}}"];
  expect(inputs["tasks"]).toMatchObject([
    {
      sparkPythonTask: {
        parameters: [
          ...["--model-name", `${catalog}.${schema}.churn_model`],
          ...["--volume-path", `/Volumes/${catalog}/${schema}/landing/churn`],
          ...["--predictions", `${catalog}.${schema}.churn_predictions`],
          ...["--label", "churned"],
          ...["--scored-at", "{{job.start_time.iso_datetime}}"],
        ],
      },
    },
  ]);
});

test("rows of a table are named by the file's own arguments, without a volume", async () => {
  const { program, registry } = await scene("champion");
  await program.run(async () => {
    const platform = platformDouble();
    return new BatchInference("churn-scoring", {
      platform,
      champion: await gateOf(platform),
      file: "iris/batch_inference.py",
      arguments: { features: "ml.features.churn" },
      table: "churn_predictions",
      keys: [{ name: "customer_id", type: "string", comment: "Who" }],
      features: COLUMNS.slice(1),
      predictionType: "int",
      label: "churned",
    });
  }, registry.config);
  const tasks = JSON.stringify(program.find("databricks:Job", "churn-scoring-job").inputs["tasks"]);
  expect(tasks).toContain('"--features","ml.features.churn"');
  expect(tasks).not.toContain("--volume-path");
});

test("the table tells predictions apart by key and version, and comes after the gate", async () => {
  const { program, component } = await made("champion");
  const table = program.find("databricks:SqlTable", "churn-scoring-predictions-table");
  const columns = table.inputs["columns"] as { name: string; nullable: boolean }[];
  expect(Object.fromEntries(columns.map(({ name, nullable }) => [name, nullable]))).toEqual({
    customer_id: false,
    timestamp: false,
    model_version: false,
    total_spend: true,
    prediction: true,
    churned: true,
  });
  expect(
    program.find("pulumi-nodejs:PrimaryKey", "churn-scoring-predictions-key").inputs,
  ).toMatchObject({ columns: ["customer_id", "model_version"] });
  expect(program.find("mlops:GovernedTable", "churn-scoring-predictions").dependsOn).toContain(
    "churn-gate",
  );
  expect(component).toMatchObject({
    fullName: "ml.models.churn_predictions",
    labelColumn: "churned",
    versionColumn: "model_version",
  });
});

test("before the first champion there is the job, without table and schedule", async () => {
  const cron = "0 0 6 * * ?";
  const waiting = await made("nothing", { cron });
  expect(waiting.component.table).toBeUndefined();
  expect(waiting.program.ofType("databricks:SqlTable")).toEqual([]);
  expect(scoring(waiting)).not.toHaveProperty("schedule");
  expect(scoring(await made("champion", { cron }))["schedule"]).toMatchObject({
    quartzCronExpression: cron,
  });
});

test("a column that is there twice is refused before there is a champion", async () => {
  await expect(made("nothing", { label: "total_spend" })).rejects.toThrow(
    "The table ml.models.churn_predictions has two columns 'total_spend'",
  );
});
