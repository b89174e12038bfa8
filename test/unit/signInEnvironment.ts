import { afterEach, vi } from "vitest";

const VARIABLES = [
  ...["DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_AUTH_TYPE", "DATABRICKS_CONFIG_PROFILE"],
  ...["DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "DATABRICKS_OIDC_TOKEN"],
  ...["DATABRICKS_OIDC_TOKEN_ENV", "DATABRICKS_OIDC_TOKEN_FILEPATH", "DATABRICKS_TOKEN_AUDIENCE"],
  ...["DATABRICKS_AZURE_RESOURCE_ID", "DATABRICKS_USERNAME", "DATABRICKS_PASSWORD"],
  ...["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"],
  ...["ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "ARM_TENANT_ID", "ARM_USE_MSI", "ARM_ENVIRONMENT"],
];

/** Whatever signs this machine in must not take part; given back after each test. */
export function noSignIn(): void {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
  // No profile, and neither of the two commands.
  vi.stubEnv("HOME", "/nowhere");
  vi.stubEnv("PATH", "/nowhere");
  vi.stubEnv("DATABRICKS_CONFIG_FILE", "/nowhere/.databrickscfg");
}

afterEach(() => {
  vi.unstubAllEnvs();
});
