import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { findConnection } from "../../../components/workspace/connection";
import { callWorkspace, headersOf } from "../../../components/workspace/rest";
import { startHttpDouble, type Received, type Reply } from "../httpDouble";
import { noSignIn } from "../signInEnvironment";

/*
 * GitHub, Azure DevOps, Entra ID, the instance metadata service, the Azure and the Databricks CLI cannot run
 * here: each is a double, on 127.0.0.1 or in a folder of its own.
 */

beforeEach(noSignIn);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const AZURE = "https://adb-1.2.azuredatabricks.net";
const SECRET = "a-secret-that-nobody-may-see";
const ID_TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2IifQ.signature-of-the-platform";

const find = (config: Record<string, string>) =>
  findConnection((key) => config[key.replace("databricks:", "")]);
const signedBy = async (config: Record<string, string>) => headersOf(await find(config));
const failure = (config: Record<string, string>): Promise<string> =>
  find(config).then(() => "it worked", String);

/** A double of a workspace: OAuth's discovery, its token endpoint, and a call that tells who is calling. */
async function workspaceDouble(token: (request: Received, count: number) => Reply) {
  let issued = 0;
  const double = await startHttpDouble((request) => {
    if (request.path.endsWith("oauth-authorization-server")) {
      return { body: { token_endpoint: `${double.host}/oidc/v1/token` } };
    }
    return request.path === "/oidc/v1/token" ? token(request, ++issued) : { body: {} };
  });
  return double;
}

const granted = (_request: Received, count: number): Reply => ({
  body: { access_token: `of-databricks-${count}`, token_type: "Bearer", expires_in: 3600 },
});

const bodies = (received: readonly Received[], path: string): unknown[] =>
  received.filter((request) => request.path === path).map(({ body }) => body);

/** A double of GitHub's token service. */
async function gitHubDouble(reply: Reply = { body: { value: ID_TOKEN } }) {
  const double = await startHttpDouble(() => reply);
  vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", `${double.host}/token?api-version=2.0`);
  vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-runner-only");
  return double;
}

describe("OAuth machine to machine", () => {
  const m2m = (host: string) => ({ host, clientId: "app", clientSecret: SECRET });

  test("the client's secret is changed for a token, once for many calls", async () => {
    const workspace = await workspaceDouble(granted);
    const connection = await find(m2m(workspace.host));
    const call = { method: "GET", path: "/api/2.0/me" } as const;
    await Promise.all([callWorkspace(connection, call), callWorkspace(connection, call)]);
    const tokens = workspace.received.filter(({ path }) => path === "/oidc/v1/token");
    expect(tokens).toMatchObject([
      {
        body: { grant_type: "client_credentials", scope: "all-apis" },
        headers: { authorization: `Basic ${Buffer.from(`app:${SECRET}`).toString("base64")}` },
      },
    ]);
    const calls = workspace.received.filter(({ path }) => path === call.path);
    expect(calls).toHaveLength(2);
    for (const { headers } of calls) expect(headers.authorization).toBe("Bearer of-databricks-1");
  });

  test("a token that is about to expire is replaced by a new one", async () => {
    const workspace = await workspaceDouble(granted);
    const connection = await find(m2m(workspace.host));
    const now = Date.now();
    const clock = vi.spyOn(Date, "now");
    clock.mockReturnValue(now + 3500_000);
    expect(await headersOf(connection)).toEqual({ authorization: "Bearer of-databricks-1" });
    clock.mockReturnValue(now + 3570_000);
    // Many resources notice at the same time.
    const together = await Promise.all([1, 2, 3].map(() => headersOf(connection)));
    expect(together).toEqual(Array(3).fill({ authorization: "Bearer of-databricks-2" }));
  });

  test("an endpoint that is busy is asked again", async () => {
    const workspace = await workspaceDouble((request, count) =>
      count < 3 ? { status: 503, body: "later" } : granted(request, count),
    );
    expect(await signedBy(m2m(workspace.host))).toEqual({
      authorization: "Bearer of-databricks-3",
    });
  });

  test("a refusal is final, and says why without the secret", async () => {
    const workspace = await workspaceDouble(() => ({
      status: 401,
      headers: { "content-type": "application/json" },
      body: { error: "invalid_client", error_description: "Client authentication failed" },
    }));
    const said = await failure(m2m(workspace.host));
    expect(said).toContain(`Signing in to ${workspace.host} failed: oauth-m2m: `);
    expect(said).toContain("invalid_client Client authentication failed");
    expect(said).not.toContain(SECRET);
    expect(bodies(workspace.received, "/oidc/v1/token")).toHaveLength(1);
  });

  test("an answer that is none does not bring its token into the message", async () => {
    const workspace = await workspaceDouble(() => ({ body: { access_token: SECRET } }));
    const said = await failure(m2m(workspace.host));
    expect(said).toContain("[token]");
    expect(said).not.toContain(SECRET);
  });

  test("a workspace without OAuth is named", async () => {
    const plain = await startHttpDouble(() => ({ status: 404, body: "<html>nginx</html>" }));
    expect(await failure(m2m(plain.host))).toContain("oauth-authorization-server with 404");
  });
});

