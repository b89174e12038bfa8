import { originOf } from "./originOf";
import type { Connection } from "./rest";
import { signIn } from "./signInByWay";
import { methodsIn, placesOf, readSettings, withProfile, type Configuration } from "./settings";

/**
 * Finds where the workspace is and signs in as the Databricks provider does: by what the stack's
 * configuration says (`databricks:…`), then the environment (`DATABRICKS_…`, `ARM_…`), then a profile of
 * `.databrickscfg`; with a token, or by the first of `WAYS` that works, or by the one that `authType` names.
 * https://www.pulumi.com/registry/packages/databricks/installation-configuration/
 *
 * @throws Error naming what is missing and where it can be set, a host that is no address, more than one
 * way without `authType`, or why none worked; never a secret.
 */
export async function findConnection(configuration: Configuration): Promise<Connection> {
  const said = readSettings(configuration);
  const isComplete = said.host !== undefined && said.token !== undefined;
  const settings = isComplete && said.profile === undefined ? said : await withProfile(said);
  const { token, authType, azureWorkspaceResourceId } = settings;
  if (settings.host === undefined && azureWorkspaceResourceId === undefined) {
    const missing = [placesOf("host"), ...(methodsIn(said).length > 0 ? [] : [placesOf("token")])];
    throw new Error(`No Databricks workspace is set: ${missing.join(", ")}.`);
  }
  const host = settings.host === undefined ? undefined : originOf(settings.host);
  const methods = methodsIn(settings);
  if (authType === undefined && methods.length > 1) {
    throw new Error(
      `More than one way to sign in is configured: ${methods.join(" and ")}. ` +
        `Say which with ${placesOf("authType")}.`,
    );
  }
  if (token !== undefined && host !== undefined && (authType ?? "pat") === "pat") {
    return { host, token };
  }
  return signIn(host === undefined ? settings : { ...settings, host });
}
