import { Program } from "../program";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test, vi } from "vitest";
import { signIn } from "../../../components";
import { refusal, startHttpDouble, type Reply } from "../httpDouble";

afterEach(() => {
  vi.unstubAllEnvs();
});

async function tried(reply: Reply) {
  const double = await startHttpDouble(() => reply);
  const config = { "databricks:host": double.host, "databricks:token": "dapi-never-shown" };
  const error = await new Program().run(signIn, config).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { ...double, error };
}

test("signing in asks who is calling", async () => {
  const { error, received } = await tried({ body: { userName: "me" } });
  expect(error).toBeUndefined();
  expect(received).toMatchObject([{ method: "GET", path: "/api/2.0/preview/scim/v2/Me" }]);
});

test.each([
  [401, "invalid token"],
  [403, "no access"],
])("%d is one message for the user, without the token", async (status, said) => {
  const { error, host } = await tried(refusal(status, "X", said));
  expect(error).toBeInstanceOf(pulumi.RunError);
  expect(String(error)).toContain(
    `${host} answered GET /api/2.0/preview/scim/v2/Me with ${status}: ${said}`,
  );
  expect(String(error)).not.toContain("dapi-never-shown");
});

test("a host that is no workspace is told from one that knows nobody", async () => {
  const page = await tried({ status: 404, body: "<html>nginx</html>" });
  expect(String(page.error)).toContain("with 404: <html>nginx</html>");
  const account = await tried(refusal(404, "ENDPOINT_NOT_FOUND", "No API found"));
  expect(String(account.error)).toContain("/Me with 404: No API found");
  const databricks = await tried(refusal(404, "NOT_FOUND", "Nobody"));
  expect(String(databricks.error)).toContain(
    `${databricks.host} is no workspace: it has no /api/2.0/preview/scim/v2/Me.`,
  );
});

test("what is missing is named", async () => {
  vi.stubEnv("DATABRICKS_HOST", undefined);
  vi.stubEnv("DATABRICKS_TOKEN", undefined);
  await expect(new Program().run(signIn)).rejects.toThrow("No Databricks workspace is set: host");
});
