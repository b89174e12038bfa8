import { describe, expect, test } from "vitest";
import {
  compare,
  decide,
  runResult,
  type Ended,
  type TaskResult,
} from "../../../../local/jobs/graph";
import type { TaskSettings } from "../../../../local/jobs/task";

type RunIf = NonNullable<TaskSettings["run_if"]>;

const task = (run_if: RunIf, ...upstream: string[]): TaskSettings => ({
  task_key: "t",
  run_if,
  depends_on: upstream.map((task_key) => ({ task_key })),
});

const decision = (runIf: RunIf, ...results: TaskResult[]) =>
  decide(
    task(runIf, ...results.map((_result, index) => `u${index}`)),
    new Map<string, Ended>(results.map((result, index) => [`u${index}`, { result }])),
  );

describe("a task", () => {
  test("without dependencies runs", () => {
    expect(decide({ task_key: "t" }, new Map())).toBe("run");
  });

  test.each<RunIf>([
    "ALL_SUCCESS",
    "AT_LEAST_ONE_SUCCESS",
    "NONE_FAILED",
    "ALL_DONE",
    "AT_LEAST_ONE_FAILED",
    "ALL_FAILED",
  ])("waits under %s until all it depends on has ended", (runIf) => {
    const ended = new Map<string, Ended>([["a", { result: "SUCCESS" }]]);
    expect(decide(task(runIf, "a", "b"), ended)).toBe("wait");
  });

  test.each<[RunIf, TaskResult[], "run" | TaskResult]>([
    ["ALL_SUCCESS", ["SUCCESS", "SUCCESS"], "run"],
    ["ALL_SUCCESS", ["SUCCESS", "FAILED"], "UPSTREAM_FAILED"],
    ["ALL_SUCCESS", ["SUCCESS", "TIMEDOUT"], "UPSTREAM_FAILED"],
    ["ALL_SUCCESS", ["SUCCESS", "UPSTREAM_FAILED"], "UPSTREAM_FAILED"],
    ["ALL_SUCCESS", ["SUCCESS", "INTERNAL_ERROR"], "UPSTREAM_FAILED"],
    ["ALL_SUCCESS", ["SUCCESS", "CANCELED"], "UPSTREAM_CANCELED"],
    ["ALL_SUCCESS", ["SUCCESS", "EXCLUDED"], "EXCLUDED"],
    ["AT_LEAST_ONE_SUCCESS", ["SUCCESS", "FAILED"], "run"],
    ["AT_LEAST_ONE_SUCCESS", ["EXCLUDED", "FAILED"], "UPSTREAM_FAILED"],
    ["NONE_FAILED", ["SUCCESS", "EXCLUDED"], "run"],
    ["NONE_FAILED", ["SUCCESS", "FAILED"], "UPSTREAM_FAILED"],
    ["NONE_FAILED", ["EXCLUDED", "EXCLUDED"], "EXCLUDED"],
    ["ALL_DONE", ["FAILED", "CANCELED"], "run"],
    ["ALL_DONE", ["EXCLUDED"], "EXCLUDED"],
    ["AT_LEAST_ONE_FAILED", ["SUCCESS", "FAILED"], "run"],
    ["AT_LEAST_ONE_FAILED", ["SUCCESS", "SUCCESS"], "EXCLUDED"],
    ["AT_LEAST_ONE_FAILED", ["SUCCESS", "CANCELED"], "run"],
    ["ALL_FAILED", ["FAILED", "TIMEDOUT"], "run"],
    ["ALL_FAILED", ["FAILED", "UPSTREAM_CANCELED"], "run"],
    ["ALL_FAILED", ["FAILED", "SUCCESS"], "EXCLUDED"],
  ])("under %s after %j: %s", (runIf, results, expected) => {
    expect(decision(runIf, ...results)).toBe(expected);
  });

  test("on the branch not taken is excluded", () => {
    const branch = (outcome: "true" | "false"): TaskSettings => ({
      task_key: "t",
      depends_on: [{ task_key: "if", outcome }],
    });
    const ended = new Map<string, Ended>([["if", { result: "SUCCESS", outcome: "false" }]]);
    expect(decide(branch("true"), ended)).toBe("EXCLUDED");
    expect(decide(branch("false"), ended)).toBe("run");
  });
});

describe("a run", () => {
  const chain: TaskSettings[] = [
    { task_key: "a" },
    { task_key: "b", depends_on: [{ task_key: "a" }] },
  ];

  test.each<[TaskResult, TaskResult, string]>([
    ["SUCCESS", "SUCCESS", "SUCCESS"],
    ["SUCCESS", "EXCLUDED", "SUCCESS"],
    ["FAILED", "SUCCESS", "SUCCESS_WITH_FAILURES"],
    ["SUCCESS", "FAILED", "FAILED"],
    ["FAILED", "UPSTREAM_FAILED", "FAILED"],
    ["CANCELED", "UPSTREAM_CANCELED", "CANCELED"],
    ["CANCELED", "SUCCESS", "SUCCESS_WITH_FAILURES"],
  ])("of tasks that ended %s, then %s, ends %s", (a, b, expected) => {
    const ended = [
      { key: "a", result: a },
      { key: "b", result: b },
    ];
    expect(runResult(ended, chain)).toBe(expected);
  });
});

describe("a condition", () => {
  test.each([
    ["EQUAL_TO", "12.0", "12", false],
    ["EQUAL_TO", "true", "true", true],
    ["NOT_EQUAL", "12.0", "12", true],
    ["GREATER_THAN_OR_EQUAL", "12.0", "12", true],
    ["GREATER_THAN", "12.0", "12", false],
    ["GREATER_THAN", "0.10000001", "0.1", true],
    ["LESS_THAN", "9", "10", true],
    ["LESS_THAN_OR_EQUAL", "10.0", "12", true],
    ["LESS_THAN", "-1e3", "0", true],
  ] as const)("%s of %s and %s is %s", (op, left, right, expected) => {
    expect(compare(op, left, right)).toBe(expected);
  });

  test.each(["", "NaN", "abc", "{{x}}"])("of order does not take %j", (operand) => {
    expect(() => compare("LESS_THAN", "1", operand)).toThrow(`'${operand}' is not a number`);
  });
});
