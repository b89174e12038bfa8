import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { check, type Given } from "../../../../cli/newModel/answers";
import { readCommandLine } from "../../../../cli/newModel/given";
import { namesOf } from "../../../../cli/newModel/names";
import { reserved } from "../../../../cli/newModel/reserved";
import { root } from "../../../../cli/shared/paths";
import { python } from "../../../../cli/python/python";

const GOOD = {
  // The documentation's own example may be somebody's model.
  name: "unit-test-of-nobody",
  owner: "data-science",
  problem: "binary-classification",
  schedule: "daily",
  serving: "endpoint",
  monitoring: "yes",
};

const problemsOf = (change: Given): readonly string[] =>
  check({ ...GOOD, ...change }, root).problems ?? [];

test("good answers pass, with a metric of the problem or without one", () => {
  expect(check(GOOD, root).answers).toEqual(GOOD);
  expect(problemsOf({ metric: "val_f1" })).toEqual([]);
});

test("a name is written as each place needs it", () => {
  expect(namesOf("credit-risk-2b")).toMatchObject({ key: "creditRisk2b" });
  expect(namesOf("credit-risk")).toEqual({
    name: "credit-risk",
    key: "creditRisk",
    snake: "credit_risk",
    title: "credit risk",
    Title: "Credit risk",
  });
});

describe("one bad answer is one line with the answer and what is allowed", () => {
  test.each<[Given, string]>([
    [{ name: "Credit Risk" }, 'name is "Credit Risk"; must be 1 to 30 lower-case letters'],
    [{ name: "credit_risk" }, 'name is "credit_risk"; must be 1 to 30 lower-case letters'],
    [{ name: "credit-4-risk" }, "in words that begin with a letter"],
    [{ name: "a".repeat(31) }, "must be 1 to 30"],
    [{ name: "../x" }, 'name is "../x"; must be'],
    [{ name: "iris" }, 'name is "iris"; is taken: there is stacks/iris'],
    [{ name: "telco" }, 'name is "telco"; is taken: there is jobs/telco'],
    [{ name: "customers" }, "is taken: there is stacks/customers"],
    [{ name: "serverless" }, "is taken: there is jobs/tests/test_serverless.py"],
    [{ name: "local-spark" }, "is taken: there is jobs/tests/spark/local_spark.py"],
    [{ name: "mlops" }, "is a name of this repository's own"],
    [{ name: "azure" }, "is a name of this repository's own"],
    [{ name: "platform" }, 'name is "platform"; is '],
    [{ name: "define-model" }, "is a name of this repository's own"],
    [{ name: "statistics" }, "is a module of Python's standard library"],
    [{ name: "xgboost" }, "is a Python package of the jobs"],
    [{ name: "lambda" }, "is a keyword of Python"],
    [{ name: "interface" }, "is a keyword of TypeScript"],
    [{ owner: "" }, 'owner is ""; must be a team or a person'],
    [{ owner: "TODO" }, 'owner is "TODO"; is a placeholder'],
    [{ owner: 'a", x: "b' }, "must be a team or a person, up to 64 letters"],
    [{ problem: "clustering" }, "must be one of binary-classification, multiclass-classification,"],
    [{ schedule: "hourly" }, 'schedule is "hourly"; must be one of daily, weekly, monthly, manual'],
    [{ serving: 1 }, "serving is 1; must be one of endpoint, batch"],
    [{ monitoring: true }, "monitoring is true; must be one of yes, no"],
    [
      { metric: "val_rmse" },
      'metric is "val_rmse"; must be one of val_accuracy, val_f1, val_auc_roc',
    ],
    [{ problem: "regression", metric: "auc" }, "must be one of val_rmse, val_mae, val_r2"],
    [{ color: "red" }, "color is unknown; there are name, owner, problem, schedule, serving,"],
  ])("%j", (change, line) => {
    const problems = problemsOf(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(line);
  });
});

test("all that is missing or wrong is said at once", () => {
  const { problems } = check({ name: "iris", metric: "val_x", extra: 1 }, root);
  expect(problems?.map((problem) => problem.split(" ")[0])).toEqual(
    expect.arrayContaining(
      "name owner problem schedule serving monitoring metric extra".split(" "),
    ),
  );
  expect(problems?.filter((problem) => problem.includes("is missing"))).toHaveLength(5);
});

describe("the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlops-answers-"));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const read = (...args: string[]) => readCommandLine(args, [...Object.keys(GOOD), "metric"]);
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("an answer file is YAML or JSON, and flags come first", () => {
    const yaml = file("a.yaml", "name: credit-risk\nmonitoring: yes\n");
    expect(read("--answers", yaml, "--name", "fraud", "--owner=ann")).toMatchObject({
      given: { name: "fraud", owner: "ann", monitoring: "yes" },
      problems: [],
    });
    expect(read("--answers", file("a.json", JSON.stringify(GOOD))).given).toEqual(GOOD);
  });

  test("everything that cannot be read is said, not only the first", () => {
    const list = file("list.yaml", "- name\n");
    expect(read("--nam", "x", "stray", "--owner", "--dry-run", "--answers", list).problems).toEqual(
      [
        expect.stringContaining("--nam is unknown; there are --name, --owner,"),
        "'stray' belongs to no flag",
        "--owner has no value",
        expect.stringContaining(`answers is '${list}', which is no list of answers`),
      ],
    );
    expect(read("--name", "a", "--name", "b").problems).toEqual(["--name is given twice"]);
    expect(read("--answers", join(folder, "none.yaml")).problems[0]).toContain(
      "cannot be read: ENOENT",
    );
    expect(read("--dry-run", "--help")).toMatchObject({ dryRun: true, help: true, problems: [] });
  });
});

test("reserved names have all that Python knows here", () => {
  const program =
    "import json, keyword, sys; from importlib.metadata import packages_distributions; " +
    "print(json.dumps([*sys.stdlib_module_names, *packages_distributions(), *keyword.kwlist]))";
  const { stdout } = spawnSync(python, ["-c", program], { encoding: "utf8" });
  const known = z.array(z.string()).parse(JSON.parse(stdout));
  const possible = known.filter((name) => /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(name));
  expect(possible.length).toBeGreaterThan(250);
  expect(possible.filter((name) => !reserved.has(name))).toEqual([]);
});
