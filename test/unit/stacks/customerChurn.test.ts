import { DRIFT_TABLE } from "../program";
import { describe, expect, test } from "vitest";
import { deployed } from "./deployed";
import { STACKS } from "./stackFile";

/** Passes everywhere; S1's own bounds are met. */
const GOOD = { val_accuracy: 0.81, val_f1: 0.76, val_auc_roc: 0.86 };

const prod = async () => (await deployed("prod", GOOD)).program;
const input = async (type: string, name: string) => (await prod()).find(type, name).inputs;

describe("on prod, with a champion", () => {
  test("features: the table with its key, columns and tags, refreshed at six", async () => {
    const table = await input("databricks:SqlTable", "customer-churn-features-table");
    expect([table["catalogName"], table["schemaName"], table["name"]].join(".")).toBe(
      "ml.features.customer_churn_features",
    );
    const columns = table["columns"] as { name: string }[];
    expect(columns.map(({ name }) => name).sort()).toEqual(
      [
        ...["customer_id", "total_transactions", "total_spend", "avg_transaction_amount"],
        ...["last_transaction_date", "unique_categories", "spend_volatility", "signup_date"],
        ...["region", "days_since_signup", "days_since_last_transaction"],
      ].sort(),
    );
    expect(await input("pulumi-nodejs:PrimaryKey", "customer-churn-features-key")).toMatchObject({
      columns: ["customer_id"],
    });
    const tag = (key: string) =>
      input("databricks:EntityTagAssignment", `customer-churn-features-tag-${key}`);
    expect((await tag("team"))["tagValue"]).toBe("data-science");
    expect((await tag("domain"))["tagValue"]).toBe("customer");
    const refresh = await input("databricks:Job", "customer-churn-features-refresh-job");
    expect(refresh["schedule"]).toEqual({
      quartzCronExpression: "0 0 6 * * ?",
      timezoneId: "UTC",
      pauseStatus: "UNPAUSED",
    });
    expect(JSON.stringify(refresh["tasks"])).toContain('"--transactions","ml.bronze.transactions"');
    expect(JSON.stringify(refresh["tasks"])).toContain('"--customers","ml.bronze.customers"');
  });

  test("training: labels, hyper-parameters that a run can override, and the holdout", async () => {
    const job = await input("databricks:Job", "customer-churn-training-job");
    expect(job["parameters"]).toEqual(
      expect.arrayContaining([
        { name: "n_estimators", default: "100" },
        { name: "max_depth", default: "6" },
        { name: "learning_rate", default: "0.1" },
      ]),
    );
    const tasks = JSON.stringify(job["tasks"]);
    expect(tasks).toContain('"--model","ml.models.customer_churn_model"');
    expect(tasks).toContain('"--labels","ml.labels.churn_labels"');
    expect(tasks).toContain('"--holdout","ml.validation.holdout_churn"');
  });

  test("gate: three bounds, each strictly greater, on 1,000 rows, and it blocks", async () => {
    expect(await input("pulumi-nodejs:PromotionGate", "customer-churn-gate")).toMatchObject({
      model: "ml.models.customer_churn_model",
      onFailure: "block",
      policy: {
        experiment: "/Shared/ml/customer-churn",
        rules: [
          { metric: "val_accuracy", comparison: ">", bound: 0.8 },
          { metric: "val_f1", comparison: ">", bound: 0.75 },
          { metric: "val_auc_roc", comparison: ">", bound: 0.85 },
          { metric: "val_rows", atLeast: 1000 },
        ],
      },
    });
  });

  test("serving: staging first, then a small endpoint that never sleeps", async () => {
    const program = await prod();
    const production = program.find("databricks:ModelServing", "customer-churn-serving");
    expect(production.inputs).toMatchObject({
      name: "customer-churn-model-endpoint",
      config: {
        servedEntities: [{ entityVersion: "3", workloadSize: "Small", scaleToZeroEnabled: false }],
      },
      aiGateway: { inferenceTableConfig: { catalogName: "ml", schemaName: "inference_logs" } },
    });
    expect(production.dependsOn).toContain("customer-churn-staging-serving");
    expect(production.dependsOn).toContain("customer-churn-gate");
  });

  test("monitoring: hourly, by day, with the label, into the monitoring schema", async () => {
    const monitor = await input("databricks:DataQualityMonitor", "customer-churn-monitor-monitor");
    expect(monitor).toMatchObject({
      dataProfilingConfig: {
        assetsDir: expect.stringMatching(/\/monitoring\/customer_churn_model$/) as unknown,
        outputSchemaId: "schema-id-of-monitoring",
        schedule: { quartzCronExpression: "0 0 * * * ?", timezoneId: "UTC" },
        inferenceLog: {
          granularities: ["AGGREGATION_GRANULARITY_1_DAY"],
          modelIdColumn: "model_version",
          predictionColumn: "prediction",
          timestampColumn: "timestamp",
          labelColumn: "actual_label",
          problemType: "INFERENCE_PROBLEM_TYPE_CLASSIFICATION",
        },
      },
    });
    const table = await input("databricks:SqlTable", "customer-churn-monitor-predictions-table");
    expect(table).toMatchObject({
      schemaName: "inference_logs",
      name: "customer_churn_model_predictions",
    });
  });

  test("drift: above 0.1 somebody is told, and training starts", async () => {
    const program = await prod();
    const alert = program.find("databricks:AlertV2", "customer-churn-drift-alert").inputs;
    expect(alert).toMatchObject({
      evaluation: {
        comparisonOperator: "GREATER_THAN",
        threshold: { value: { doubleValue: 0.1 } },
      },
    });
    expect(alert["queryText"]).toContain(DRIFT_TABLE);
    const training = program.find("databricks:Job", "customer-churn-training-job");
    const retrain = program.find("databricks:Job", "customer-churn-drift-retrain-job").inputs;
    expect(JSON.stringify(retrain["tasks"])).toContain(
      `"runJobTask":{"jobId":${1000 + program.resources.indexOf(training)}}`,
    );
  });

  test("what cannot be made again is protected: tables, model, endpoint", async () => {
    const program = await prod();
    for (const type of ["SqlTable", "RegisteredModel", "ModelServing", "Schema", "Catalog"]) {
      const names = program.ofType(`databricks:${type}`);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(program.find(`databricks:${type}`, name).protect).toBe(true);
    }
  });

  test("the outputs say where to ask and how the gate decided", async () => {
    const { outputs } = await deployed("prod", GOOD);
    expect(outputs).toMatchObject({
      catalog: "ml",
      customerChurnEndpoint: "customer-churn-model-endpoint",
      customerChurnGate: expect.stringMatching(
        /^v3 promoted: val_accuracy 0.81 > 0.8; /,
      ) as unknown,
    });
  });
});

