import type {
  Config,
  CredentialProvider,
  RequestVisitor,
} from "@databricks/sdk-experimental/dist/config/Config.js";
import { patiently } from "./patience";
import type { Authenticate } from "./rest";
import type { Setting, Settings } from "./settings";
import {
  askEntra,
  exchangeForDatabricks,
  fromAzureDevOps,
  fromEnvironment,
  fromFile,
  fromGitHub,
  idTokenVariable,
  type IdTokenSource,
  type Issued,
} from "./workloadIdentity";

/** One way to sign in. */
export interface Way {
  /** As `auth_type` has it. */
  readonly name: string;
  /** The settings without which it is not tried. */
  readonly needs: readonly Setting[];
  /** The environment variable without which it is tried only if it is asked for. */
  readonly sign?: (settings: Settings) => string;
  /** Gets ready; undefined if it does not apply here, e.g. because a program is not installed. */
  readonly begin: (settings: Settings, config: Config) => Promise<Authenticate | undefined>;
}

/**
 * The ways to sign in, in the order in which the Databricks provider tries them; a token comes before
 * all of them: https://github.com/databricks/databricks-sdk-go/blob/v0.170.0/config/auth_default.go
 */
export const WAYS: readonly Way[] = [
  {
    name: "oauth-m2m",
    needs: ["host", "clientId", "clientSecret"],
    begin: async (_settings, config) => {
      const module = await import("@databricks/sdk-experimental/dist/config/M2mCredentials.js");
      return bySdk(new module.M2mCredentials(), config);
    },
  },
  {
    name: "databricks-cli",
    needs: ["host"],
    begin: async (_settings, config) => {
      const module =
        await import("@databricks/sdk-experimental/dist/config/DatabricksCliCredentials.js");
      return bySdk(new module.DatabricksCliCredentials(), config);
    },
  },
  {
    name: "github-oidc",
    needs: ["host", "actionsIdTokenRequestUrl", "actionsIdTokenRequestToken"],
    begin: (settings) => byFederation(settings, fromGitHub),
  },
  {
    name: "azure-devops-oidc",
    needs: ["host"],
    sign: () => "SYSTEM_ACCESSTOKEN",
    begin: (settings) => byFederation(settings, fromAzureDevOps),
  },
  {
    name: "env-oidc",
    needs: ["host"],
    sign: idTokenVariable,
    begin: (settings) => byFederation(settings, fromEnvironment),
  },
  {
    name: "file-oidc",
    needs: ["host", "databricksIdTokenFilepath"],
    begin: (settings) => byFederation(settings, fromFile),
  },
  {
    name: "github-oidc-azure",
    needs: [
      ...(["host", "azureClientId", "azureTenantId"] as const),
      ...(["actionsIdTokenRequestUrl", "actionsIdTokenRequestToken"] as const),
    ],
    begin: async (settings, config) => {
      if (!config.isAzure()) return undefined;
      const azure = await import("@databricks/sdk-experimental/dist/config/Azure.js");
      const directory = azure.getAzureEnvironment(config).activeDirectoryEndpoint;
      const resource = azure.getAzureLoginAppId(config);
      return refreshed(async () =>
        askEntra(settings, directory, resource, {
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: await fromGitHub(settings, "api://AzureADTokenExchange"),
        }),
      );
    },
  },
  {
    name: "azure-msi",
    needs: ["azureUseMsi"],
    begin: async (_settings, config) => {
      const module =
        await import("@databricks/sdk-experimental/dist/config/AzureMsiCredentials.js");
      return bySdk(new module.AzureMsiCredentials(), config);
    },
  },
  {
    name: "azure-client-secret",
    needs: ["azureClientId", "azureClientSecret", "azureTenantId"],
    // The SDK's own asks for `//TENANT/oauth2/token`, a path that Entra ID does not document.
    begin: async (settings, config) => {
      if (!config.isAzure()) return undefined;
      const azure = await import("@databricks/sdk-experimental/dist/config/Azure.js");
      const { Token, refreshableTokenSource } =
        await import("@databricks/sdk-experimental/dist/config/Token.js");
      const cloud = azure.getAzureEnvironment(config);
      const secret = { client_secret: settings.azureClientSecret ?? "" };
      const tokensFor = (resource: string) =>
        refreshableTokenSource(
          async () =>
            new Token(await askEntra(settings, cloud.activeDirectoryEndpoint, resource, secret)),
        );
      await azure.azureEnsureWorkspaceUrl(config, tokensFor);
      const visit = azure.serviceToServiceVisitor(
        tokensFor(azure.getAzureLoginAppId(config)),
        tokensFor(cloud.serviceManagementEndpoint),
        "X-Databricks-Azure-SP-Management-Token",
      );
      return byVisitor(azure.azureVisitor(config, visit));
    },
  },
  {
    name: "azure-cli",
    needs: [],
    begin: async (_settings, config) => {
      const module =
        await import("@databricks/sdk-experimental/dist/config/AzureCliCredentials.js");
      return bySdk(new module.AzureCliCredentials(), config);
    },
  },
];

/** By one of the SDK's own ways, which keep a token until 40 s before it expires. */
async function bySdk(
  provider: CredentialProvider,
  config: Config,
): Promise<Authenticate | undefined> {
  const visit = await patiently(() => provider.configure(config));
  return visit === undefined ? undefined : byVisitor(visit);
}

function byVisitor(visit: RequestVisitor): Authenticate {
  return async () => {
    const headers = new Headers();
    await patiently(() => visit(headers));
    const signed: Record<string, string> = {};
    headers.forEach((value, name) => (signed[name] = value));
    return signed;
  };
}

function byFederation(settings: Settings, source: IdTokenSource): Promise<Authenticate> {
  return refreshed(() => exchangeForDatabricks(settings, settings.host ?? "", source));
}

/** Keeps a token as the SDK keeps its own. */
async function refreshed(issue: () => Promise<Issued>): Promise<Authenticate> {
  const { Token, refreshableTokenSource } =
    await import("@databricks/sdk-experimental/dist/config/Token.js");
  const source = refreshableTokenSource(async () => new Token(await issue()));
  return async () => ({ authorization: `Bearer ${(await source()).accessToken}` });
}
