import { describe, expect, test } from "vitest";
import { decide, type Verdict } from "../../../components/gate/decision/decide";
import type { Column, Signature, Version } from "../../../components/gate/decision/facts";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import { championWith, factsOf, policyOf, runOf, versionOf } from "./decisionScene";

const AUC: Rule = { kind: "metric", metric: "auc", comparison: ">", bound: 0 };
const compatible = policyOf([AUC], { signature: "compatible" });

/** Columns from `name type`, optional with a question mark behind. */
const columns = (...texts: string[]): Column[] =>
  texts.map((text) => {
    const [name = "", type = ""] = text.replace("?", "").split(" ");
    return { name, type, required: !text.endsWith("?") };
  });

const SIGNATURE: Signature = {
  inputs: columns("tenure long", "charges double?"),
  outputs: columns("churn double", "label string"),
};

const verdict = (
  ours: Signature | null,
  baseline: Version | null,
  policy = compatible,
): Verdict => {
  const candidate = versionOf("5", runOf({ auc: 0.9 }, { signature: ours }));
  return decide(policy, factsOf(candidate, { baseline }));
};

const said = (...given: Parameters<typeof verdict>): string => {
  const { outcome, reason } = verdict(...given);
  return `${outcome}: ${reason}`;
};

/** How the rule on the metric, and the signature, read in a verdict. */
const read = (...given: Parameters<typeof verdict>): string[] =>
  verdict(...given).checks.map(
    ({ name, measured, result }) => `${name} ${String(measured)} ${result}`,
  );

const champion = (signature: Signature | null): Version =>
  championWith({ auc: 0.8 }, { signature });

describe("a signature that callers of the champion can use", () => {
  test.each<[string, Partial<Signature>]>([
    ["the same", {}],
    ["in another order", { inputs: columns("charges double?", "tenure long") }],
    [
      "one more that may be left out",
      { inputs: columns("tenure long", "charges double?", "age long?") },
    ],
    ["one less that had to be there", { inputs: columns("charges double?") }],
    ["one less that could be there", { inputs: columns("tenure long") }],
    ["one that may be left out now", { inputs: columns("tenure long?", "charges double?") }],
    [
      "an output that is required or not, which says nothing",
      { outputs: columns("churn double", "label string?") },
    ],
  ])("%s", (_, change) => {
    const given = { ...SIGNATURE, ...change };
    expect(said(given, champion(SIGNATURE))).toBe("promoted: auc 0.9 > 0");
    expect(read(given, champion(SIGNATURE))).toEqual([
      "auc 0.9 passed",
      "signature compatible with v3's passed",
    ]);
  });

  test("of a first model only has to be there", () => {
    expect(read(SIGNATURE, null)).toEqual(["auc 0.9 passed", "signature there passed"]);
  });

  test("is not asked for where the policy says any", () => {
    expect(read(null, champion(null), policyOf([AUC]))).toEqual(["auc 0.9 passed"]);
  });

  test("is asked for where the policy says what nobody knows", () => {
    const policy = { ...compatible, ...(JSON.parse('{"signature": "some"}') as Partial<Policy>) };
    expect(said(null, null, policy)).toBe("inconclusive: signature missing, must be there");
  });
});

describe("a signature that breaks callers of the champion", () => {
  test.each<[string, Partial<Signature>, string]>([
    ["a new input", { inputs: columns("tenure long", "age long") }, "asks for age"],
    [
      "an input that could be left out",
      { inputs: columns("tenure long", "charges double") },
      "asks for charges",
    ],
    [
      "another type of what had to be there",
      { inputs: columns("tenure double") },
      "takes tenure as double instead of long",
    ],
    [
      "another type of what could be there",
      { inputs: columns("charges string?") },
      "takes charges as string instead of double",
    ],
    [
      "one output less",
      { outputs: columns("churn double") },
      "answers churn double instead of churn double, label string",
    ],
    [
      "one output more",
      { outputs: columns("churn double", "label string", "p double") },
      "answers churn double, label string, p double instead of churn double, label string",
    ],
    [
      "one output twice",
      { outputs: columns("churn double", "churn double") },
      "answers churn double, churn double instead of churn double, label string",
    ],
    [
      "another name",
      { outputs: columns("churned double", "label string") },
      "answers churned double, label string instead of churn double, label string",
    ],
    [
      "another type",
      { outputs: columns("churn float", "label string") },
      "answers churn float, label string instead of churn double, label string",
    ],
    [
      "another order",
      { outputs: columns("label string", "churn double") },
      "answers label string, churn double instead of churn double, label string",
    ],
  ])("%s", (_, change, broken) => {
    expect(said({ ...SIGNATURE, ...change }, champion(SIGNATURE))).toBe(
      `refused: signature ${broken}, must be compatible with v3's`,
    );
  });

  test("tensors without a name are compared by type", () => {
    const tensor = (type: string): Column => ({ name: "", type, required: true });
    const images = {
      inputs: [tensor("tensor(float64, [-1, 28])")],
      outputs: columns("digit long"),
    };
    expect(said(images, champion(images))).toMatch(/^promoted: /);
    const larger = { ...images, inputs: [tensor("tensor(float64, [-1, 32])")] };
    expect(said(larger, champion(images))).toBe(
      "refused: signature takes its input as tensor(float64, [-1, 32]) instead of tensor(float64, [-1, 28]), must be compatible with v3's",
    );
    expect(said({ ...images, inputs: columns("image long") }, champion(images))).toMatch(
      /^refused: /,
    );
    const answers = { ...images, outputs: [tensor("tensor(float32, [-1, 10])")] };
    expect(said(answers, champion(images))).toBe(
      "refused: signature answers tensor(float32, [-1, 10]) instead of digit long, must be compatible with v3's",
    );
    expect(said(images, champion({ ...images, inputs: columns("image long") }))).toBe(
      "refused: signature asks for its input, must be compatible with v3's",
    );
  });

  test.each<[readonly Column[], readonly Column[]]>([
    [
      [{ name: "", type: "double", required: true }],
      [{ name: "double", type: "", required: true }],
    ],
    [[{ name: "a", type: "long, b long", required: true }], columns("a long", "b long")],
  ])("outputs that only read the same are not: %j and %j", (ours, theirs) => {
    const answer = said(
      { ...SIGNATURE, outputs: ours },
      champion({ ...SIGNATURE, outputs: theirs }),
    );
    expect(answer).toMatch(/^refused: signature answers /);
  });
});

describe("a signature that nobody knows", () => {
  test.each<[string, Signature | null]>([
    ["none", null],
    ["without inputs", { ...SIGNATURE, inputs: [] }],
    ["without outputs", { ...SIGNATURE, outputs: [] }],
  ])("%s", (_, signature) => {
    expect(said(signature, null)).toBe("inconclusive: signature missing, must be there");
    expect(said(signature, champion(SIGNATURE))).toBe(
      "inconclusive: signature missing, must be compatible with v3's",
    );
  });

  test.each([
    ["none", champion(null)],
    ["no run", versionOf("3", null)],
  ])("of the champion: %s", (_, baseline) => {
    expect(said(SIGNATURE, baseline)).toBe(
      "inconclusive: signature unknown of v3, must be compatible with v3's",
    );
  });
});
