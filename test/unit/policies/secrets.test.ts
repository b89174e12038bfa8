import { describe, expect, it } from "vitest";
import { looksSecret, namesSecret } from "../../../policies/secrets";
import { plainSecrets } from "../../../policies/rules/plainSecrets";
import { context, resource } from "./resource";

const key = "A".repeat(40);

describe("a text that is a secret whatever its name", () => {
  it.each([
    [`dapi${"0123456789abcdef".repeat(2)}`, "a Databricks token"],
    [`dapi${"0123456789abcdef".repeat(2)}-3`, "a Databricks token"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMII", "a private key"],
    ["-----BEGIN PRIVATE KEY-----", "a private key"],
    [
      `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key}==`,
      "a connection string with a key",
    ],
    [
      `Endpoint=sb://a/;SharedAccessKeyName=b;SharedAccessKey=${key}=`,
      "a connection string with a key",
    ],
    ["Server=db;User Id=me;Password=hunter2;", "a connection string with a password"],
    ["postgresql://me:hunter2@db:5432/ml", "a URL with a password"],
    [`https://a.blob.core.windows.net/c?sv=2024-01-01&sig=${key}%3D`, "a shared access signature"],
    ["AKIAIOSFODNN7EXAMPLE", "an AWS access key"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "a JSON web token"],
    [`ghp_${"a1".repeat(18)}`, "a GitHub token"],
    [`abc8Q~${"x".repeat(34)}`, "a client secret of Microsoft Entra"],
  ])("%s", (text, what) => {
    expect(looksSecret(text)).toBe(what);
  });

  it.each([
    "{{secrets/ml/api-token}}",
    "postgresql://{{secrets/ml/user}}:{{secrets/ml/password}}@db/ml",
    "abfss://data@lake.dfs.core.windows.net/iris",
    "https://adb-1.azuredatabricks.net/?o=1",
    "ml.features.customer_churn_features",
    "SELECT max(password_age) FROM ml.bronze.users",
  ])("is not %s", (text) => {
    expect(looksSecret(text)).toBeUndefined();
  });
});

describe("a name that says its value is a secret", () => {
  it.each([
    "password",
    "db_password",
    "apiKey",
    "API-KEY",
    "client_secret",
    "sasToken",
    "dbPwd",
    "fs.azure.account.key.lake.dfs.core.windows.net",
    "spark.secret",
  ])("%s", (name) => {
    expect(namesSecret(name, "hunter2")).toBe(true);
    expect(namesSecret(name, "{{secrets/ml/key}}")).toBe(false);
    expect(namesSecret(name, "")).toBe(false);
  });

  it.each([
    "max_tokens",
    "tokenizer",
    "secret_scope",
    "token_url",
    "password_file",
    "key",
    "primary_key",
    "api_key_name",
  ])("not %s", (name) => {
    expect(namesSecret(name, "hunter2")).toBe(false);
  });
});

describe("plain-secrets", () => {
  const found = (properties: Parameters<typeof resource>[1], more = {}) =>
    plainSecrets.checkResource(resource("job:Job", properties), context(more)).map((f) => f.found);

  it.each([
    [
      "a parameter's default",
      { parameters: [{ name: "db_password", default: "hunter2" }] },
      "parameters[0].default",
    ],
    [
      "a flag and its value",
      { tasks: [{ task: { parameters: ["--api-key", "hunter2"] } }] },
      "tasks[0].task.parameters[1]",
    ],
    [
      "a flag with its value",
      { tasks: [{ task: { parameters: ["--token=hunter2"] } }] },
      "tasks[0].task.parameters[0]",
    ],
    [
      "a named parameter",
      { tasks: [{ notebookTask: { baseParameters: { token: "hunter2" } } }] },
      "baseParameters.token",
    ],
    [
      "a spark setting",
      { jobClusters: [{ newCluster: { sparkConf: { "fs.azure.account.key.lake": "hunter2" } } }] },
      "sparkConf.fs.azure",
    ],
  ])("finds %s, and does not say it", (_what, properties, where) => {
    expect(found(properties)).toEqual([expect.stringContaining(where)]);
    expect(found(properties).join()).not.toContain("hunter2");
  });

  it("finds a secret of the stack's configuration under any name", () => {
    const properties = { parameters: [{ name: "note", default: "x-correct-horse-x" }] };
    expect(found(properties)).toEqual([]);
    const secrets = [{ key: "mlops:mail", value: "correct-horse" }];
    expect(found(properties, { secrets })).toEqual([expect.stringContaining("mlops:mail")]);
  });

  it("takes references, flags without secrets and other jobs' names", () => {
    const properties = {
      name: "rotate-secret",
      parameters: [{ name: "token", default: "{{secrets/ml/token}}" }],
      tasks: [
        { taskKey: "token", task: { parameters: ["--verbose", "--token-url", "https://a"] } },
      ],
    };
    expect(found(properties)).toEqual([]);
  });
});
