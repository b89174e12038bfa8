import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import { callWorkspace } from "../../components/workspace/rest";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { Checkout } from "./checkout";
import type { CommandResult } from "./command";
import { MINUTES, only, said } from "./deployment";

const release = z
  .object({
    jobs: z.record(
      z.string(),
      z.object({ steps: z.array(z.object({ run: z.string().optional() })) }),
    ),
  })
  .parse(parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8")));

/** What a job of the release runs, on the stack `local` in the place of `prod`. */
function commandsOf(job: string): string[] {
  const runs = (release.jobs[job]?.steps ?? []).flatMap(({ run }) => run ?? []);
  const steps = runs.filter((run) => run.startsWith("npm run ci -- ") && run.endsWith(" prod"));
  if (steps.length === 0) throw new Error(`The release has no job ${job} with steps of ci.`);
  return steps.map((run) => run.replace(/ prod$/, " local"));
}

/** A checkout of its own, with one small model, and a workspace that is not the user's. */
describe("the steps of the pipelines", () => {
  let checkout: Checkout;
  let workspace: RunningWorkspace | undefined;

  const report = (): string =>
    readFileSync(join(checkout.folder, ".mlops", "ci", "local", "report.md"), "utf8");

  const run = (command: string): Promise<CommandResult> =>
    checkout.run(command, {
      DATABRICKS_HOST: workspace?.url,
      DATABRICKS_TOKEN: workspace?.token,
    });

  /** Runs the steps of a job one after the other, as they stand, until one fails. */
  async function job(name: string): Promise<CommandResult> {
    let last: CommandResult = { exitCode: 0, stdout: "", stderr: "" };
    for (const command of commandsOf(name)) {
      last = await run(command);
      if (last.exitCode !== 0) break;
    }
    return last;
  }

  const champion = (): Promise<unknown> =>
    callWorkspace(
      { host: workspace?.url ?? "", token: workspace?.token ?? "" },
      {
        method: "GET",
        path: "/api/2.1/unity-catalog/models/ml_local.models.telco_churn_model/aliases/champion",
      },
    );

  function configure(edit: (yaml: string) => string): void {
    checkout.edit("Pulumi.local.yaml", edit);
    checkout.git("commit", "--quiet", "--all", "--message", "Configure");
  }

  beforeAll(async () => {
    checkout = await Checkout.create();
    configure(only("telcoChurn"));
  }, 10 * MINUTES);

  afterAll(async () => {
    await workspace?.close();
    checkout.remove();
  });

  it(
    "show a fork what it changes, without credentials",
    async () => {
      configure((yaml) => yaml.replace("max_depth: 3", "max_depth: 4"));
      const shown = await run("npm run ci -- preview local --base HEAD^1");
      expect(said(shown)).toContain("The preview of local shows changes");
      expect(shown.exitCode).toBe(0);
      const markdown = report();
      expect(markdown).toMatch(/^<!-- mlops-preview mlops\/local -->/);
      expect(markdown).toContain("telco-churn-training");
      expect(markdown).not.toContain("telco-churn-customers");
      expect(existsSync(join(checkout.folder, ".mlops", "ci", "base"))).toBe(false);
    },
    10 * MINUTES,
  );

  it(
    "release: plan, train, validate, deploy",
    async () => {
      workspace = await startWorkspace({
        root: join(checkout.folder, ".mlops", "workspace"),
        python,
      });
      expect((await job("plan")).exitCode).toBe(0);
      const trained = await job("train");
      expect(said(trained)).toContain("nominated = true");
      expect(trained.exitCode).toBe(0);
      const validated = await job("validate");
      expect(said(validated)).toMatch(/Gates:\n {2}telco_churn_model v1 → champion: PROMOTED \(/);
      expect(validated.exitCode).toBe(0);
      expect(await champion(), "a preview moves nothing").toBeUndefined();
      const deployed = await job("deploy");
      expect(said(deployed)).toContain("telco_churn_model v1 → champion: PROMOTED");
      expect(deployed.exitCode).toBe(0);
      expect(await champion()).toBeDefined();
      const after = await run("npm run ci -- preview local");
      expect(said(after)).toContain("The preview of local shows no changes");
    },
    10 * MINUTES,
  );

  it(
    "apply what was reviewed, and nothing else",
    async () => {
      // A candidate that the preview without changes has not seen.
      const again = await run("npm run ci -- train local telco-churn-training");
      expect(again.exitCode).toBe(0);
      const stale = await job("deploy");
      expect(said(stale)).toContain("resource violates plan");
      expect(said(stale)).toContain("local is not what it was when its plan was made");
      expect(stale.exitCode).toBe(1);

      configure((yaml) => yaml.replace("max_depth: 4", "max_depth: 5"));
      const other = await job("deploy");
      expect(said(other)).toMatch(
        /The plan of local was made at [0-9a-f]{40}, but [0-9a-f]{40} is/,
      );
      expect(other.exitCode).toBe(1);
    },
    10 * MINUTES,
  );

  it(
    "stop at a gate that blocks",
    async () => {
      const gate = "\n    gate:\n      onFailure: block\n      above:\n        val_auc_roc: 0.99\n";
      configure((yaml) => yaml.replace("mlops:telcoChurn:\n", `mlops:telcoChurn:${gate}`));
      const validated = await job("validate");
      expect(said(validated)).toMatch(/champion: BLOCKED \(.*val_auc_roc/);
      expect(said(validated)).toContain("1 of 1 gates block local");
      expect(validated.exitCode).toBe(1);
    },
    10 * MINUTES,
  );

  it(
    "report a preview that fails",
    async () => {
      configure((yaml) => yaml.replace("catalog: ml_local", "catalog: ML Local"));
      const failed = await run("npm run ci -- preview local");
      expect(failed.exitCode).toBe(1);
      expect(report()).toContain("must be a catalog name");
      const deployed = await job("deploy");
      expect(said(deployed)).toContain("The preview of local failed");
      expect(deployed.exitCode).toBe(1);
    },
    10 * MINUTES,
  );
});
