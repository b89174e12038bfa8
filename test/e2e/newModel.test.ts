import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import { callWorkspace } from "../../components/workspace/rest";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { Checkout } from "./checkout";
import type { CommandResult } from "./command";
import { MINUTES, only, said } from "./deployment";

const ANSWERS = `# A model of which nobody has heard before.
name: e2e-tumours
owner: credit-team
problem: binary-classification
schedule: weekly
serving: endpoint
monitoring: yes
`;

const GENERATED = {
  stack: "stacks/e2eTumours",
  unit: "test/unit/stacks/e2eTumours.test.ts",
};

describe("a new model, in a copy of this checkout", () => {
  const home = mkdtempSync(join(tmpdir(), "mlops-new-"));
  let checkout: Checkout;
  let workspace: RunningWorkspace;

  beforeAll(async () => {
    checkout = await Checkout.create();
    checkout.edit("Pulumi.local.yaml", only("e2eTumours"));
    // What a new model has nothing to do with is not compiled once more for it.
    checkout.edit("tsconfig.json", (json) =>
      json.replace(/"include": .*/, `"include": ["stacks", "${GENERATED.unit}"]`),
    );
    checkout.git("commit", "--quiet", "--all", "--message", "Deploy the new model alone");
    workspace = await startWorkspace({ root: join(home, "workspace"), python });
  }, 2 * MINUTES);

  afterAll(async () => {
    await workspace.close();
    checkout.remove();
    rmSync(home, { recursive: true, force: true });
  });

  const run = (...words: string[]): Promise<CommandResult> =>
    checkout.run(words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "), {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
      DATABRICKS_AUTH_TYPE: "pat",
    });
  const npm = (script: string, ...args: string[]): Promise<CommandResult> =>
    run("npm", "run", "--silent", script, "--", ...args);
  const changed = (): string => checkout.git("status", "--short", "--untracked-files=all");
  const flags = (change: Record<string, string>): string[] =>
    Object.entries({
      ...{ name: "e2e-fraud", owner: "ann", problem: "regression", schedule: "daily" },
      ...{ serving: "batch", monitoring: "no", ...change },
    }).flatMap(([key, value]) => [`--${key}`, value]);

  it("is refused for each bad answer, and the repository stays as it was", async () => {
    const cases: [flags: string[], said: string][] = [
      [flags({ name: "platform" }), 'name is "platform"; is a name of this repository'],
      [flags({ name: "iris" }), "is taken: there is stacks/iris"],
      [flags({ name: "e2e tumours" }), 'name is "e2e tumours"; must be 1 to 30 lower-case'],
      [
        flags({ metric: "val_auc" }),
        'metric is "val_auc"; must be one of val_rmse, val_mae, val_r2',
      ],
      [["--name", "e2e-fraud"], "owner is missing"],
      [["--answers", join(home, "none.yaml")], "cannot be read: ENOENT"],
      [["--colour", "red"], "--colour is unknown; there are --name"],
    ];
    const results = await Promise.all(cases.map(([args]) => npm("new-model", ...args)));
    for (const [index, result] of results.entries()) {
      expect([result.exitCode, result.stdout], said(result)).toEqual([1, ""]);
      expect(result.stderr).toContain(cases[index]?.[1] ?? "");
      expect(result.stderr).toContain("Nothing was written.");
      expect(result.stderr).not.toMatch(/^\s+at /m);
    }
    // Without a terminal nothing is guessed, and all that is missing is said at once.
    expect(results[4]?.stderr.match(/ is missing; must be/g)).toHaveLength(5);
    expect(changed()).toBe("");
  });

  it("asks in a terminal what no flag says; Ctrl-C half-way and a dry run leave no trace", async () => {
    const inTerminal = (steps: [string, string][], ...args: string[]) =>
      run(
        ...[python, join(root, "test/e2e/in_terminal.py"), JSON.stringify(steps)],
        ...["npm", "run", "--silent", "new-model", "--", ...args],
      );
    const name: [string, string] = ["called?", "e2e-fraud\r"];
    const [broken, dry] = await Promise.all([
      inTerminal([name, ["answers for it?", "ann\r"], ["predict?", "\u0003"]]),
      inTerminal(
        [
          ["called?", "iris\r"],
          ["is taken", `${"\u007f".repeat(4)}e2e-fraud\r`],
          ["answers for it?", "ann\r"],
          ["predict?", "\u001b[B\u001b[B\r"],
          ["reach people?", "\u001b[B\r"],
        ],
        ...["--schedule", "weekly", "--monitoring", "no", "--dry-run"],
      ),
    ]);
    expect(broken.exitCode, said(broken)).toBe(130);
    expect(broken.stdout).toContain("Nothing was written.");
    expect(dry.exitCode, said(dry)).toBe(0);
    expect(dry.stdout).toContain("jobs/e2e_fraud/batch_inference.py");
    expect(dry.stdout).toContain('+import { e2eFraud } from "./e2eFraud/model";');
    expect(changed()).toBe("");
  });

  it(
    "is written by an answer file, and passes every check as it is",
    async () => {
      const answers = join(home, "answers.yaml");
      writeFileSync(answers, ANSWERS);
      const made = await npm("new-model", "--answers", answers);
      expect(made.exitCode, said(made)).toBe(0);
      expect(made.stdout).toContain("registered e2eTumours in stacks/models.ts");
      const files = changed().trim().split("\n");
      expect(files.filter((line) => !line.includes("?? "))).toEqual(["M stacks/models.ts"]);
      for (const line of files) expect(made.stdout).toContain(line.split(" ").at(-1));
      const model = readFileSync(join(checkout.folder, GENERATED.stack, "model.ts"), "utf8");
      expect(model.split("\n").length, "as short as those written by hand").toBeLessThanOrEqual(60);

      const pytest =
        `cd jobs && ${python} -m pytest tests/test_e2e_tumours.py tests/test_command_line.py ` +
        "tests/test_serverless.py -k 'e2e_tumours or every'";
      const checks = await Promise.all([
        run("npx", "tsc", "--incremental", "false"),
        run("npx", "eslint", GENERATED.stack, GENERATED.unit, "stacks/models.ts"),
        run("npx", "prettier", "--check", GENERATED.stack, GENERATED.unit, "stacks/models.ts"),
        run("npx", "vitest", "run", "--project", "unit", GENERATED.unit),
        run(python, "-m", "ruff", "check", "jobs"),
        checkout.run(pytest),
      ]);
      for (const check of checks) expect(check.exitCode, said(check)).toBe(0);
    },
    10 * MINUTES,
  );

  it(
    "trains, passes its gate, and answers",
    async () => {
      const up = () => npm("pulumi", "up", "--yes", "--skip-preview", "-s", "local");
      const first = await up();
      expect(first.exitCode, said(first)).toBe(0);
      expect(said(first)).toContain("e2e_tumours_model → champion: WAITING");
      expect(said(first)).toContain("train it: npm run job -- e2e-tumours-training");
      const training = await npm("job", "e2e-tumours-training");
      expect(training.exitCode, said(training)).toBe(0);
      const second = await up();
      expect(second.exitCode, said(second)).toBe(0);
      expect(said(second)).toMatch(
        /v1 → champion: PROMOTED \(val_accuracy 0\.9\d+ > 0\.9; val_auc_roc/,
      );

      const answer = await callWorkspace(
        { host: workspace.url, token: workspace.token },
        {
          method: "POST",
          path: "/serving-endpoints/e2e-tumours-model-endpoint/invocations",
          body: { dataframe_records: [LARGE, SMALL] },
        },
      );
      expect(z.object({ predictions: z.array(z.number()) }).parse(answer).predictions).toEqual([
        1, 0,
      ]);
    },
    10 * MINUTES,
  );
});

/** A large tumour of ragged edge, and a small round one. */
const LARGE = {
  ...{ mean_radius: 20.6, mean_texture: 29.3, mean_perimeter: 140.1, mean_area: 1265 },
  ...{ mean_smoothness: 0.118, mean_compactness: 0.277, mean_concavity: 0.351 },
  ...{ mean_concave_points: 0.152, mean_symmetry: 0.24, mean_fractal_dimension: 0.07 },
  roundness: 0.81,
};
const SMALL = {
  ...{ mean_radius: 9.5, mean_texture: 12.4, mean_perimeter: 60.3, mean_area: 274 },
  ...{ mean_smoothness: 0.102, mean_compactness: 0.065, mean_concavity: 0.03 },
  ...{ mean_concave_points: 0.021, mean_symmetry: 0.181, mean_fractal_dimension: 0.069 },
  roundness: 0.946,
};
