import { valueOf } from "../program";
import { afterEach, expect, test, vi } from "vitest";
import { PromotionGate, above } from "../../../components";
import { confirmed } from "../../../components/gate/confirm";
import { promote } from "../gate/standing";
import { EXPERIMENT } from "../gate/trackingDouble";
import { refusal } from "../httpDouble";
import { platformDouble } from "./platformDouble";
import { modelOf, scene } from "./scene";

afterEach(() => {
  vi.unstubAllEnvs();
});

const decide = (onFailure?: "hold" | "block") =>
  PromotionGate.decide("churn-gate", {
    model: modelOf(platformDouble()),
    experiment: EXPERIMENT,
    rules: [above("auc", 0.85)],
    howToTrain: "npm run job -- churn-training",
    ...(onFailure === undefined ? {} : { onFailure }),
  });

test("the verdict is known while the program runs, and is what the resource is registered with", async () => {
  const { registry, program } = await scene("champion");
  const gate = await program.run(() => decide(), registry.config);
  expect(gate.championVersion).toBe("3");
  expect(gate.verdict.outcome).toBe("promoted");
  expect(program.find("pulumi-nodejs:PromotionGate", "churn-gate")).toMatchObject({
    dependsOn: ["churn-model-model", "churn-model-users", "churn-model-engineers"],
    inputs: {
      model: "ml.models.churn_model",
      onFailure: "hold",
      onAliasDrift: "restore",
      policy: {
        rules: [{ metric: "auc", comparison: ">", bound: 0.85 }],
        experiment: EXPERIMENT,
        signature: "compatible",
        canary: [],
        breakglass: null,
        approvals: [],
        dryRun: false,
      },
      facts: {
        candidate: {
          version: "3",
          status: "READY",
          runId: "run-3",
          run: { metrics: { auc: { value: 0.9 } } },
        },
      },
      verdict: {
        outcome: "promoted",
        checks: [
          { name: "auc", measured: 0.9, required: "> 0.85", result: "passed" },
          { name: "signature", result: "passed" },
        ],
      },
      observed: null,
    },
  });
  expect(program.messages).toEqual(["info: churn_model v3 → champion: PROMOTED (auc 0.9 > 0.85)"]);
});

test("running the program reads the registry and writes nothing", async () => {
  const { registry, program } = await scene("champion");
  await program.run(() => decide(), registry.config);
  expect(registry.received.length).toBeGreaterThan(0);
  expect(registry.writes).toEqual([]);
});

test("without a version it waits, and says which command trains", async () => {
  const { registry, program } = await scene("nothing");
  const gate = await program.run(() => decide("block"), registry.config);
  expect(gate.championVersion).toBeUndefined();
  expect(program.messages).toEqual([
    "info: churn_model → champion: WAITING (no version is nominated); " +
      "train it: npm run job -- churn-training",
  ]);
});

test.each([
  [
    "hold",
    "warning: churn_model v4 → champion: REFUSED (auc 0.8499, must be > 0.85); v3 stays champion",
  ],
  ["block", "warning: churn_model v4 → champion: BLOCKED (auc 0.8499, must be > 0.85)"],
] as const)("with %s a refusal is a warning, and the champion is who it was", async (how, line) => {
  const { registry, program } = await scene("champion");
  await promote(registry, "3");
  registry.nominate("4", { auc: 0.8499 });
  const gate = await program.run(() => decide(how), registry.config);
  expect(gate.championVersion).toBe("3");
  expect(program.messages).toEqual([line]);
  expect(program.find("pulumi-nodejs:PromotionGate", "churn-gate").inputs).toMatchObject({
    onFailure: how,
    observed: { version: "3", evidence: "intact", gated: true },
  });
});

test("no token gets into the resource", async () => {
  const { registry, program } = await scene("champion");
  await program.run(() => decide(), registry.config);
  expect(JSON.stringify(program.resources)).not.toContain(registry.token);
});

test("a gate without rules is refused before anything is asked", async () => {
  const { registry, program } = await scene("champion");
  const gate = () =>
    PromotionGate.decide("churn-gate", {
      model: modelOf(platformDouble()),
      experiment: EXPERIMENT,
      rules: [],
    });
  await expect(program.run(gate, registry.config)).rejects.toThrow(
    "The promotion gate churn-gate has no rules; it needs at least one.",
  );
  expect(registry.received).toEqual([]);
});

test("a registry that cannot be read stops the program: nothing is assumed", async () => {
  const { registry, program } = await scene("champion");
  registry.intercept = () => refusal(403, "PERMISSION_DENIED", "not yours");
  await expect(program.run(() => decide(), registry.config)).rejects.toThrow("403: not yours");
  expect(program.ofType("pulumi-nodejs:PromotionGate")).toEqual([]);
});

test("without a workspace the message says where it is set", async () => {
  vi.stubEnv("DATABRICKS_HOST", undefined);
  vi.stubEnv("DATABRICKS_TOKEN", undefined);
  const { program } = await scene("nothing");
  await expect(program.run(() => decide())).rejects.toThrow("No Databricks workspace is set: host");
});

test("a version is confirmed once it is what the gate's own update left as champion", async () => {
  const { registry, program } = await scene("champion");
  const gate = await program.run(() => decide(), registry.config);
  expect(await valueOf(gate.confirm("3"))).toBe("3");
});

test.each(["2", "none"])(
  "no other is, as when an update leaves the gate out: it left %s",
  (left) => {
    expect(() => confirmed("ml.models.churn", "3", left)).toThrow(
      `Version 3 of ml.models.churn is not served: the promotion gate left ${left} as champion.`,
    );
  },
);