describe("on every environment, before the first version", () => {
  test.each(STACKS)("%s: endpoint, monitor and alert wait; all else is there", async (stack) => {
    const { program } = await deployed(stack, undefined);
    for (const type of [
      "ModelServing",
      "DataQualityMonitor",
      "AlertV2",
      "NotificationDestination",
    ]) {
      expect(program.ofType(`databricks:${type}`)).toEqual([]);
    }
    expect(program.ofType("pulumi-nodejs:PromotionGate")).toContain("customer-churn-gate");
    expect(program.ofType("databricks:RegisteredModel")).toContain("customer-churn-model-model");
    expect(program.ofType("databricks:Job")).toEqual(
      expect.arrayContaining([
        "purchases-load-job",
        "customer-churn-labels-job",
        "customer-churn-features-refresh-job",
        "customer-churn-training-job",
      ]),
    );
    expect(program.messages.join()).toContain("WAITING");
    expect(program.messages.join()).toMatch(/train it: npm run job -- (dev-)?purchases-load/);
  });
});

describe("on local, with the figures of its data", () => {
  test("the standard parameters' 0.838 is refused with its number, and nothing serves", async () => {
    const { program } = await deployed("local", { ...GOOD, val_auc_roc: 0.838 });
    expect(program.messages.join()).toContain(
      "REFUSED (val_auc_roc 0.838, must be > 0.842); there is no champion yet",
    );
    expect(program.ofType("databricks:ModelServing")).toEqual([]);
  });

  test("the better candidate's 0.846 is served, without a staging endpoint", async () => {
    const { program } = await deployed("local", { ...GOOD, val_auc_roc: 0.846 });
    const ours = (type: string) =>
      program.ofType(`databricks:${type}`).filter((name) => name.startsWith("customer-churn"));
    expect(ours("ModelServing")).toEqual(["customer-churn-serving"]);
    expect(ours("AlertV2")).toHaveLength(1);
  });
});

test.each([undefined, GOOD])("no two resources share type and name, with %j", async (measured) => {
  const { program } = await deployed("prod", measured);
  const names = program.resources.map(({ type, name }) => `${type} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
