import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ScriptTarget, transpileModule } from "typescript";
import { expect, test } from "vitest";
import { parsed } from "./configRun";
import { ROOT, STACKS, stackConfig } from "./stackFile";

const of = (stack: (typeof STACKS)[number]) => parsed(stackConfig(stack));
const settings = { local: of("local"), dev: of("dev"), prod: of("prod") };

/** Every key that a configuration ends up with, e.g. `environment.tags.owner`. */
function keys(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keys(inner, `${path}.${key}`));
}

/** Those that an environment may have or not: who jobs run as, another name of the model, the Azure side. */
const OPTIONAL = [".environment.jobs.runAs", ".models.customerChurn.model"];
const required = (stack: (typeof STACKS)[number]): string[] =>
  keys(settings[stack]).filter((key) => !OPTIONAL.includes(key) && !key.startsWith(".azure"));

test("all environments have the same settings; only values differ", () => {
  expect(required("dev")).toEqual(required("prod"));
  expect(required("local")).toEqual(required("prod"));
});

test("each environment has a catalog, a prefix and tags of its own", () => {
  expect(STACKS.map((stack) => settings[stack].environment.catalog)).toEqual([
    "ml_local",
    "ml_dev",
    "ml",
  ]);
  // The workspace on one machine is nobody else's.
  expect(settings.dev.environment.prefix).toBe("dev-");
  expect(settings.prod.environment.prefix).toBe("");
  expect(new Set(STACKS.map((stack) => settings[stack].environment.tags.cost_center)).size).toBe(3);
});

test("dev and prod train and gate alike; local has the bound that its data can meet", () => {
  expect(settings.dev.customerChurn.gate.above).toEqual(settings.prod.customerChurn.gate.above);
  expect(settings.prod.customerChurn.gate.above["val_auc_roc"]).toBe(0.85);
  expect(settings.local.customerChurn.gate.above).toEqual({
    ...settings.prod.customerChurn.gate.above,
    val_auc_roc: 0.842,
  });
  for (const stack of STACKS) {
    expect(settings[stack].customerChurn.training).toEqual(settings.prod.customerChurn.training);
  }
});

test("prod is protected, blocks, and answers at once", () => {
  expect(settings.prod).toMatchObject({
    environment: {
      protect: true,
      forceDestroy: false,
      onFailure: "block",
      stagingEndpoints: true,
      jobs: { pauseStatus: "UNPAUSED" },
    },
    customerChurn: { endpoint: { workloadSize: "Small", scaleToZero: false } },
  });
});

test("no file holds a host or a token", () => {
  for (const stack of STACKS) {
    expect(Object.keys(stackConfig(stack))).not.toContain("databricks:host");
    expect(Object.keys(stackConfig(stack))).not.toContain("databricks:token");
  }
});

const sources = ["stacks", "components", "policies"].flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name)),
);

test.each(sources.map((path) => path.slice(ROOT.length + 1)))("%s tests no environment", (path) => {
  const { outputText } = transpileModule(readFileSync(join(ROOT, path), "utf8"), {
    compilerOptions: { removeComments: true, target: ScriptTarget.ES2022 },
  });
  // The folder of that name is no environment.
  const text = outputText.replace('join(root, "local"', "");
  expect(text).not.toMatch(/["'`](local|dev|prod|production)["'`]/);
  expect(text).not.toMatch(/getStack|getOrganization|isDryRun|PULUMI_STACK|NODE_ENV/);
});

test("components know nothing of the local workspace", () => {
  for (const path of sources) {
    expect(readFileSync(path, "utf8")).not.toMatch(/from ["'](\.\.\/)+(local|engine|cli|jobs)\//);
  }
});
