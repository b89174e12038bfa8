import { Program } from "../program";
import { expect, test } from "vitest";
import { TaskSources } from "../../../components";
import { folderOf } from "./platformDouble";

const FILES = ["churn/train.py", "churn/deep/er.py", "top.py"];

async function made(files: readonly string[]) {
  const program = new Program();
  const directory = folderOf(files);
  const sources = await program.run(
    () => new TaskSources("tasks", { directory, folder: "/Shared/mlops/ml/jobs" }),
  );
  const paths = program
    .ofType("databricks:WorkspaceFile")
    .map((name) => program.find("databricks:WorkspaceFile", name).inputs["path"])
    .sort();
  return { program, sources, paths };
}

test("Python files are uploaded as they lie here; tests and other files stay", async () => {
  const { paths } = await made([
    ...FILES,
    ...["tests/test_train.py", "churn/tests/conftest.py", "requirements.in", "churn/readme.md"],
  ]);
  expect(paths).toEqual([
    "/Shared/mlops/ml/jobs/churn/deep/er.py",
    "/Shared/mlops/ml/jobs/churn/train.py",
    "/Shared/mlops/ml/jobs/top.py",
  ]);
});

test("every file waits for its folder", async () => {
  const { program } = await made(FILES);
  expect(program.find("databricks:WorkspaceFile", "tasks-churn-train.py")).toMatchObject({
    parent: "tasks",
    dependsOn: ["tasks-folder-churn"],
  });
  expect(program.find("databricks:WorkspaceFile", "tasks-top.py").dependsOn).toEqual([
    "tasks-folder",
  ]);
  expect(program.find("databricks:Directory", "tasks-folder-churn-deep").inputs).toMatchObject({
    path: "/Shared/mlops/ml/jobs/churn/deep",
  });
});

test("a job finds a file below /Workspace", async () => {
  const { sources } = await made(FILES);
  expect(sources.path("churn/train.py")).toBe("/Workspace/Shared/mlops/ml/jobs/churn/train.py");
});

test.each(["churn/fit.py", "train.py", "churn/tests/test_train.py", "../churn/train.py"])(
  "%s is refused with the files that there are",
  async (file) => {
    const { sources } = await made([...FILES, "churn/tests/test_train.py"]);
    expect(() => sources.path(file)).toThrow(
      `The task source '${file}' is not one of churn/deep/er.py, churn/train.py, top.py.`,
    );
  },
);
