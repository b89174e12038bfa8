import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issue } from "../../local/tokens";
import { startHttpDouble } from "../unit/httpDouble";
import { Deployment, MINUTES, only, said } from "./deployment";

/** The service principal's id; the local workspace takes any. */
const CLIENT_ID = "5f1d5a4e-3c5a-4d52-9c0e-2f6c1c7e9a10";

/**
 * The real engine and the real Databricks provider, the program and its dynamic providers, all signing in
 * without a personal access token. The workspace's OAuth endpoint is the local one; what issues tokens for
 * GitHub's and Azure DevOps' jobs is a double.
 */
describe("signing in without a personal access token", () => {
  let deployment: Deployment;
  /** The most verbose log of the update. */
  let log: string;

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"));
  }, 2 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const byClientSecret = (secret: string) => ({
    DATABRICKS_CLIENT_ID: CLIENT_ID,
    DATABRICKS_CLIENT_SECRET: secret,
  });

  /** What a platform's service issues for a job; the local workspace trusts what is signed so. */
  const idToken = (): string => {
    const { url, token } = deployment.workspace;
    return issue(token, `${url}/oidc/v1/token`, { sub: "repo:contoso/mlops:environment:dev" }, 300);
  };

  /** The provider, the program and, in a refresh, the gate's own provider: each signs in. */
  async function expectNothingToDo(...command: string[]): Promise<void> {
    const done = await deployment.pulumi(...command, "--expect-no-changes");
    expect(done.exitCode, said(done)).toBe(0);
  }

  it(
    "a wrong secret is one message, before anything is deployed",
    async () => {
      deployment.signIn = byClientSecret("not-the-secret-of-anybody");
      const preview = await deployment.pulumi("preview");
      expect(preview.exitCode).not.toBe(0);
      expect(said(preview)).toContain(
        `Signing in to ${deployment.workspace.url} failed: oauth-m2m: ` +
          "Failed to retrieve token: invalid_client Unknown client or token.",
      );
      expect(said(preview)).not.toContain("not-the-secret-of-anybody");
      expect(said(preview)).not.toContain("    at ");
    },
    2 * MINUTES,
  );

  it(
    "a service principal's secret deploys everything, the gate and the keys too",
    async () => {
      deployment.signIn = byClientSecret(deployment.workspace.token);
      const up = await deployment.up("--logtostderr", "-v=11");
      log = said(up);
      expect(up.exitCode, log.slice(-2000)).toBe(0);
      expect(up.stdout).toContain("customer_churn_model → champion: WAITING");
      const table = await deployment.call(
        "GET",
        "/api/2.1/unity-catalog/tables/ml_local.features.customer_churn_features",
      );
      expect(JSON.stringify(table)).toContain("customer_churn_features_pk");
    },
    4 * MINUTES,
  );

  it(
    "GitHub's token for the job does, with no secret at all",
    async () => {
      const github = await startHttpDouble(() => ({ body: { value: idToken() } }));
      deployment.signIn = {
        DATABRICKS_AUTH_TYPE: "github-oidc",
        DATABRICKS_CLIENT_ID: CLIENT_ID,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${github.host}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-the-runner-only",
      };
      await expectNothingToDo("refresh", "--yes", "--skip-preview");
      await expectNothingToDo("preview");
      // Databricks' provider and we ask for the same: a token for this workspace.
      const audiences = github.received.map(({ query }) => query["audience"]);
      expect(new Set(audiences)).toEqual(new Set([`${deployment.workspace.url}/oidc/v1/token`]));
      expect(audiences.length).toBeGreaterThan(2);
    },
    3 * MINUTES,
  );

  it(
    "Azure DevOps' token for the job does",
    async () => {
      const devops = await startHttpDouble(() => ({ body: { oidcToken: idToken() } }));
      deployment.signIn = {
        DATABRICKS_AUTH_TYPE: "azure-devops-oidc",
        DATABRICKS_CLIENT_ID: CLIENT_ID,
        SYSTEM_ACCESSTOKEN: "of-the-pipeline",
        SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${devops.host}/contoso`,
        SYSTEM_TEAMPROJECTID: "project",
        SYSTEM_HOSTTYPE: "build",
        SYSTEM_PLANID: "plan",
        SYSTEM_JOBID: "job",
      };
      await expectNothingToDo("refresh", "--yes", "--skip-preview");
      // The provider's path and ours are the same.
      expect(new Set(devops.received.map(({ method, path }) => `${method} ${path}`))).toEqual(
        new Set([
          "POST /contoso/project/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken",
        ]),
      );
    },
    3 * MINUTES,
  );

  it(
    "nothing that signs in is in the state or in the most verbose log of the update",
    async () => {
      const { token } = deployment.workspace;
      const state = await deployment.pulumi("stack", "export", "--show-secrets");
      expect(state.stdout).toContain("mlops:PromotionGate");
      expect(log, "the log is there").toContain(`"level":"INFO"`);
      for (const text of [log, said(state)]) {
        expect(text).not.toContain(token);
        expect(text).not.toContain(Buffer.from(`${CLIENT_ID}:${token}`).toString("base64"));
        // How every token begins that the workspace issues.
        expect(text).not.toContain("eyJ");
      }
    },
    3 * MINUTES,
  );
});
