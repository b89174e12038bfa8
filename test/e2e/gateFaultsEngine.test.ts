import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { callWorkspace, type TokenConnection } from "../../components/workspace/rest";
import { Deployment, MINUTES, said } from "./deployment";
import { GATED_MODEL, GOOD } from "./gatedModels";
import { everyFault, together } from "./gateFaultRules";
import { signedInAs } from "./oauthClient";
import { QuickModel } from "./quickCandidates";

/** The service principal that deploys, and has the faults to itself. */
const CLIENT_ID = "5f1d5a4e-3c5a-4d52-9c0e-2f6c1c7e9a10";

/** What the gate asks: Databricks' own provider does not try again after a 500 or a lost connection. */
const ASKED = [
  "/api/2.0/mlflow/unity-catalog/*",
  "/api/2.0/mlflow/runs/*",
  "/api/2.0/mlflow/metrics/*",
  "/api/2.0/workspace/list",
  "/api/2.0/workspace/export",
  "*/aliases/*",
];

const candidates = { first: GOOD, bad: { ...GOOD, val_auc_roc: 0.8 }, second: GOOD };

const exported = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        urn: z.string(),
        outputs: z
          .looseObject({
            champion: z.string().optional(),
            observed: z.looseObject({ version: z.string() }).nullish(),
          })
          .optional(),
      }),
    ),
  }),
});

/** The same faults as in `gateFaults.test.ts`, for the engine. */
describe("an engine with faults in a fifth of what the gate asks", () => {
  let deployment: Deployment;
  let gate: TokenConnection;
  let model: QuickModel;

  beforeAll(async () => {
    deployment = await Deployment.create(undefined, undefined, { program: GATED_MODEL });
    const secret = deployment.workspace.token;
    deployment.signIn = { DATABRICKS_CLIENT_ID: CLIENT_ID, DATABRICKS_CLIENT_SECRET: secret };
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    const experiment = "/Shared/ml_local/customer-churn";
    model = new QuickModel(
      deployment.connection,
      "ml_local.models.customer_churn_model",
      experiment,
    );
    gate = await signedInAs(CLIENT_ID, deployment.workspace);
    const rules = ASKED.flatMap((path) =>
      together(0.2, everyFault(2000)).map((fault) => ({ ...fault, path })),
    );
    const body = { scope: "caller", seed: 6, rules };
    await callWorkspace(gate, { method: "PUT", path: "/local/faults", body });
  }, 5 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const champion = () => model.versionOf("champion");

  /** What the state says of the gate. */
  async function recorded() {
    const { stdout } = await deployment.pulumi("stack", "export");
    const { resources } = exported.parse(JSON.parse(stdout)).deployment;
    return resources.find(({ urn }) => urn.endsWith("::customer-churn-gate"))?.outputs;
  }

  it.each(["first", "bad", "second"] as const)(
    "%s: the state knows who is champion, and that is nobody who did not pass",
    async (name) => {
      const before = await champion();
      const version = await model.register({ metrics: candidates[name] });
      await model.nominate(version);
      const up = await deployment.up();
      const after = await champion();
      expect([before, ...(name === "bad" ? [] : [version])]).toContain(after);
      if (up.exitCode === 0) {
        expect(after, said(up)).toBe(name === "bad" ? before : version);
        expect((await recorded())?.champion).toBe(after);
      } else {
        expect(said(up)).toMatch(/WorkspaceError|was set to|changed since/);
      }
      const refresh = await deployment.pulumi("refresh", "--yes", "--skip-preview");
      if (refresh.exitCode !== 0) expect(said(refresh)).toContain("WorkspaceError");
      else expect((await recorded())?.observed?.version).toBe(after);
    },
    4 * MINUTES,
  );

  it(
    "and without faults, the next update ends where it should",
    async () => {
      await callWorkspace(gate, { method: "DELETE", path: "/local/faults?scope=caller" });
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(await champion()).toBe("3");
      expect(await recorded()).toMatchObject({ champion: "3" });
      const preview = await deployment.pulumi("preview", "--expect-no-changes");
      expect(preview.exitCode, said(preview)).toBe(0);
    },
    4 * MINUTES,
  );
});
