import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findConnection } from "../../../components/workspace/connection";

beforeEach(() => {
  vi.stubEnv("DATABRICKS_HOST", undefined);
  vi.stubEnv("DATABRICKS_TOKEN", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const find = (config: Record<string, string> = {}) => findConnection((key) => config[key]);
const HOST = "https://adb-1.2.azuredatabricks.net";

test("host and token come from the stack's configuration", () => {
  expect(find({ "databricks:host": HOST, "databricks:token": "t" })).toEqual({
    host: HOST,
    token: "t",
  });
});

test("or from the environment", () => {
  vi.stubEnv("DATABRICKS_HOST", HOST);
  vi.stubEnv("DATABRICKS_TOKEN", "t");
  expect(find()).toEqual({ host: HOST, token: "t" });
});

test("the configuration goes before the environment, each key for itself", () => {
  vi.stubEnv("DATABRICKS_HOST", "https://elsewhere");
  vi.stubEnv("DATABRICKS_TOKEN", "from-environment");
  expect(find({ "databricks:host": HOST })).toEqual({ host: HOST, token: "from-environment" });
  expect(find({ "databricks:token": "mine" })).toEqual({
    host: "https://elsewhere",
    token: "mine",
  });
});

test.each([
  [`${HOST}/`, HOST],
  [`${HOST}///`, HOST],
  ["adb-1.2.azuredatabricks.net", HOST],
  ["adb-1.2.azuredatabricks.net/", HOST],
  ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
  [`${HOST}/?o=123#job/4`, HOST],
  ["adb-1.2.azuredatabricks.net/jobs", HOST],
])("the host %s is %s", (given, host) => {
  expect(find({ "databricks:host": given, "databricks:token": "t" }).host).toBe(host);
});

test("what is missing is named with both places where it can be set", () => {
  expect(() => find()).toThrow(
    "No Databricks workspace is set: host (databricks:host or DATABRICKS_HOST), " +
      "token (databricks:token or DATABRICKS_TOKEN).",
  );
});

test("only what is missing is named, and the token is never shown", () => {
  const message = (config: Record<string, string>): string => {
    try {
      find(config);
    } catch (error) {
      return String(error);
    }
    return "nothing was missing";
  };
  expect(message({ "databricks:host": HOST })).toMatch(/is set: token \([^)]*\)\.$/);
  const withoutHost = message({ "databricks:token": "dapi-secret" });
  expect(withoutHost).toMatch(/is set: host \([^)]*\)\.$/);
  expect(withoutHost).not.toContain("dapi-secret");
});

test("an empty value is a missing one", () => {
  expect(() => find({ "databricks:host": HOST, "databricks:token": "" })).toThrow("token (");
});

test.each(["https://", "my workspace", "http://:80"])(
  "a host that is no address is named: '%s'",
  (host) => {
    expect(() => find({ "databricks:host": host, "databricks:token": "t" })).toThrow(
      `The host of the Databricks workspace is '${host}'; it must be its address`,
    );
  },
);
