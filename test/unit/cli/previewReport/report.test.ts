import { describe, expect, it } from "vitest";
import { changesOf } from "../../../../cli/previewReport/changes";
import { renderComment } from "../../../../cli/previewReport/markdown/comment";
import { showValue } from "../../../../cli/previewReport/values";
import { verdictOf } from "../../../../cli/previewReport/verdict";
import { GATE, MODEL, TABLE, model, planOf, report, step, urn } from "./plans";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const churn = model("customer-churn");

const created = (name: string, parent = churn) =>
  step({ op: "create", type: TABLE, name, parent, after: { name } });

describe("grouping", () => {
  const homes = (...args: Parameters<typeof report>) =>
    report(...args).groups.map(({ home }) => `${home.kind} ${home.name}`);

  it("takes the model from the resource's ancestors, which only an event log knows when unchanged", () => {
    const part = urn(`${MODEL}$mlops:index:GovernedTable`, "labels");
    const plan = planOf([created("some-table", part)]);
    expect(homes(plan)).toEqual(["model Models"]);
    const parents = new Map([[part, churn]]);
    expect(homes(plan, { parents })).toEqual(["model customer-churn"]);
  });

  it("takes it from the name where the ancestors are not known, the longest that fits", () => {
    const part = urn(`${MODEL}$mlops:index:GovernedTable`, "labels");
    const plan = planOf([
      created("a", churn),
      created("b", model("customer")),
      created("customer-churn-labels-table", part),
      created("customer-labels-table", part),
    ]);
    expect(report(plan).groups.map(({ resources }) => resources.map(({ name }) => name))).toEqual([
      ["b", "customer-labels-table"],
      ["a", "customer-churn-labels-table"],
    ]);
  });

  it("tells the platform and Azure from models, and models that come and go", () => {
    const plan = planOf([
      step({ op: "create", type: "azure-native:storage:StorageAccount", name: "s", after: {} }),
      step({
        op: "create",
        type: "mlops:index:Platform$databricks:index/schema:Schema",
        name: "p",
        after: {},
      }),
      { ...step({ op: "create", type: MODEL, name: "new", after: {} }) },
      created("new-table", model("new")),
    ]);
    expect(homes(plan)).toEqual(["model new", "platform Platform", "azure Azure"]);
    expect(renderComment(report(plan))).toContain("#### New model new: creates 2");
  });

  it("ends where a plan says of a resource that it is its own ancestor", () => {
    const own = urn(`${MODEL}$${TABLE}`, "own");
    expect(homes(planOf([created("own", own)]))).toEqual(["model Models"]);
  });
});

describe("changed properties", () => {
  const old = { tags: { owner: "a" }, list: [1, 2], size: "Small", gone: true };
  const now = { tags: { owner: "b", "cost.center": "x" }, list: [1, 3], size: "Small" };

  it("are compared where the provider says nothing, and what forces a replacement comes first", () => {
    const found = changesOf(
      step({
        op: "replace",
        type: TABLE,
        name: "t",
        before: old,
        after: now,
        more: { detailedDiff: null, replaceReasons: ["tags"] },
      }),
    );
    expect(found.map(({ path, replaces }) => [path, replaces])).toEqual([
      ["tags.owner", true],
      ['tags["cost.center"]', true],
      ["gone", false],
      ["list[1]", false],
    ]);
  });

  it("come with the values before and after where the provider names their paths", () => {
    const detailedDiff = {
      "list[1]": { kind: "update", inputDiff: false },
      'tags["cost.center"]': { kind: "add", inputDiff: true },
      gone: { kind: "delete", inputDiff: true },
      size: { kind: "update-replace", inputDiff: false },
      "nowhere[4].at": { kind: "add", inputDiff: false },
    };
    const more = { detailedDiff };
    const found = changesOf(
      step({ op: "update", type: TABLE, name: "t", before: old, after: now, more }),
    );
    expect(found).toEqual([
      { path: "size", before: "Small", after: "Small", replaces: true },
      { path: "gone", before: true, after: undefined, replaces: false },
      { path: "list[1]", before: 2, after: 3, replaces: false },
      { path: 'tags["cost.center"]', before: undefined, after: "x", replaces: false },
    ]);
  });

  it("never show a secret, and name what only the update will tell", () => {
    const sealed = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "AbC",
    };
    expect(showValue(sealed)).toBe("[secret]");
    expect(showValue({ password: sealed, __defaults: [] })).toBe('{"password":"[secret]"}');
    expect(showValue(UNKNOWN)).toBe("known after update");
    expect(showValue(`https://${UNKNOWN}/x`)).toBe("https://(known after update)/x");
    const text = renderComment(
      report(
        planOf([
          step({
            op: "update",
            type: TABLE,
            name: "t",
            before: { a: "[secret]", b: "x" },
            after: { a: "[secret]", b: UNKNOWN },
            more: {
              detailedDiff: {
                a: { kind: "update", inputDiff: true },
                b: { kind: "update", inputDiff: true },
              },
            },
          }),
        ]),
      ),
    );
    expect(text).toContain("<code>a</code>: <code>&#91;secret&#93;</code>, another one");
    expect(text).toContain("<code>b</code>: <code>x</code> → *known after update*");
  });
});

