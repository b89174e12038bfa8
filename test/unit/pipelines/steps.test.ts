import { describe, expect, it } from "vitest";
import { main } from "../../../cli/ci";
import { isChanged } from "../../../cli/ci/preview";
import { passOnServiceConnection } from "../../../cli/ci/signIn";
import { trainingJobs } from "../../../cli/ci/train";

describe("a step", () => {
  it.each([
    [[], "Which step?"],
    [["depoly"], "There is no step 'depoly'."],
    [["preview"], "Which stack?"],
    [["preview", "nowhere"], "There is no stack 'nowhere': there is no file Pulumi.nowhere.yaml."],
    [["deploy", "../local"], "There is no stack '../local'"],
    [["preview", "dev", "--base", "main"], "--base goes with the stack local only"],
    [["preview", "dev", "prod"], "One stack at a time."],
    [["image", "dev"], "Name a stack and one model"],
    [["image", "dev", "telco-churn", "--registry", "-v"], "--registry"],
    [["image", "dev", "telco-churn", "--registry", "https://r.io"], "must be a name such as"],
  ])("refuses %j in one message", async (args, message) => {
    await expect(main(args)).rejects.toThrow(message);
  });
});

describe("what a preview prints", () => {
  it("is read although text comes before it", () => {
    const stdout = 'Installing\n{\n  "changeSummary": { "same": 3 }\n}\n';
    expect(isChanged(stdout)).toBe(false);
  });

  it("counts as a change where it does not say", () => {
    expect(isChanged("error: no such stack\n")).toBe(true);
    expect(isChanged('{"diagnostics": []}')).toBe(true);
    expect(isChanged('{"changeSummary": {"same": 3, "update": 1}}')).toBe(true);
  });
});

it("runs the jobs that refresh features before those that train, and no others", () => {
  const job = (parents: string, name: string) => ({
    urn: `urn:pulumi:prod::mlops::${parents}$mlops:index:PythonJob$databricks:index/job:Job::${name}-job`,
    type: "databricks:index/job:Job",
    outputs: { name },
  });
  const model = "mlops:index:ModelStack";
  const resources = [
    job(`${model}$mlops:index:TrainingJob`, "churn-training"),
    job(`${model}$mlops:index:DriftAlert`, "churn-drift-retrain"),
    job(`${model}$mlops:index:FeatureTable`, "churn-features-refresh"),
    job(`${model}$mlops:index:VolumeTrainingJob`, "iris-training"),
    {
      urn: `urn:pulumi:prod::mlops::${model}$mlops:index:TrainingJob::churn-training`,
      type: "mlops:index:TrainingJob",
    },
  ];
  expect(trainingJobs(JSON.stringify({ deployment: { resources } }))).toEqual([
    "churn-features-refresh",
    "churn-training",
    "iris-training",
  ]);
});

it("hands a service connection on to the Azure provider, and nothing where there is none", () => {
  const env = { servicePrincipalId: "client", idToken: "token", tenantId: "tenant" };
  passOnServiceConnection(env);
  expect(env).toMatchObject({
    ARM_USE_OIDC: "true",
    ARM_CLIENT_ID: "client",
    ARM_TENANT_ID: "tenant",
    ARM_OIDC_TOKEN: "token",
  });
  const none: NodeJS.ProcessEnv = { ARM_CLIENT_ID: "own" };
  passOnServiceConnection(none);
  expect(none).toEqual({ ARM_CLIENT_ID: "own" });
});
