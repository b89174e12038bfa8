/**
 * The address of a workspace without what a browser adds to it, a path and `?o=123`, as the Databricks
 * provider takes it, e.g. `https://adb-123.4.azuredatabricks.net`.
 * @throws Error if `host` is no address.
 */
export function originOf(host: string): string {
  const url = /^https?:\/\//.test(host) ? host : `https://${host}`;
  if (URL.canParse(url)) return new URL(url).origin;
  throw new Error(
    `The host of the Databricks workspace is '${host}'; it must be its address, ` +
      "such as https://adb-123.4.azuredatabricks.net.",
  );
}
