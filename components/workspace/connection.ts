import type { Connection } from "./rest";

/**
 * Finds host and token where the Databricks provider finds them: the stack's configuration
 * (`databricks:host`, `databricks:token`), then `DATABRICKS_HOST` and `DATABRICKS_TOKEN`.
 * https://www.pulumi.com/registry/packages/databricks/installation-configuration/
 * @param config - Reads a configuration value by its full key.
 * @throws Error naming what is missing and where it can be set, or a host that is no address.
 */
export function findConnection(config: (key: string) => string | undefined): Connection {
  const host = config("databricks:host") ?? process.env["DATABRICKS_HOST"] ?? "";
  const token = config("databricks:token") ?? process.env["DATABRICKS_TOKEN"] ?? "";
  const missing = [
    ...(host === "" ? ["host (databricks:host or DATABRICKS_HOST)"] : []),
    ...(token === "" ? ["token (databricks:token or DATABRICKS_TOKEN)"] : []),
  ];
  if (missing.length > 0) throw new Error(`No Databricks workspace is set: ${missing.join(", ")}.`);
  const url = /^https?:\/\//.test(host) ? host : `https://${host}`;
  if (!URL.canParse(url)) {
    throw new Error(
      `The host of the Databricks workspace is '${host}'; it must be its address, ` +
        "such as https://adb-123.4.azuredatabricks.net.",
    );
  }
  // Copied from a browser, an address has a path and ?o=123; the Databricks provider drops both.
  return { host: new URL(url).origin, token };
}
