import { describe, expect, test } from "vitest";
import { rulesOf } from "../../../../stacks/gate/policy";
import { config, parsed, refused } from "../configRun";

/** The rules of a model whose section `gate` says this. */
const rules = (gate: object) => rulesOf(parsed(config({ gate })).customerChurn.gate);

/** Those that it has where the section says nothing. */
const usual = rules({});

/** Only those that are not the usual ones. */
const further = (gate: object) =>
  rules(gate).filter((one) => !usual.some((same) => JSON.stringify(same) === JSON.stringify(one)));

test("where nothing is said, the model's bounds and its number of rows count", () => {
  expect(usual).toEqual([
    { kind: "metric", metric: "val_accuracy", comparison: ">", bound: 0.8 },
    { kind: "metric", metric: "val_f1", comparison: ">", bound: 0.75 },
    { kind: "metric", metric: "val_auc_roc", comparison: ">", bound: 0.85 },
    { kind: "rows", metric: "val_rows", atLeast: 1000 },
  ]);
});

test("a default is said again metric by metric", () => {
  expect(rules({ above: { val_f1: 0.5 }, minRows: 10 })).toEqual([
    usual[0],
    { kind: "metric", metric: "val_f1", comparison: ">", bound: 0.5 },
    usual[2],
    { kind: "rows", metric: "val_rows", atLeast: 10 },
  ]);
});

describe("each key is a rule", () => {
  test.each<[object, object]>([
    [
      { atLeast: { val_f1: 0.1 } },
      { kind: "metric", metric: "val_f1", comparison: ">=", bound: 0.1 },
    ],
    [{ below: { val_f1: 0.9 } }, { kind: "metric", metric: "val_f1", comparison: "<", bound: 0.9 }],
    [{ atMost: { val_f1: 1 } }, { kind: "metric", metric: "val_f1", comparison: "<=", bound: 1 }],
    [
      { between: { val_accuracy: { from: 0.2, to: 0.9 } } },
      { kind: "range", metric: "val_accuracy", from: 0.2, to: 0.9 },
    ],
    [
      { worstOf: [{ metrics: ["val_f1", "val_accuracy"], atLeast: 0.7 }] },
      { kind: "slices", metrics: ["val_f1", "val_accuracy"], comparison: ">=", bound: 0.7 },
    ],
    [
      { maxRegression: { val_auc_roc: 0.01 } },
      { kind: "champion", metric: "val_auc_roc", better: "higher", change: -0.01, relative: false },
    ],
    [
      { minImprovement: { val_auc_roc: { by: 0.05, relative: true } } },
      { kind: "champion", metric: "val_auc_roc", better: "higher", change: 0.05, relative: true },
    ],
    [
      { maxRegression: { val_f1: { by: 0.1, better: "lower" } } },
      { kind: "champion", metric: "val_f1", better: "lower", change: -0.1, relative: false },
    ],
    [{ maxAgeDays: 1.5 }, { kind: "age", maxHours: 36 }],
    [{ tags: { stage: "tested" } }, { kind: "tag", tag: "stage", values: ["tested"] }],
    [
      { tags: { stage: ["tested", "tried"] } },
      { kind: "tag", tag: "stage", values: ["tested", "tried"] },
    ],
    [{ tags: { stage: [] } }, { kind: "tag", tag: "stage", values: [] }],
    [
      { approvedBy: { tag: "approved_by", approvers: ["ada"] } },
      { kind: "approval", tag: "approved_by", approvers: ["ada"] },
    ],
    [
      { approvedBy: { tag: "approved_by" } },
      { kind: "approval", tag: "approved_by", approvers: [] },
    ],
    [
      { approvedInFile: { approvers: ["ada"] } },
      { kind: "approval", tag: null, approvers: ["ada"] },
    ],
    [{ approvedInFile: {} }, { kind: "approval", tag: null, approvers: [] }],
  ])("%j", (gate, rule) => {
    expect(further(gate)).toEqual([rule]);
  });
});

test("what is no rule has safe defaults, and can be said", () => {
  const { gate } = parsed(config()).customerChurn;
  expect(gate).toMatchObject({
    signature: "compatible",
    canary: [],
    dryRun: false,
    onAliasDrift: "restore",
  });
  expect(gate.breakglass).toBeUndefined();
  const said = {
    signature: "any",
    canary: [
      { percent: 5, minRequests: 100, below: { error_rate: 0.01 } },
      { percent: 50, minRequests: 1000, atMost: { latency_p95_ms: 200 } },
    ],
    breakglass: { version: 7, reason: "Fraud wave", by: "ada", expires: "2026-12-01T12:00:00Z" },
    dryRun: true,
    onAliasDrift: "fail",
  };
  expect(parsed(config({ gate: said })).customerChurn.gate).toMatchObject({
    ...said,
    breakglass: { ...said.breakglass, version: "7" },
  });
});

test.each([
  ["2026-12-01T12:00:00Z", "2026-12-01T12:00:00Z"],
  ["2026-12-01T12:00:00.5+01:00", "2026-12-01T12:00:00.5+01:00"],
  // As the engine hands on what has no quotes in the stack's file.
  ["2026-12-01 12:00:00 +0000 UTC", "2026-12-01T12:00:00+00:00"],
  ["2026-12-01 12:00:00.5 -0330 -0330", "2026-12-01T12:00:00.5-03:30"],
])("a breakglass expires at %s", (said, expires) => {
  const breakglass = { version: "7", reason: "Fraud", by: "ada", expires: said };
  expect(parsed(config({ gate: { breakglass } })).customerChurn.gate.breakglass?.expires).toBe(
    expires,
  );
});

