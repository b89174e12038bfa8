import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  kept,
  latestRecord,
  observed,
  readFidelity,
  unsupportedClaims,
  writtenFidelity,
} from "../../cli/fidelity/record";
import { operations } from "../../local/api";
import { Deployment, MINUTES, only, said } from "./deployment";
import { checkAnswers, runPytest, type PytestResult } from "./pytest";

const clients = join("test", "e2e", "clients");
const files = readdirSync(join(__dirname, "clients")).filter((name) => /^test_.*\.py$/.test(name));

/**
 * Unmodified clients on one workspace: Pulumi's provider deploys a stack, the Databricks SDK for Python and
 * MLflow's client do the rest with a host and a token. What they call, and what they are answered, is noted.
 */
describe("unmodified clients", () => {
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  const calls = join(folder, "calls.jsonl");
  let deployment: Deployment;
  let results: PytestResult;

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"), calls);
  }, 2 * MINUTES);

  afterAll(async () => {
    await deployment.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function deploy(): Promise<void> {
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
  }

  const pytest = (...names: string[]): Promise<PytestResult> =>
    runPytest(deployment.connection, ...names.map((name) => join(clients, name)));

  it("the provider deploys a stack", deploy, 4 * MINUTES);

  it(
    "the SDK lists the stack's jobs, runs them, waits for them and reads their output",
    async () => {
      expectPassed(await pytest("stack/test_training.py"));
    },
    5 * MINUTES,
  );

  it("the provider deploys the model that was trained", deploy, 4 * MINUTES);

  describe("the SDK and MLflow", () => {
    beforeAll(async () => {
      results = await pytest("stack/test_deployed.py", ...files);
    }, 10 * MINUTES);

    it("run all the tests", () => {
      expect([0, 1], results.output).toContain(results.exitCode);
      expect(results.outcomes.length).toBeGreaterThan(files.length);
    });

    it.each(["stack/test_deployed.py", ...files])("pass %s", (file) => {
      const outcomes = results.outcomes.filter(({ test }) => test.split("::")[0]?.endsWith(file));
      expectPassed({ ...results, outcomes });
    });
  });

  it("the provider destroys the stack", async () => {
    const destroy = await deployment.pulumi("destroy", "--yes", "--skip-preview");
    expect(destroy.exitCode, said(destroy)).toBe(0);
  });

  describe("what they were answered", () => {
    let problems: Record<string, string[]>;

    beforeAll(async () => {
      problems = await checkAnswers(calls);
    });

    it("is of the types that the SDK gives it, without an unknown field or value", () => {
      expect(Object.entries(problems).filter(([, wrong]) => wrong.length > 0)).toEqual([]);
    });

    it("has been checked for every operation that has such a type", () => {
      const typed = operations
        .filter(({ answers }) => answers !== "raw")
        .map(({ method, path }) => `${method} ${path}`);
      expect(typed.filter((name) => problems[name] === undefined)).toEqual([]);
    });

    it("supports all that docs/workspace-fidelity.md says (npm run fidelity)", () => {
      const seen = observed(readFileSync(calls, "utf8"), problems);
      mkdirSync(dirname(latestRecord), { recursive: true });
      writeFileSync(latestRecord, writtenFidelity(seen));
      expect(unsupportedClaims(readFidelity(kept.record), seen)).toEqual([]);
    });
  });
});

function expectPassed({ outcomes, output }: PytestResult): void {
  const failed = outcomes.filter(({ outcome }) => outcome === "failed");
  expect(failed.map(({ test, message }) => `${test}\n${message}`).join("\n\n")).toBe("");
  expect(outcomes.length, output).toBeGreaterThan(0);
}
