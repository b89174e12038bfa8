import type { Config } from "@databricks/sdk-experimental/dist/config/Config.js";
import type { Authenticate, Connection } from "./rest";
import { placesOf, type Settings } from "./settings";
import { WAYS, type Way } from "./ways";
import { tokenEndpointOf } from "./workloadIdentity";

const WAYS_DOCUMENT = "docs/how-to/sign-in.md";

/**
 * Signs in by the way that `authType` names, else by the first of {@link WAYS} that works.
 * @throws Error saying what is missing, or why none worked; never a secret.
 */
export async function signIn(settings: Settings): Promise<Connection> {
  const config = await sdkConfig(settings);
  const { authType } = settings;
  const reasons: string[] = [];
  for (const way of authType === undefined
    ? WAYS.filter(isApt(settings))
    : [named(settings, authType)]) {
    try {
      const authenticate = await way.begin(settings, config);
      if (authenticate === undefined) {
        if (authType !== undefined) throw new Error(inapplicable(way, config));
        continue;
      }
      // As with the provider, it works if it works once.
      await authenticate();
      if (config.host === undefined) throw new Error("the workspace's address cannot be found out");
      return { host: config.host, token: oneAtATime(authenticate) };
    } catch (error) {
      reasons.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const where = settings.host ?? settings.azureWorkspaceResourceId ?? "";
  throw new Error(
    reasons.length === 0
      ? `Nothing says how to sign in to ${where}: set a ${placesOf("token")}, or one of the other ways of ${WAYS_DOCUMENT}.`
      : `Signing in to ${where} failed: ${reasons.join("; ").replace(/\.$/, "")}. The ways are in ${WAYS_DOCUMENT}.`,
  );
}

function isApt(settings: Settings): (way: Way) => boolean {
  return ({ needs, sign }) =>
    needs.every((name) => settings[name] !== undefined) &&
    (sign === undefined || Boolean(process.env[sign(settings)]));
}

/** @throws Error if `authType` is none of the ways, or lacks something. */
function named(settings: Settings, authType: string): Way {
  const way = WAYS.find(({ name }) => name === authType);
  if (authType !== "pat" && way === undefined) {
    const known = ["pat", ...WAYS.map(({ name }) => name)].join(", ");
    throw new Error(`${placesOf("authType")} is '${authType}'; it must be one of ${known}.`);
  }
  const missing = (way?.needs ?? ["host", "token"]).filter((name) => settings[name] === undefined);
  if (way === undefined || missing.length > 0) {
    throw new Error(`To sign in by ${authType}, set ${missing.map(placesOf).join(", ")}.`);
  }
  return way;
}

function inapplicable({ name }: Way, config: Config): string {
  if (name.includes("azure") && !config.isAzure()) return `${config.host ?? ""} is not on Azure`;
  return "its command is not installed";
}

/** The settings as the SDK's ways take them. */
async function sdkConfig(settings: Settings): Promise<Config> {
  const module = await import("@databricks/sdk-experimental/dist/config/Config.js");
  const oidc = await import("@databricks/sdk-experimental/dist/config/oauth/OidcEndpoints.js");
  const config = new module.Config({ env: {} });
  const given = [
    ...([
      "host",
      "clientId",
      "clientSecret",
      "databricksCliPath",
      "azureWorkspaceResourceId",
    ] as const),
    ...(["azureClientId", "azureClientSecret", "azureTenantId", "azureEnvironment"] as const),
  ];
  for (const name of given) {
    const value = settings[name];
    if (value !== undefined) config.setAttribute(name, value);
  }
  config.azureUseMsi = settings.azureUseMsi !== undefined;
  if (settings.azureEnvironment === undefined)
    config.azureEnvironment = cloudOf(settings.host ?? "");
  // The SDK's own drops the port, and waits for ever.
  config.getOidcEndpoints = async () => {
    const endpoint = await tokenEndpointOf(config.host ?? "");
    return new oidc.OidcEndpoints(config, endpoint, endpoint);
  };
  return config;
}

/** https://learn.microsoft.com/en-us/azure/databricks/resources/supported-regions */
function cloudOf(host: string): string {
  if (host.endsWith(".databricks.azure.us")) return "USGOVERNMENT";
  return host.endsWith(".databricks.azure.cn") ? "CHINA" : "PUBLIC";
}

/** Many resources sign in at once; whoever comes while a token is on its way waits for that one. */
function oneAtATime(authenticate: Authenticate): Authenticate {
  let running: ReturnType<Authenticate> | undefined;
  return () =>
    (running ??= authenticate().finally(() => {
      running = undefined;
    }));
}
