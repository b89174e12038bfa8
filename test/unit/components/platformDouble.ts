import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { onTestFinished } from "vitest";
import { TaskSources, type JobDefaults, type Platform } from "../../../components";

/** The task files that the platform of the tests has. */
export const FILES = [
  "churn/build_features.py",
  "churn/train.py",
  "churn/validate.py",
  "iris/approval.py",
  "iris/batch_inference.py",
  "iris/deployment.py",
  "iris/evaluation.py",
  "iris/ingestion.py",
  "iris/training.py",
  "monitoring/check_drift.py",
  "monitoring/measure_canary.py",
  "monitoring/unpack_predictions.py",
];

/** A folder of empty files, for one test. */
export function folderOf(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "tasks-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

/** A double of an environment: the catalog `ml`, with a schema for whatever name is asked. */
export function platformDouble(
  jobs: Partial<JobDefaults> = {},
  other: Partial<Pick<Platform, "protect" | "alertDestinationId">> & {
    readonly prefix?: string;
  } = {},
): Platform {
  const schemas = new Map<string, databricks.Schema>();
  return {
    parent: new pulumi.ComponentResource("mlops:index:Platform", "platform"),
    catalog: "ml",
    folder: "/Shared/mlops/ml",
    landing: "/Volumes/ml/bronze/landing",
    warehouseId: pulumi.output("warehouse-1"),
    tasks: new TaskSources("tasks", {
      directory: folderOf(FILES),
      folder: "/Shared/mlops/ml/jobs",
    }),
    jobs: { pauseStatus: "UNPAUSED", dependencies: ["mlflow==3.17.0"], notify: [], ...jobs },
    access: { users: "account users", engineers: "ml-engineers" },
    tags: { owner: "data-science", cost_center: "ml" },
    emails: ["oncall@example.com"],
    onFailure: "hold",
    stagingEndpoints: true,
    alertDestinationId: other.alertDestinationId,
    protect: other.protect ?? false,
    resourceName: (name) => `${other.prefix ?? ""}${name}`,
    table: (schemaAndName) => `ml.${schemaAndName}`,
    addSchema: () => refused("schemas"),
    addVolume: () => refused("volumes"),
    schemaOf: (fullName) => {
      const name = fullName.split(".")[1] ?? "";
      const found =
        schemas.get(name) ?? new databricks.Schema(`schema-${name}`, { catalogName: "ml", name });
      schemas.set(name, found);
      return found;
    },
  };
}

function refused(what: string): never {
  throw new Error(`This double makes no ${what}.`);
}
