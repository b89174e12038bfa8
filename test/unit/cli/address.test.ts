import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, findSignIn, signInFor, signInTo } from "../../../cli/workspace/address";
import { environmentOf, readInvocation } from "../../../cli/stack/stackEnvironment";
import { UserError } from "../../../cli/shared/userError";
import { startHttpDouble } from "../httpDouble";
import { noSignIn } from "../signInEnvironment";

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

describe("what a command calls", () => {
  beforeEach(noSignIn);

  test("is what the environment names, in any way to sign in", async () => {
    const double = await startHttpDouble(({ path }) => ({
      body: path.endsWith("/token")
        ? { access_token: "of-the-workspace", expires_in: 3600 }
        : { token_endpoint: `${double.host}/oidc/v1/token` },
    }));
    vi.stubEnv("DATABRICKS_HOST", double.host);
    vi.stubEnv("DATABRICKS_CLIENT_ID", "app");
    vi.stubEnv("DATABRICKS_CLIENT_SECRET", "secret");
    const connection = await connect();
    expect(connection.host).toBe(double.host);
    // For tools that know nothing but a host and a token.
    expect(await signInFor(connection)).toEqual({
      DATABRICKS_HOST: double.host,
      DATABRICKS_TOKEN: "of-the-workspace",
    });
  });

  test("what is missing is the user's to mend", async () => {
    vi.stubEnv("DATABRICKS_CONFIG_PROFILE", "nobody");
    await expect(connect()).rejects.toThrow(UserError);
    await expect(connect()).rejects.toThrow("The profile 'nobody' is asked for");
  });
});