describe("workload identity federation", () => {
  test("GitHub's token for this workspace is changed for one of the workspace", async () => {
    const github = await gitHubDouble();
    const workspace = await workspaceDouble(granted);
    const config = { host: workspace.host, clientId: "app", authType: "github-oidc" };
    expect(await signedBy(config)).toEqual({ authorization: "Bearer of-databricks-1" });
    expect(github.received).toMatchObject([
      {
        method: "GET",
        path: "/token",
        query: { "api-version": "2.0", audience: `${workspace.host}/oidc/v1/token` },
        headers: { authorization: "Bearer of-the-runner-only" },
      },
    ]);
    expect(bodies(workspace.received, "/oidc/v1/token")).toEqual([
      {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        subject_token: ID_TOKEN,
        scope: "all-apis",
        client_id: "app",
      },
    ]);
  });

  test("an audience of one's own is asked for", async () => {
    const github = await gitHubDouble();
    const workspace = await workspaceDouble(granted);
    await signedBy({ host: workspace.host, audience: "my audience" });
    expect(github.received[0]?.query["audience"]).toBe("my audience");
  });

  test("Azure DevOps issues a token for the running job", async () => {
    const devops = await startHttpDouble(() => ({ body: { oidcToken: ID_TOKEN } }));
    const variables = {
      SYSTEM_ACCESSTOKEN: "of-the-pipeline",
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${devops.host}/contoso/`,
      SYSTEM_TEAMPROJECTID: "project",
      SYSTEM_HOSTTYPE: "build",
      SYSTEM_PLANID: "plan",
      SYSTEM_JOBID: "job",
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const workspace = await workspaceDouble(granted);
    expect(await signedBy({ host: workspace.host, clientId: "app" })).toEqual({
      authorization: "Bearer of-databricks-1",
    });
    expect(devops.received).toMatchObject([
      {
        method: "POST",
        path: "/contoso/project/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken",
        query: { "api-version": "7.2-preview.1" },
        headers: { authorization: "Bearer of-the-pipeline" },
      },
    ]);
    expect(bodies(workspace.received, "/oidc/v1/token")).toMatchObject([
      { subject_token: ID_TOKEN },
    ]);
    vi.stubEnv("SYSTEM_PLANID", undefined);
    expect(await failure({ host: workspace.host, authType: "azure-devops-oidc" })).toContain(
      "azure-devops-oidc: the environment variable SYSTEM_PLANID is not set",
    );
  });

  test("a token in the environment, or in a file, is read when it is needed", async () => {
    const workspace = await workspaceDouble(granted);
    vi.stubEnv("MY_TOKEN", ID_TOKEN);
    await signedBy({ host: workspace.host, oidcTokenEnv: "MY_TOKEN" });
    const folder = temporaryFolder();
    const file = join(folder, "token");
    writeFileSync(file, `${ID_TOKEN}\n`);
    await signedBy({ host: workspace.host, databricksIdTokenFilepath: file });
    expect(bodies(workspace.received, "/oidc/v1/token")).toMatchObject([
      { subject_token: ID_TOKEN },
      { subject_token: ID_TOKEN },
    ]);
  });

  test("a refusal says who refused, with no token of any kind", async () => {
    await gitHubDouble();
    const workspace = await workspaceDouble(({ body }) => ({
      status: 400,
      body: { error: "invalid_grant", error_description: `no policy for ${JSON.stringify(body)}` },
    }));
    const said = await failure({ host: workspace.host });
    expect(said).toContain("github-oidc: ");
    expect(said).toContain("answered POST /oidc/v1/token with 400: no policy for");
    expect(said).not.toContain(ID_TOKEN);
    expect(said).not.toContain("of-the-runner-only");
  });

  test("GitHub without the permission id-token: write is named", async () => {
    await gitHubDouble({ body: {} });
    const workspace = await workspaceDouble(granted);
    expect(await failure({ host: workspace.host })).toContain(
      "GitHub answered without a token ('value')",
    );
  });
});

/** A double of Entra ID and of the instance metadata service: their addresses lead to 127.0.0.1. */
async function microsoftDouble() {
  const double = await startHttpDouble(({ body, query }) => {
    const resource = (body as { resource?: string } | undefined)?.resource ?? query["resource"];
    const token = { token_type: "Bearer", expires_in: "3600", expires_on: "9999999999" };
    return { body: { ...token, access_token: `of-entra-for-${String(resource)}` } };
  });
  const real = globalThis.fetch;
  const { port } = new URL(double.host);
  vi.spyOn(globalThis, "fetch").mockImplementation((url, init) =>
    real(
      typeof url === "string" ? url.replace("https://login.microsoftonline.com", double.host) : url,
      init,
    ),
  );
  const request = http.request.bind(http);
  const redirect = (_url: unknown, options: unknown, then: unknown): http.ClientRequest =>
    request(
      { ...(options as http.RequestOptions), hostname: "127.0.0.1", port },
      then as (response: http.IncomingMessage) => void,
    );
  vi.spyOn(https, "request").mockImplementation(redirect);
  vi.spyOn(http, "request").mockImplementation(redirect);
  return double;
}

const APPLICATION = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const BOTH = {
  authorization: `Bearer of-entra-for-${APPLICATION}`,
  "x-databricks-azure-sp-management-token": "of-entra-for-https://management.core.windows.net/",
};

describe("Azure", () => {
  const principal = { host: AZURE, azureClientId: "app", azureTenantId: "tenant" };

  test("a client secret is changed for Entra's tokens", async () => {
    const entra = await microsoftDouble();
    expect(await signedBy({ ...principal, azureClientSecret: SECRET })).toEqual(BOTH);
    expect(bodies(entra.received, "/tenant/oauth2/token")).toContainEqual({
      grant_type: "client_credentials",
      resource: APPLICATION,
      client_id: "app",
      client_secret: SECRET,
    });
  });

  test("GitHub's token is changed for Entra's, where the workspace itself trusts nobody", async () => {
    const github = await gitHubDouble();
    const entra = await microsoftDouble();
    expect(await signedBy({ ...principal, authType: "github-oidc-azure" })).toEqual({
      authorization: BOTH.authorization,
    });
    expect(github.received[0]?.query["audience"]).toBe("api://AzureADTokenExchange");
    expect(bodies(entra.received, "/tenant/oauth2/token")).toEqual([
      {
        grant_type: "client_credentials",
        resource: APPLICATION,
        client_id: "app",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: ID_TOKEN,
      },
    ]);
  });

  test("a managed identity asks the machine", async () => {
    const machine = await microsoftDouble();
    const config = { host: AZURE, azureUseMsi: "true", azureClientId: "identity" };
    expect(await signedBy(config)).toEqual(BOTH);
    expect(machine.received[0]).toMatchObject({
      path: "/metadata/identity/oauth2/token",
      query: { resource: APPLICATION, client_id: "identity" },
      headers: { metadata: "true" },
    });
  });

  test("the Azure CLI is asked", async () => {
    const token = `{"accessToken": "of-az", "expiresOn": "2999-01-01 00:00:00.000000"}`;
    cliDouble("az", `echo '${token}'`);
    expect(await signedBy({ host: AZURE })).toEqual({
      authorization: "Bearer of-az",
      "x-databricks-azure-sp-management-token": "of-az",
    });
  });

  test("what the Azure CLI says when nobody has signed in is shown", async () => {
    cliDouble("az", "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1");
    expect(await failure({ host: AZURE })).toContain(
      "azure-cli: azure-cli: cannot get access token: ERROR: Please run 'az login'",
    );
  });

  test("a token in an answer that is cut off is not shown", async () => {
    cliDouble("az", `echo '{"accessToken": "${SECRET}"}'`);
    const said = await failure({ host: AZURE });
    expect(said).toContain("cannot parse access token");
    expect(said).not.toContain(SECRET);
  });

  test.each(["azure-cli", "azure-msi", "github-oidc-azure"])(
    "%s says that a host is not on Azure",
    async (authType) => {
      await gitHubDouble();
      const host = "https://dbc-1.cloud.databricks.com";
      const azure = { azureUseMsi: "true", azureClientId: "app", azureTenantId: "t" };
      expect(await failure({ host, authType, ...azure })).toContain(
        `${authType}: ${host} is not on Azure`,
      );
    },
  );

  test("the Azure CLI that is not there is named if it is asked for", async () => {
    expect(await failure({ host: AZURE, authType: "azure-cli" })).toContain(
      "azure-cli: its command is not installed",
    );
  });
});

test("the Databricks CLI is asked, before any pipeline's identity", async () => {
  await gitHubDouble();
  const token = `{"access_token": "of-cli", "expiry": "2999-01-01T00:00:00Z"}`;
  cliDouble("databricks", `[ "$1" = version ] && echo v0.250.0 || echo '${token}'`);
  expect(await signedBy({ host: "https://127.0.0.1:1" })).toEqual({
    authorization: "Bearer of-cli",
  });
});

test("the first way that works is taken, and all that failed are named", async () => {
  await gitHubDouble();
  const denied = { status: 400, body: { error_description: "no federation policy" } };
  const workspace = await workspaceDouble(() => denied);
  cliDouble("databricks", 'echo "Error: not logged in" >&2; exit 1');
  const said = await failure({ host: workspace.host });
  expect(said).toMatch(/databricks-cli: .*; github-oidc: .*no federation policy/s);
  vi.stubEnv("DATABRICKS_OIDC_TOKEN", ID_TOKEN);
  const accepting = await workspaceDouble((request, count) =>
    count === 1 ? denied : granted(request, count),
  );
  expect(await signedBy({ host: accepting.host })).toEqual({
    authorization: "Bearer of-databricks-2",
  });
});

/** A double of a command: a script of its own on the PATH, beside the shell's own commands. */
function cliDouble(name: "az" | "databricks", script: string): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sign-in-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}
