import { field } from "./answer";
import { callWorkspace } from "./rest";
import type { Settings } from "./settings";

/*
 * What Databricks' SDK for JavaScript lacks: signing in with a token that the pipeline's own platform
 * issues, so that no secret is stored anywhere. Where the tokens come from, and what is sent where, is
 * that of the Databricks provider:
 * https://github.com/databricks/databricks-sdk-go/tree/v0.170.0/config/experimental/auth/oidc
 */

/** A token, and when it expires, in milliseconds since 1970. */
export interface Issued {
  readonly accessToken: string;
  readonly expiry: number;
}

/** What asks a platform for a token that names the running job to `audience`. */
export type IdTokenSource = (settings: Settings, audience: string) => Promise<string>;

/** https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
export async function fromGitHub(settings: Settings, audience: string): Promise<string> {
  const { actionsIdTokenRequestUrl = "", actionsIdTokenRequestToken = "" } = settings;
  const url = new URL(actionsIdTokenRequestUrl);
  url.searchParams.set("audience", audience);
  const path = `${url.pathname}${url.search}`;
  const connection = { host: url.origin, token: actionsIdTokenRequestToken };
  return tokenIn(await callWorkspace(connection, { method: "GET", path }), "value", "GitHub");
}

/** https://learn.microsoft.com/en-us/rest/api/azure/devops/distributedtask/oidctoken/create */
export async function fromAzureDevOps(): Promise<string> {
  const env = (name: string): string => {
    const value = process.env[name] ?? "";
    if (value === "") throw new Error(`the environment variable ${name} is not set`);
    return value;
  };
  const token = env("SYSTEM_ACCESSTOKEN");
  const url = new URL(env("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"));
  const path = [
    url.pathname.replace(/\/+$/, ""),
    ...[env("SYSTEM_TEAMPROJECTID"), "_apis/distributedtask/hubs", env("SYSTEM_HOSTTYPE")],
    ...["plans", env("SYSTEM_PLANID"), "jobs", env("SYSTEM_JOBID"), "oidctoken"],
  ].join("/");
  const answer = await callWorkspace(
    { host: url.origin, token },
    { method: "POST", path: `${path}?api-version=7.2-preview.1` },
  );
  return tokenIn(answer, "oidcToken", "Azure DevOps");
}

/** The environment variable that {@link fromEnvironment} reads. */
export function idTokenVariable({ oidcTokenEnv }: Settings): string {
  return oidcTokenEnv ?? "DATABRICKS_OIDC_TOKEN";
}

/** A token that something else has left in an environment variable. */
export function fromEnvironment(settings: Settings): Promise<string> {
  const name = idTokenVariable(settings);
  const value = process.env[name];
  if (value) return Promise.resolve(value);
  return Promise.reject(new Error(`the environment variable ${name} is not set`));
}

/** A token that something else has left in a file, as Kubernetes does. */
export async function fromFile({ databricksIdTokenFilepath = "" }: Settings): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(databricksIdTokenFilepath, "utf8");
  if (text.trim() === "") throw new Error(`the file ${databricksIdTokenFilepath} is empty`);
  return text.trim();
}

/**
 * The token endpoint of a workspace (RFC 8414).
 * https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m
 */
export async function tokenEndpointOf(host: string): Promise<URL> {
  const path = "/oidc/.well-known/oauth-authorization-server";
  const answer = await callWorkspace({ host, token: "" }, { method: "GET", path });
  const endpoint = field(answer, "token_endpoint");
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw new Error(`${host} does not know OAuth: ${path} names no token_endpoint`);
  }
  return new URL(endpoint);
}

/**
 * Changes a platform's token for one of the workspace (RFC 8693).
 * https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-exchange
 */
export async function exchangeForDatabricks(
  settings: Settings,
  host: string,
  source: IdTokenSource,
): Promise<Issued> {
  const endpoint = await tokenEndpointOf(host);
  const idToken = await source(settings, settings.audience ?? endpoint.href);
  return issued(endpoint, {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    subject_token: idToken,
    scope: "all-apis",
    // Without one, the federation policy of the whole account decides who this is.
    ...(settings.clientId === undefined ? {} : { client_id: settings.clientId }),
  });
}

/**
 * Asks Entra ID for a token of a service principal or managed identity.
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * @param directory - Where Entra ID is, e.g. `https://login.microsoftonline.com/`.
 * @param resource - What the token is for, e.g. the application id of Azure Databricks.
 * @param proof - Who asks: a client's secret, or another platform's token that a federated credential trusts.
 */
export async function askEntra(
  settings: Settings,
  directory: string,
  resource: string,
  proof: Readonly<Record<string, string>>,
): Promise<Issued> {
  const { azureTenantId = "", azureClientId = "" } = settings;
  return issued(new URL(`${encodeURIComponent(azureTenantId)}/oauth2/token`, directory), {
    grant_type: "client_credentials",
    resource,
    client_id: azureClientId,
    ...proof,
  });
}

async function issued(endpoint: URL, form: Readonly<Record<string, string>>): Promise<Issued> {
  const connection = { host: endpoint.origin, token: "" };
  const answer = await callWorkspace(connection, { method: "POST", path: endpoint.pathname, form });
  const accessToken = tokenIn(answer, "access_token", endpoint.origin);
  // Seconds, which Entra ID writes as text: https://www.rfc-editor.org/rfc/rfc6749#section-5.1
  const seconds = Number(field(answer, "expires_in") ?? 3600);
  if (!(seconds > 0)) throw new Error(`${endpoint.origin} answered with no lifetime of its token`);
  return { accessToken, expiry: Date.now() + seconds * 1000 };
}

function tokenIn(answer: unknown, name: string, issuer: string): string {
  const token = field(answer, name);
  if (typeof token === "string" && token !== "") return token;
  throw new Error(`${issuer} answered without a token ('${name}')`);
}
