import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadConfig, parseConfig } from "../../../stacks/config";
import { config, parsed, refused } from "./configRun";

describe("what may be left out", () => {
  test("the defaults are the figures that the model was asked for with", () => {
    const { environment, customerChurn } = parsed(config());
    expect(customerChurn).toMatchObject({
      features: { cron: "0 0 6 * * ?" },
      training: { n_estimators: 100, max_depth: 6, learning_rate: 0.1 },
      gate: {
        above: { val_accuracy: 0.8, val_f1: 0.75, val_auc_roc: 0.85 },
      },
      endpoint: { workloadSize: "Small", scaleToZero: false },
      monitor: { cron: "0 0 * * * ?" },
      alert: { threshold: 0.1 },
    });
    expect(environment).toMatchObject({
      jobs: { pauseStatus: "UNPAUSED", notify: [] },
      emails: ["a@example.com"],
      onFailure: "hold",
      stagingEndpoints: true,
      protect: false,
      forceDestroy: false,
    });
  });

  test("one bound can be set without the others", () => {
    const { customerChurn } = parsed(config({ gate: { above: { val_auc_roc: 0.842 } } }));
    expect(customerChurn.gate.above).toEqual({
      val_accuracy: 0.8,
      val_f1: 0.75,
      val_auc_roc: 0.842,
    });
  });

  test("keys of other packages are theirs", () => {
    expect(() => parseConfig({ ...config(), "databricks:rateLimit": "200" })).not.toThrow();
  });
});

describe("one problem is one line with key, value and what is allowed", () => {
  test.each<[object, object, string]>([
    [
      { gate: { above: { val_auc_roc: 1.5 } } },
      {},
      "mlops:customerChurn.gate.above.val_auc_roc is 1.5; must be between 0 and 1",
    ],
    [
      { gate: { above: { val_f1: "0.75" } } },
      {},
      'mlops:customerChurn.gate.above.val_f1 is "0.75"; must be a number between 0 and 1',
    ],
    [
      { gate: { onFailure: "warn" } },
      {},
      'mlops:customerChurn.gate.onFailure is "warn"; Invalid option: expected one of "hold"|"block"',
    ],
    [
      { features: { cron: "0 6 * * *" } },
      {},
      'mlops:customerChurn.features.cron is "0 6 * * *"; must be a Quartz cron: it has 5 fields',
    ],
    [
      { monitor: { cron: "0 0 25 * * ?" } },
      {},
      'mlops:customerChurn.monitor.cron is "0 0 25 * * ?"; must be a Quartz cron: hour 25',
    ],
    [
      { model: "models.churn" },
      {},
      'mlops:customerChurn.model is "models.churn"; must have three parts, catalog.schema.model',
    ],
    [
      { alert: { emails: [] } },
      {},
      "mlops:customerChurn.alert.emails is []; must have at least one address",
    ],
    [
      { alert: { emails: ["a@example.com", "nobody"] } },
      {},
      'mlops:customerChurn.alert.emails.1 is "nobody"; must be an e-mail address',
    ],
    [{}, { emails: undefined }, "mlops:environment.emails is missing; "],
    [
      {},
      { catalog: "ML-prod" },
      'mlops:environment.catalog is "ML-prod"; must be a catalog name of lower-case letters',
    ],
    [
      {},
      { jobs: { runAs: "robot" } },
      'mlops:environment.jobs.runAs is "robot"; must be the application id of a service principal',
    ],
    [
      {},
      { models: ["churn"] },
      'mlops:environment.models.0 is "churn"; Invalid option: expected one of "churnPrediction"|',
    ],
    [{}, { warehouse: { size: "Huge" } }, 'warehouse.size is "Huge"; Invalid option: expected one'],
    [{}, { tags: { owner: "", cost_center: "x" } }, 'tags.owner is ""; must name a team'],
  ])("%j %j", (churn, environment, line) => {
    const message = refused(config(churn, environment));
    expect(message).toMatch(/^Configuration: /);
    expect(message).toContain(line);
    expect(message.split("\n")).toHaveLength(1);
  });

  test.each<[Record<string, string>, string]>([
    [
      { ...config(), "mlops:customerchurn": "{}" },
      "mlops:customerchurn: there is no such key; allowed: environment, azure, churnPrediction",
    ],
    [
      config({ gate: { above: { auc: 0.9 } } }),
      "mlops:customerChurn.gate.above.auc: there is no such key; " +
        "allowed: val_accuracy, val_f1, val_auc_roc",
    ],
    [
      config({}, { protected: true }),
      "mlops:environment.protected: there is no such key; " +
        "allowed: catalog, prefix, models, tags, access, warehouse, jobs, emails, onFailure, stagingEndpoints, " +
        "protect, forceDestroy",
    ],
    [
      { ...config(), "mlops:environment": "prod" },
      'mlops:environment is "prod"; must be a section',
    ],
  ])("%j", (values, line) => {
    expect(refused(values)).toContain(line);
  });
});

test("all problems are said at once", () => {
  const message = refused(
    config({ gate: { above: { val_f1: 1.5 } }, model: "a.b" }, { catalog: "A", extra: 1 }),
  );
  expect(message).toMatch(/^Configuration, 4 problems:\n/);
  expect(message.split("\n")).toHaveLength(5);
  for (const key of ["gate.above.val_f1", "customerChurn.model", "catalog", "environment.extra"]) {
    expect(message).toContain(key);
  }
});

test("an empty stack is told what it lacks", () => {
  const message = refused({});
  expect(message).toContain("mlops:environment is missing");
});

test("secret values are not shown, others are", () => {
  const values = config({ model: "secret.model" }, { catalog: "NOT SECRET" });
  const message = refused(values, ["mlops:customerChurn"]);
  expect(message).not.toContain("secret.model");
  expect(message).toContain("mlops:customerChurn.model is [secret]; must have three parts");
  expect(message).toContain('"NOT SECRET"');
});

describe("the stack that is being deployed", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    pulumi.runtime.setAllConfig({});
  });

  test("its configuration is read when asked, not at import", () => {
    pulumi.runtime.setAllConfig(config({}, { catalog: "ml_mine" }));
    expect(loadConfig().environment.catalog).toBe("ml_mine");
  });

  test("the engine's list of secret keys is heeded", () => {
    pulumi.runtime.setAllConfig(config({ model: "secret.model" }));
    vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", '["mlops:customerChurn"]');
    expect(() => loadConfig()).toThrow("mlops:customerChurn.model is [secret]");
  });
});
