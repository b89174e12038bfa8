import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { taskDependencies } from "../../../stacks/taskDependencies";
import { folderOf } from "../components/platformDouble";

/** A repository with these two files. */
function repository(wanted: string, locked: string): string {
  const root = folderOf([]);
  for (const room of ["jobs", "local"]) mkdirSync(join(root, room));
  writeFileSync(join(root, "jobs", "requirements.in"), wanted);
  writeFileSync(join(root, "local", "requirements.lock"), locked);
  return root;
}

test("every package of the tasks comes at the locked version, and no other does", () => {
  const wanted = "# what tasks import\n\nmlflow>=3\nscikit-learn\nXGBoost-cpu  # no GPU\n";
  const locked = [
    "mlflow==3.17.2 \\",
    "    --hash=sha256:aa",
    "mlflow-skinny==3.17.0 \\",
    "scikit-learn==1.7.1 ; python_version >= '3.11' \\",
    "xgboost-cpu==3.1.0\\",
    "pandas==2.3.0 \\",
  ].join("\n");
  expect(taskDependencies(repository(wanted, locked))).toEqual([
    "mlflow==3.17.2",
    "scikit-learn==1.7.1",
    "XGBoost-cpu==3.1.0",
  ]);
});

test("a package that is not locked is named", () => {
  const root = repository("mlflow\n", "mlflow-skinny==3.17.0\n");
  expect(() => taskDependencies(root)).toThrow("mlflow is not pinned in requirements.lock.");
});

test("those of this repository are all pinned", () => {
  const dependencies = taskDependencies();
  expect(dependencies.length).toBeGreaterThan(0);
  for (const dependency of dependencies) expect(dependency).toMatch(/^[\w.-]+==\d[\w.]*$/);
});
