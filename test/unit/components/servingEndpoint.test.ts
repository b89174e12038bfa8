import type { Program } from "../program";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import {
  ServingEndpoint,
  below,
  type Platform,
  type ServingEndpointArgs,
} from "../../../components";
import { challenged } from "../../../components/gate/confirm";
import { promote } from "../gate/standing";
import { platformDouble } from "./platformDouble";
import { endpointOf, gateOf, scene } from "./scene";

async function made(
  has: "champion" | "nothing",
  args: Partial<ServingEndpointArgs> = {},
  protect = false,
) {
  const { registry, program } = await scene(has);
  const endpoint = await program.run(
    () => endpointOf(platformDouble({}, { protect }), args),
    registry.config,
  );
  return { endpoint, program };
}

test("without a champion there is no endpoint, but its name is known", async () => {
  const { endpoint, program } = await made("nothing", { staging: true });
  expect(endpoint.serving).toBeUndefined();
  expect(endpoint.endpointName).toBe("churn-model-endpoint");
  expect(endpoint.payloadTable).toBe("ml.inference_logs.churn_model_payload");
  expect(program.ofType("databricks:ModelServing")).toEqual([]);
  expect(program.ofType("databricks:Permissions")).toEqual([]);
});

test("the champion's version gets all of the traffic", async () => {
  const { program } = await made("champion");
  expect(program.find("databricks:ModelServing", "churn-serving")).toMatchObject({
    parent: "churn",
    protect: false,
    inputs: {
      name: "churn-model-endpoint",
      config: {
        servedEntities: [
          {
            name: "churn_model-3",
            entityName: "ml.models.churn_model",
            entityVersion: "3",
            workloadSize: "Small",
            scaleToZeroEnabled: false,
          },
        ],
        trafficConfig: { routes: [{ servedModelName: "churn_model-3", trafficPercentage: 100 }] },
      },
      tags: [
        { key: "owner", value: "data-science" },
        { key: "cost_center", value: "ml" },
      ],
    },
  });
});

describe("a challenger's traffic", () => {
  /** Champion 3, and a version nominated with these metrics. */
  async function rivals(
    metrics: Record<string, unknown>,
    args: Partial<ServingEndpointArgs>,
    nominated = "4",
  ) {
    const { registry, program } = await scene("champion");
    await promote(registry, "3");
    if (nominated === "3") registry.runs.set("run-3", metrics);
    else registry.nominate(nominated, metrics);
    await program.run(() => endpointOf(platformDouble(), args), registry.config);
    return program;
  }
  const routesOf = (program: Program, name = "churn-serving") =>
    program.find("databricks:ModelServing", name).inputs["config"];
  const split = (...routes: [string, number][]) => ({
    servedEntities: routes.map(([version]) => ({
      ...{ name: `churn_model-${version}`, entityName: "ml.models.churn_model" },
      ...{ entityVersion: version, workloadSize: "Small", scaleToZeroEnabled: false },
    })),
    trafficConfig: {
      routes: routes.map(([version, trafficPercentage]) => ({
        ...{ servedModelName: `churn_model-${version}`, trafficPercentage },
      })),
    },
  });
  const refused = { auc: 0.8 };

  test("goes to the version that the gate measured and refused, the rest to the champion", async () => {
    const program = await rivals(refused, { challengerTraffic: 10, staging: true });
    expect(routesOf(program)).toEqual(split(["3", 90], ["4", 10]));
    expect(routesOf(program, "churn-staging-serving")).toMatchObject({
      servedEntities: [{ entityVersion: "3" }],
      trafficConfig: { routes: [{ trafficPercentage: 100 }] },
    });
  });

  test.each([
    ["that is what is asked for, and by default", refused, {}],
    ["the gate could not judge it", {}, { challengerTraffic: 10 }],
  ] as const)("is none where %s", async (_why, metrics, args) => {
    expect(routesOf(await rivals(metrics, args))).toEqual(split(["3", 100]));
  });

  test("is none once the challenger is champion, or the champion is challenged by itself", async () => {
    expect(routesOf(await rivals({ auc: 0.9 }, { challengerTraffic: 10 }))).toEqual(
      split(["4", 100]),
    );
    const itself = await rivals(refused, { challengerTraffic: 10 }, "3");
    expect(routesOf(itself)).toEqual(split(["3", 100]));
  });

  test.each([51, -1, 0.5, Number.NaN])(
    "of %d percent is refused, champion or not",
    async (challengerTraffic) => {
      for (const has of ["nothing", "champion"] as const) {
        const { registry, program } = await scene(has);
        const run = program.run(
          () => endpointOf(platformDouble(), { challengerTraffic, staging: true }),
          registry.config,
        );
        await expect(run).rejects.toThrow(
          `challengerTraffic of churn is ${challengerTraffic}; it must be a whole percentage from 0 to 50.`,
        );
        expect(program.ofType("databricks:ModelServing")).toEqual([]);
      }
    },
  );

  test("is for the version that the gate's own update judged, and for no other", () => {
    expect(challenged("ml.models.churn", "4", "4")).toBe("4");
    expect(() => challenged("ml.models.churn", "4", "none")).toThrow(
      "Version 4 of ml.models.churn is not served: the promotion gate judged none as challenger.",
    );
  });
});

