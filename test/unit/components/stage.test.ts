import { expect, test } from "vitest";
import { chained, type Stage } from "../../../components/stage";

const copy: Stage = {
  tasks: [{ file: "iris/ingestion.py", parameters: ["volume_path"] }],
  parameters: { volume_path: "/Volumes/a" },
};
const train: Stage = {
  tasks: [
    {
      file: "iris/training.py",
      arguments: { volume_path: "/Volumes/a", trusted: "/Volumes/t" },
      parameters: ["pkl_path"],
    },
  ],
  parameters: { pkl_path: "" },
};
const deploy: Stage = {
  tasks: [
    {
      file: "iris/evaluation.py",
      arguments: { default_version: "newest" },
      parameters: ["model_version"],
    },
    {
      file: "iris/deployment.py",
      arguments: { model_version: "{{tasks.evaluation.values.model_version}}" },
    },
  ],
  parameters: { model_version: "" },
};

test("stages become one job with the parameters of all", () => {
  const { tasks, parameters } = chained("iris", [copy, train, deploy]);
  expect(tasks.map(({ file }) => file)).toEqual([
    ...["iris/ingestion.py", "iris/training.py"],
    ...["iris/evaluation.py", "iris/deployment.py"],
  ]);
  expect(parameters).toEqual({ volume_path: "/Volumes/a", pkl_path: "", model_version: "" });
});

test("what one stage fixes and another takes as a parameter is a parameter for both", () => {
  const [, training] = chained("iris", [copy, train]).tasks;
  expect(training).toMatchObject({
    arguments: { trusted: "/Volumes/t" },
    parameters: ["pkl_path", "volume_path"],
  });
  expect(training?.arguments).not.toHaveProperty("volume_path");
  expect(chained("iris", [train]).tasks[0]).toMatchObject(train.tasks[0] ?? {});
});

test("what an earlier task reports is not replaced by a parameter of the name", () => {
  const [, deployment] = chained("iris", [deploy]).tasks;
  expect(deployment).toMatchObject({
    arguments: { model_version: "{{tasks.evaluation.values.model_version}}" },
    parameters: [],
  });
});

test("the pipeline replaces fixed arguments by what it knows", () => {
  const trained = "{{tasks.training.values.model_version}}";
  const { tasks } = chained("iris", [train, deploy], { default_version: trained });
  expect(tasks[1]?.arguments).toEqual({ default_version: trained });
});

test("a stage's condition is that of its first task", () => {
  const onlyIf = { task: "ingestion", value: "news", is: "true" };
  const { tasks } = chained("iris", [copy, { ...deploy, onlyIf }]);
  expect(tasks.map((task) => task.onlyIf)).toEqual([undefined, onlyIf, undefined]);
});

test.each<[string, () => unknown, string]>([
  [
    "two defaults of one parameter",
    () => chained("iris", [copy, { ...train, parameters: { volume_path: "/Volumes/b" } }]),
    "Stages of iris have the parameter 'volume_path' with different defaults: '/Volumes/a' and '/Volumes/b'.",
  ],
  [
    "an argument that no task has",
    () => chained("iris", [train], { default_versoin: "1" }),
    "No task of iris has the argument default_versoin; there are volume_path, trusted.",
  ],
])("%s is refused", (_what, run, message) => {
  expect(run).toThrow(message);
});