describe("the verdict", () => {
  const say = (...args: Parameters<typeof report>) => {
    const flat = (parts: ReturnType<typeof verdictOf>["sentence"]): string =>
      parts
        .map((part) =>
          typeof part === "string" ? part : "code" in part ? part.code : flat(part.strong),
        )
        .join("");
    const { tone, sentence } = verdictOf(report(...args));
    return `${tone}: ${flat(sentence)}`;
  };
  const line = (text: string, severity = "info") => ({
    urn: urn(`${MODEL}$${GATE}`, "gate"),
    message: `${text}\n`,
    severity,
  });
  const policy = (enforcementLevel: string) => ({
    resourceUrn: churn,
    message: "no owner",
    policyName: "tags",
    policyPackName: "mlops",
    enforcementLevel,
  });

  it.each([
    [
      "change: The update of prod creates 2 resources in customer-churn",
      [created("a"), created("b")],
    ],
    [
      "warning: The update of prod deletes 1 and creates 1 resources in customer-churn; table t loses its rows",
      [created("a"), step({ op: "delete", type: TABLE, name: "t", parent: churn, before: {} })],
    ],
  ])("is %j", (expected, steps) => {
    expect(say(planOf(steps))).toBe(expected);
  });

  it("puts a failure before policies, these before a gate, and that before all else", () => {
    const blocked = line("m v2 → champion: BLOCKED (auc 0.8, must be > 0.9)", "warning");
    const error = { urn: "", message: "error: Configuration: no\n  at x", severity: "error" };
    const plan = (diagnostics: (typeof error)[]) => planOf([created("a")], { diagnostics });
    expect(say(plan([blocked, error]))).toBe("bad: The preview of prod failed: Configuration: no");
    const violations = [policy("mandatory"), policy("advisory")];
    expect(say(plan([blocked, error]), { violations })).toMatch(/^bad: The preview of prod failed/);
    const ended = { ...error, message: "error: preview failed\n" };
    expect(say(plan([blocked, ended]), { violations }, { exitCode: 1 })).toBe(
      "bad: 1 policy violation stops the update of prod (it creates 1 resource in customer-churn)",
    );
    expect(say(plan([blocked]), { violations: [policy("advisory")] })).toBe(
      "bad: The promotion gate blocks the update of prod: m v2 (auc 0.8, must be > 0.9)",
    );
  });

  it("says of a promotion that it comes with the update", () => {
    const diagnostics = [line("m v2 → champion: PROMOTED (auc 0.95 > 0.9)")];
    expect(say(planOf([created("a")], { diagnostics }))).toMatch(/; m v2 becomes champion$/);
  });

  it("is a failure when only the exit code says so", () => {
    expect(say(planOf([]), {}, { exitCode: 255, stack: "prod" })).toMatch(
      /^bad: The preview of prod failed/,
    );
  });

  it("is that nothing changes, in two hidden lines and one to read", () => {
    const waiting = line("m → champion: WAITING (no version is nominated)");
    const plan = planOf([], { diagnostics: [waiting] });
    expect(renderComment(report(plan, {}, { stack: "prod", commit: "abc" }))).toBe(
      "<!-- mlops-preview mlops/prod -->\n<!-- mlops-preview: no changes -->\n" +
        "✅ Nothing changes in <code>prod</code> at <code>abc</code>.\n",
    );
  });

  it("counts a changed output as a change", () => {
    const outputs = { old: { a: 1 }, new: { a: 2 } };
    expect(say(planOf([]), { outputs }, { stack: "prod" })).toBe(
      "change: No resource of prod changes",
    );
    expect(renderComment(report(planOf([]), { outputs }))).toContain("#### Changed outputs");
  });
});