test("a canary without captured requests is refused: nothing could ever be measured", async () => {
  const { registry, program } = await scene("champion");
  const canary = [{ percent: 10, minRequests: 100, rules: [below("error_rate", 0.05)] }];
  const made = async () => {
    const platform = platformDouble();
    const champion = await gateOf(platform, { canary });
    return new ServingEndpoint("churn", { platform, champion, scaleToZero: false });
  };
  await expect(program.run(made, registry.config)).rejects.toThrow(
    "The gate of churn has a canary, which is measured in captured requests",
  );
});

test("requests are captured in a table of the model's name, once its schema exists", async () => {
  const { program } = await made("champion");
  const serving = program.find("databricks:ModelServing", "churn-serving");
  expect(serving.inputs["aiGateway"]).toEqual({
    inferenceTableConfig: {
      enabled: true,
      catalogName: "ml",
      schemaName: "inference_logs",
      tableNamePrefix: "churn_model",
    },
  });
  expect(serving.dependsOn).toContain("schema-inference_logs");
});

test("everything that serves depends on the gate, which may block", async () => {
  const { program } = await made("champion", { staging: true });
  for (const name of ["churn-staging-serving", "churn-serving"]) {
    expect(program.find("databricks:ModelServing", name).dependsOn).toContain("churn-gate");
  }
});

test("a staging endpoint takes the champion first: to zero, without capture", async () => {
  const { program } = await made("champion", { staging: true, workloadSize: "Medium" });
  expect(program.ofType("databricks:ModelServing")).toEqual([
    "churn-staging-serving",
    "churn-serving",
  ]);
  const staging = program.find("databricks:ModelServing", "churn-staging-serving");
  expect(staging.inputs).toMatchObject({
    name: "churn-model-staging-endpoint",
    config: {
      servedEntities: [{ entityVersion: "3", workloadSize: "Medium", scaleToZeroEnabled: true }],
    },
  });
  expect(staging.inputs).not.toHaveProperty("aiGateway");
  const production = program.find("databricks:ModelServing", "churn-serving");
  expect(production.dependsOn).toContain("churn-staging-serving");
  expect(production.inputs).toMatchObject({
    config: { servedEntities: [{ workloadSize: "Medium", scaleToZeroEnabled: false }] },
  });
});

test("scaling to zero is always said, never left to a default", async () => {
  const { program } = await made("champion", { scaleToZero: true });
  expect(program.find("databricks:ModelServing", "churn-serving").inputs).toMatchObject({
    config: { servedEntities: [{ scaleToZeroEnabled: true }] },
  });
});

test("engineers may change it, users may query it", async () => {
  const { program } = await made("champion");
  expect(program.find("databricks:Permissions", "churn-permissions")).toMatchObject({
    dependsOn: ["churn-serving"],
    inputs: {
      servingEndpointId: expect.stringMatching(/^serving-/) as unknown,
      accessControls: [
        { groupName: "ml-engineers", permissionLevel: "CAN_MANAGE" },
        { groupName: "account users", permissionLevel: "CAN_QUERY" },
      ],
    },
  });
});

test("it is protected where the environment says so", async () => {
  const { program } = await made("champion", {}, true);
  expect(program.find("databricks:ModelServing", "churn-serving").protect).toBe(true);
});

test.each(["inference_logs", "ml.inference_logs.payload", "ml.", ""])(
  "a capture schema '%s' is refused, champion or not",
  async (inferenceTableSchema) => {
    for (const has of ["nothing", "champion"] as const) {
      const { registry, program } = await scene(has);
      const run = program.run(
        () => endpointOf(platformDouble(), { inferenceTableSchema, staging: true }),
        registry.config,
      );
      await expect(run).rejects.toThrow(
        `The inference table schema '${inferenceTableSchema}' must have two parts, catalog.schema.`,
      );
      expect(program.ofType("databricks:ModelServing")).toEqual([]);
    }
  },
);

test("a capture schema that the platform does not have is refused, champion or not", async () => {
  for (const has of ["nothing", "champion"] as const) {
    const { registry, program } = await scene(has);
    const run = program.run(() => {
      const platform = platformDouble();
      const schemaOf: Platform["schemaOf"] = (name) => {
        if (name.startsWith("ml.models.")) return platform.schemaOf(name);
        throw new pulumi.RunError(`no schema for ${name}`);
      };
      return endpointOf({ ...platform, schemaOf });
    }, registry.config);
    await expect(run).rejects.toThrow("no schema for ml.inference_logs.payload");
    expect(program.ofType("databricks:ModelServing")).toEqual([]);
  }
});
