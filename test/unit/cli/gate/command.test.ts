import { describe, expect, test } from "vitest";
import { readCommand } from "../../../../cli/gate/command";

const read = (line: string) =>
  readCommand(line.split(" ").map((word) => word.replaceAll("_", " ")));

describe("the command line of npm run gate", () => {
  test("asks for a history", () => {
    expect(read("history customer-churn --json -s dev")).toEqual({
      verb: "history",
      model: "customer-churn",
      stack: "dev",
      json: true,
    });
  });

  test("asks for an explanation, of a version with or without the v", () => {
    const expected = { verb: "explain", model: "iris", version: "7", stack: "local", json: false };
    expect(read("explain iris 7")).toEqual(expected);
    expect(read("explain iris v7")).toEqual(expected);
  });

  test("asks for a rollback, with reason and name in one line", () => {
    expect(read("rollback iris --to v3 --reason _too__slow\n --by ann --yes --stack prod")).toEqual(
      {
        verb: "rollback",
        model: "iris",
        stack: "prod",
        to: "3",
        reason: "too slow",
        by: "ann",
        yes: true,
        configFile: undefined,
      },
    );
  });

  test.each(["--help", "help", "rollback --help", "history iris --help"])("%s", (line) => {
    expect(read(line)).toEqual({ verb: "help" });
  });

  test.each([
    ["promote iris", "There is no command 'promote'.\nUsage:"],
    ["history", "gate history: MODEL is missing.\nUsage:"],
    ["history iris 7", "gate history: '7' is too much.\nUsage:"],
    ["explain iris", "gate explain: VERSION is missing.\nUsage:"],
    ["explain iris latest", "The version is 'latest'; it must be a number such as 7."],
    ["explain iris 0", "The version is '0'; it must be a number such as 7."],
    ["history iris --to 3", "Unknown option '--to'"],
    [
      "history iris --stack nowhere",
      "There is no Pulumi.nowhere.yaml; there are dev, local, prod.",
    ],
    ["rollback iris", 'A rollback needs --reason "…": why; it is recorded. Nothing was changed.'],
    ["rollback iris --reason _", 'A rollback needs --reason "…"'],
    ["rollback iris --reason slow --by _", 'A rollback needs --by "…": who asks for it.'],
    [
      `rollback iris --reason ${"x".repeat(501)}`,
      "--reason has 501 characters; it must have 500 or",
    ],
    ["rollback iris --reason slow --to x", "The version is 'x'; it must be a number such as 7."],
  ])("refuses %s", (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  test("refuses to do nothing in particular", () => {
    expect(() => readCommand([])).toThrow("Which command?\nUsage:");
  });
});
