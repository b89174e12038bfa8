import { afterEach, expect, test, vi } from "vitest";
import { findSignIn, signInTo } from "../../../cli/address";
import { environmentOf, readInvocation } from "../../../cli/stackEnvironment";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(["dapi-of-production", undefined])(
  "`npm start` deploys to the workspace it started, whatever DATABRICKS_HOST says (token %s)",
  (token) => {
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///elsewhere");
    vi.stubEnv("DATABRICKS_HOST", "https://production.azuredatabricks.net");
    vi.stubEnv("DATABRICKS_TOKEN", token);
    signInTo({ url: "http://127.0.0.1:8686", token: "of-this-machine" });
    const expected = {
      DATABRICKS_HOST: "http://127.0.0.1:8686",
      DATABRICKS_TOKEN: "of-this-machine",
    };
    expect(findSignIn()).toEqual(expected);
    expect(environmentOf(readInvocation(["up", "-s", "local"]))).toMatchObject({
      ...expected,
      DATABRICKS_AUTH_TYPE: "pat",
    });
  },
);