describe("a mistake is one line with key, value and what is allowed", () => {
  const step = { percent: 5, minRequests: 100, below: { error_rate: 0.01 } };
  const glass = { version: "7", reason: "Fraud", by: "ada", expires: "2026-12-01T12:00:00Z" };
  test.each<[object, string]>([
    [{ over: {} }, "over: there is no such key; allowed: above, atLeast, below, atMost, between,"],
    [{ atLeast: { f1: 0.5 } }, "atLeast.f1: there is no such key; allowed: val_accuracy, val_f1,"],
    [{ atMost: { val_f1: "x" } }, 'atMost.val_f1 is "x"; must be a number between 0 and 1'],
    [{ above: { val_f1: null } }, "above.val_f1 is null; must be a number between 0 and 1"],
    [{ above: [] }, "above is []; must be a section with keys"],
    [
      { between: { val_f1: { from: 0.9, to: 0.1 } } },
      'between.val_f1 is {"from":0.9,"to":0.1}; must not have a from above its to',
    ],
    [{ between: { val_f1: { from: 0.9 } } }, "between.val_f1.to is missing; must be a number"],
    [{ worstOf: [{ metrics: ["val_f1"], above: 0 }] }, "must name two metrics or more"],
    [{ worstOf: [{ metrics: ["val_f1", "val_f1"], above: 0 }] }, "must name each metric once"],
    [
      { worstOf: [{ metrics: ["val_f1", "x"], above: 0 }] },
      'worstOf.0.metrics.1 is "x"; Invalid option',
    ],
    [{ worstOf: [{ metrics: ["val_f1", "val_accuracy"] }] }, "must have one of above, atLeast,"],
    [
      { worstOf: [{ metrics: ["val_f1", "val_accuracy"], above: 2 }] },
      "worstOf.0.above is 2; must be between 0 and 1",
    ],
    [{ maxRegression: { val_f1: -1 } }, "maxRegression.val_f1 is -1; must be a number, 0 or more"],
    [
      { maxRegression: { val_f1: "5%" } },
      'val_f1 is "5%"; must be a number, 0 or more, or a section',
    ],
    [{ maxRegression: { val_f1: { by: "x" } } }, 'val_f1.by is "x"; must be a number, 0 or more'],
    [
      { minImprovement: { val_f1: { by: 5, relative: true } } },
      "minImprovement.val_f1.by is 5; must be a share below 1",
    ],
    [
      { minImprovement: { val_f1: { by: 0.1, to: 1 } } },
      "val_f1.to: there is no such key; allowed: by,",
    ],
    [{ minImprovement: { val_f1: {} } }, "val_f1.by is missing; must be a number"],
    [{ minRows: 0 }, "minRows is 0; must be 1 or more"],
    [{ minRows: 1.5 }, "minRows is 1.5; must be a whole number"],
    [{ maxAgeDays: 0 }, "maxAgeDays is 0; must be above 0"],
    [{ tags: { "a.b": "x" } }, "must be a name without . , - = / :"],
    [{ tags: { a: 1 } }, "tags.a is 1; must be a value, or a list of those allowed"],
    [{ tags: { a: [""] } }, 'tags.a.0 is ""; must not be empty'],
    [{ approvedBy: {} }, "approvedBy.tag is missing; must be a tag's name"],
    [{ approvedBy: { tag: "x", approvers: "ada" } }, 'approvers is "ada"; must be a list of names'],
    [{ approvedInFile: { approvers: [" "] } }, 'approvers.0 is " "; must not be empty'],
    [
      { signature: "same" },
      'signature is "same"; Invalid option: expected one of "compatible"|"any"',
    ],
    [{ canary: {} }, "canary is {}; must be a list of steps"],
    [{ canary: [{ ...step, percent: 51 }] }, "canary.0.percent is 51; must be 1 to 50"],
    [{ canary: [{ ...step, below: {} }] }, "must have a bound in above, atLeast, below or atMost"],
    [{ canary: [step, step] }, "must have a higher percent in each step"],
    [
      { canary: [{ ...step, below: { "Error-Rate": 1 } }] },
      "Error-Rate is 1; must be the name of a",
    ],
    [{ canary: [{ ...step, minRequests: 0 }] }, "canary.0.minRequests is 0; must be 1 or more"],
    [
      { canary: [{ ...step, below: { error_rate: "1%" } }] },
      'error_rate is "1%"; must be a number',
    ],
    [{ breakglass: { ...glass, version: "latest" } }, 'version is "latest"; must be the number of'],
    [{ breakglass: { ...glass, reason: "" } }, 'breakglass.reason is ""; must not be empty'],
    [{ breakglass: { ...glass, by: undefined } }, "breakglass.by is missing; must be a text"],
    [
      { breakglass: { ...glass, expires: "tomorrow" } },
      'expires is "tomorrow"; must be a time such',
    ],
    [
      { breakglass: { ...glass, expires: "2026-12-01" } },
      "must be a time such as 2026-12-01T12:00",
    ],
    [{ dryRun: "yes" }, 'dryRun is "yes"; must be true or false'],
    [
      { onAliasDrift: "ignore" },
      'onAliasDrift is "ignore"; Invalid option: expected one of "restore"',
    ],
  ])("%j", (gate, line) => {
    const message = refused(config({ gate }));
    expect(message).toMatch(/^Configuration: mlops:customerChurn\.gate\./);
    expect(message).toContain(line);
    expect(message.split("\n")).toHaveLength(1);
  });
});
