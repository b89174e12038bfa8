import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { findConnection } from "../../../components/workspace/connection";
import { noSignIn } from "../signInEnvironment";

beforeEach(noSignIn);

const find = (config: Record<string, string> = {}) => findConnection((key) => config[key]);
const message = (config: Record<string, string> = {}): Promise<string> =>
  find(config).then(() => "nothing was wrong", String);
const HOST = "https://adb-1.2.azuredatabricks.net";

test("host and token come from the stack's configuration", async () => {
  expect(await find({ "databricks:host": HOST, "databricks:token": "t" })).toEqual({
    host: HOST,
    token: "t",
  });
});

test("or from the environment", async () => {
  vi.stubEnv("DATABRICKS_HOST", HOST);
  vi.stubEnv("DATABRICKS_TOKEN", "t");
  expect(await find()).toEqual({ host: HOST, token: "t" });
});

test("the configuration goes before the environment, each key for itself", async () => {
  vi.stubEnv("DATABRICKS_HOST", "https://elsewhere");
  vi.stubEnv("DATABRICKS_TOKEN", "from-environment");
  expect(await find({ "databricks:host": HOST })).toEqual({
    host: HOST,
    token: "from-environment",
  });
  expect(await find({ "databricks:token": "mine" })).toEqual({
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
])("the host %s is %s", async (given, host) => {
  expect((await find({ "databricks:host": given, "databricks:token": "t" })).host).toBe(host);
});

test("what is missing is named with both places where it can be set", async () => {
  expect(await message()).toBe(
    "Error: No Databricks workspace is set: host (databricks:host or DATABRICKS_HOST), " +
      "token (databricks:token or DATABRICKS_TOKEN).",
  );
});

test("only what is missing is named, and the token is never shown", async () => {
  expect(await message({ "databricks:host": HOST })).toContain(
    `Nothing says how to sign in to ${HOST}: set a token (databricks:token or DATABRICKS_TOKEN)`,
  );
  const withoutHost = await message({ "databricks:token": "dapi-secret" });
  expect(withoutHost).toMatch(/is set: host \([^)]*\)\.$/);
  expect(withoutHost).not.toContain("dapi-secret");
});

test("an empty value is a missing one", async () => {
  const config = { "databricks:host": HOST, "databricks:token": "" };
  expect(await message(config)).toContain("set a token (");
});

test.each(["https://", "my workspace", "http://:80"])(
  "a host that is no address is named: '%s'",
  async (host) => {
    expect(await message({ "databricks:host": host, "databricks:token": "t" })).toContain(
      `The host of the Databricks workspace is '${host}'; it must be its address`,
    );
  },
);

test("two ways at once are refused, as the Databricks provider refuses them", async () => {
  vi.stubEnv("DATABRICKS_TOKEN", "dapi-secret");
  vi.stubEnv("ARM_CLIENT_SECRET", "entra-secret");
  const said = await message({ "databricks:host": HOST, "databricks:clientId": "app" });
  expect(said).toBe(
    "Error: More than one way to sign in is configured: pat and oauth and azure. " +
      "Say which with authType (databricks:authType or DATABRICKS_AUTH_TYPE).",
  );
});

test("authType says which of several is meant", async () => {
  vi.stubEnv("DATABRICKS_TOKEN", "t");
  vi.stubEnv("ARM_CLIENT_ID", "app");
  vi.stubEnv("ARM_USE_MSI", "true");
  expect(await find({ "databricks:host": HOST, "databricks:authType": "pat" })).toEqual({
    host: HOST,
    token: "t",
  });
});

test("a switch that is off is no way to sign in", async () => {
  vi.stubEnv("ARM_USE_MSI", "false");
  expect(await find({ "databricks:host": HOST, "databricks:token": "t" })).toMatchObject({
    token: "t",
  });
});

test.each([
  [
    "oauth-m2m",
    "To sign in by oauth-m2m, set clientId (databricks:clientId or DATABRICKS_CLIENT_ID), clientSecret",
  ],
  [
    "github-oidc-azure",
    "set azureClientId (databricks:azureClientId or ARM_CLIENT_ID), azureTenantId",
  ],
  ["azure-client-secret", "azureClientSecret (databricks:azureClientSecret or ARM_CLIENT_SECRET)"],
  ["file-oidc", "set databricksIdTokenFilepath ("],
  ["pat", "To sign in by pat, set token (databricks:token or DATABRICKS_TOKEN)."],
  ["kerberos", "is 'kerberos'; it must be one of pat, oauth-m2m, databricks-cli, github-oidc,"],
])("authType %s names what it lacks", async (authType, lacking) => {
  const config = { "databricks:host": HOST, "databricks:authType": authType };
  expect(await message(config)).toContain(lacking);
});

function configFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "databrickscfg-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, ".databrickscfg");
  writeFileSync(file, text);
  vi.stubEnv("DATABRICKS_CONFIG_FILE", file);
  return file;
}

const PROFILES = `
[DEFAULT]
host = https://default.example.com
token = of-default

[team.dev]
host = ${HOST}/
token = of-dev
`;

test("a profile says where and how", async () => {
  configFile(PROFILES);
  expect(await find({ "databricks:profile": "team.dev" })).toEqual({ host: HOST, token: "of-dev" });
});

test("what is said elsewhere goes before the profile", async () => {
  configFile(PROFILES);
  vi.stubEnv("DATABRICKS_CONFIG_PROFILE", "team.dev");
  expect(await find({ "databricks:host": "https://other" })).toEqual({
    host: "https://other",
    token: "of-dev",
  });
});

test("where nothing is said, the default profile is taken, or the one that the CLI has chosen", async () => {
  configFile(PROFILES);
  expect(await find()).toEqual({ host: "https://default.example.com", token: "of-default" });
  configFile(`[__settings__]\ndefault_profile = team.dev\n${PROFILES}`);
  expect(await find()).toEqual({ host: HOST, token: "of-dev" });
});

test("a host alone does not bring a profile in", async () => {
  configFile(PROFILES);
  expect(await message({ "databricks:host": HOST })).toContain("Nothing says how to sign in");
});

test("a profile that is not there is named with its file", async () => {
  const file = configFile(PROFILES);
  expect(await message({ "databricks:profile": "prod" })).toBe(
    `Error: The profile 'prod' is asked for (databricks:profile), but ${file} has no such profile.`,
  );
  vi.stubEnv("DATABRICKS_CONFIG_FILE", "/nowhere/cfg");
  expect(await message({ "databricks:profile": "prod" })).toContain("/nowhere/cfg does not exist.");
});
