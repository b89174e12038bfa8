import { field } from "./answer";

/**
 * What says where the workspace is and how to sign in: each by its name in the stack's configuration
 * (`databricks:clientId`) and by its environment variable, both as the Databricks provider has them.
 * https://docs.databricks.com/aws/en/dev-tools/auth/env-vars
 */
const VARIABLES = [
  ["host", "DATABRICKS_HOST"],
  ["authType", "DATABRICKS_AUTH_TYPE"],
  ["token", "DATABRICKS_TOKEN"],
  ["profile", "DATABRICKS_CONFIG_PROFILE"],
  ["configFile", "DATABRICKS_CONFIG_FILE"],
  ["clientId", "DATABRICKS_CLIENT_ID"],
  ["clientSecret", "DATABRICKS_CLIENT_SECRET"],
  ["audience", "DATABRICKS_TOKEN_AUDIENCE"],
  ["oidcTokenEnv", "DATABRICKS_OIDC_TOKEN_ENV"],
  ["databricksIdTokenFilepath", "DATABRICKS_OIDC_TOKEN_FILEPATH"],
  ["databricksCliPath", "DATABRICKS_CLI_PATH"],
  ["actionsIdTokenRequestUrl", "ACTIONS_ID_TOKEN_REQUEST_URL"],
  ["actionsIdTokenRequestToken", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
  ["azureWorkspaceResourceId", "DATABRICKS_AZURE_RESOURCE_ID"],
  ["azureClientId", "ARM_CLIENT_ID"],
  ["azureClientSecret", "ARM_CLIENT_SECRET"],
  ["azureTenantId", "ARM_TENANT_ID"],
  ["azureUseMsi", "ARM_USE_MSI"],
  ["azureEnvironment", "ARM_ENVIRONMENT"],
  ["username", "DATABRICKS_USERNAME"],
  ["password", "DATABRICKS_PASSWORD"],
] as const;

/** The name of a setting, as in `databricks:NAME`. */
export type Setting = (typeof VARIABLES)[number][0];

/** The settings that have a value; an empty one is none. */
export type Settings = Readonly<Partial<Record<Setting, string>>>;

/** Reads a value of the stack's configuration by its full key. */
export type Configuration = (key: string) => string | undefined;

/** The settings that stand for a way to sign in, by the provider's name of that way. */
const METHODS: readonly (readonly [string, readonly Setting[]])[] = [
  ["pat", ["token"]],
  ["basic", ["username", "password"]],
  ["oauth", ["clientId", "clientSecret"]],
  ["env-oidc", ["oidcTokenEnv"]],
  ["file-oidc", ["databricksIdTokenFilepath"]],
  [
    "azure",
    [
      "azureWorkspaceResourceId",
      "azureClientId",
      "azureClientSecret",
      "azureTenantId",
      "azureUseMsi",
    ],
  ],
];

/** What the stack's configuration says; what it leaves open, the environment. */
export function readSettings(configuration: Configuration): Settings {
  const settings: Partial<Record<Setting, string>> = {};
  for (const [name, variable] of VARIABLES) {
    const value = [configuration(`databricks:${name}`), process.env[variable]].find(Boolean);
    // A switch that is off is like one that nobody set.
    if (value !== undefined && !(name === "azureUseMsi" && isOff(value))) settings[name] = value;
  }
  return settings;
}

/** The ways to sign in that settings speak of; more than one is ambiguous without `authType`. */
export function methodsIn(settings: Settings): readonly string[] {
  return METHODS.filter(([, names]) => names.some((name) => settings[name] !== undefined)).map(
    ([method]) => method,
  );
}

/** Both places where a setting can be made, for messages: `token (databricks:token or DATABRICKS_TOKEN)`. */
export function placesOf(setting: Setting): string {
  const variable = VARIABLES.find(([name]) => name === setting)?.[1] ?? "";
  return `${setting} (databricks:${setting} or ${variable})`;
}

/**
 * Fills what is open from a profile of `~/.databrickscfg`: the one that is asked for; else, if nothing says
 * where the workspace is or how to sign in, the file's default one.
 * https://docs.databricks.com/aws/en/dev-tools/auth/config-profiles
 * @throws Error if the profile that is asked for is not there.
 */
export async function withProfile(settings: Settings): Promise<Settings> {
  const { profile, host, azureWorkspaceResourceId, authType, configFile } = settings;
  const isSaid = host !== undefined || azureWorkspaceResourceId !== undefined;
  if (profile === undefined && (isSaid || methodsIn(settings).length > 0)) return settings;
  const shown = configFile ?? "~/.databrickscfg";
  const sections = await readSections(configFile);
  const chosen = profile ?? textOf(field(field(sections, "__settings__"), "default_profile"));
  const section = field(sections, chosen ?? "DEFAULT");
  if (section === undefined) {
    if (profile === undefined) return settings;
    const what = sections === undefined ? "does not exist" : "has no such profile";
    throw new Error(
      `The profile '${profile}' is asked for (databricks:profile), but ${shown} ${what}.`,
    );
  }
  const filled: Partial<Record<Setting, string>> = {};
  for (const [name] of VARIABLES) {
    const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const value = settings[name] ?? textOf(field(section, snake));
    if (value !== undefined && !(name === "azureUseMsi" && isOff(value))) filled[name] = value;
  }
  return { ...filled, ...(authType === undefined ? {} : { authType }) };
}

async function readSections(configFile: string | undefined): Promise<unknown> {
  const { loadConfigFile } =
    await import("@databricks/sdk-experimental/dist/config/KnownConfigLoader.js");
  try {
    return (await loadConfigFile(configFile)).iniFile;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isOff(value: string): boolean {
  return ["false", "f", "0"].includes(value.toLowerCase());
}
