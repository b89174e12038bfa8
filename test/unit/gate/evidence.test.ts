import * as fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, test } from "vitest";
import type { Check } from "../../../components/gate/decision/decide";
import {
  DIGEST_TAG,
  digestOf,
  evidenceTags,
  makeEvidence,
  readEvidence,
  type EvidenceInput,
} from "../../../components/gate/evidence/evidence";
import type { Policy } from "../../../components/gate/decision/rule";
import { evidenceInputs } from "./evidenceInputs";
import { runs } from "./runs";

type Tags = Readonly<Record<string, string>>;

const policy: Policy = {
  rules: [
    { kind: "metric", metric: "val_auc_roc", comparison: ">", bound: 0.85 },
    { kind: "approval", tag: "approver", approvers: ["ann"] },
  ],
  experiment: "/Shared/ml/churn",
  signature: "compatible",
  canary: [],
  breakglass: null,
  approvals: [],
  dryRun: false,
};

const input: EvidenceInput = {
  model: "ml.models.churn",
  version: {
    version: "7",
    status: "READY",
    runId: "5f1c",
    run: {
      id: "5f1c",
      deleted: false,
      experiment: "/Shared/ml/churn",
      metrics: { val_auc_roc: { value: 0.86, at: 1 } },
      ambiguous: [],
      dataset: { name: "ml.validation.holdout", digest: "a1b2c3d4" },
      comparedWith: null,
      commit: "d20ace7968ba43c0219f62d71334c1095bab1602",
      signature: null,
    },
    tags: { approver: "ann" },
    fingerprint: "f".repeat(64),
    rejection: null,
  },
  verdict: {
    ground: "rules",
    reason: "val_auc_roc 0.86 > 0.85",
    checks: [
      { name: "val_auc_roc", measured: 0.86, required: "> 0.85", bound: 0.85, result: "passed" },
    ],
  },
  policy,
  previousChampion: "6",
  at: "2026-11-21T12:00:00.000Z",
};

const failing: Check = {
  name: "val_auc_roc",
  measured: 0.8,
  required: "> 0.85",
  bound: 0.85,
  result: "failed",
};

async function tagsOf(given: EvidenceInput): Promise<Tags> {
  const statement = await makeEvidence(given);
  return evidenceTags(statement, await digestOf(statement));
}

const read = (tags: Tags, { model, version }: EvidenceInput = input) =>
  readEvidence(tags, model, version.version);

/** With more cases than usual it takes longer than other tests. */
const patience = 30_000 + runs * 6;

describe("evidence", () => {
  test("says in in-toto's and SLSA's fields what was judged, by what, and with what result", async () => {
    const { subject, predicateType, predicate } = await makeEvidence(input);
    expect(predicateType).toBe("https://in-toto.io/attestation/test-result/v0.1");
    expect(subject).toEqual([
      {
        name: "ml.models.churn",
        uri: "models:/ml.models.churn/7",
        digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      },
    ]);
    const judgedBy = { name: "policy", digest: { sha256: await digestOf(withoutNulls(policy)) } };
    expect(predicate).toEqual({
      result: "PASSED",
      configuration: [
        judgedBy,
        { name: "run", uri: "runs:/5f1c" },
        {
          name: "dataset",
          digest: { mlflow: "a1b2c3d4" },
          annotations: { name: "ml.validation.holdout" },
        },
        { name: "commit", digest: { gitCommit: "d20ace7968ba43c0219f62d71334c1095bab1602" } },
      ],
      passedTests: ["val_auc_roc"],
      warnedTests: [],
      failedTests: [],
      verifier: { id: "pulumi-nodejs:dynamic/mlops:PromotionGate" },
      timeVerified: "2026-11-21T12:00:00.000Z",
      resourceUri: "models:/ml.models.churn/7",
      policy: judgedBy,
      promotion: {
        ground: "rules",
        reason: "val_auc_roc 0.86 > 0.85",
        previousChampion: "6",
        approvers: ["ann"],
        checks: input.verdict.checks,
      },
    });
  });

  test("of a breakglass says who let it through, why, until when, and that a rule failed", async () => {
    const breakglass = {
      version: "7",
      reason: "the old one is down",
      by: "ann",
      expires: "2026-11-22T00:00:00Z",
    };
    const { predicate } = await makeEvidence({
      ...input,
      policy: { ...policy, breakglass },
      verdict: { ground: "breakglass", reason: "…", checks: [failing] },
    });
    expect(predicate).toMatchObject({
      result: "FAILED",
      passedTests: [],
      failedTests: ["val_auc_roc"],
      promotion: { ground: "breakglass", reason: "the old one is down", by: "ann" },
    });
    expect(predicate.promotion.expires).toBe("2026-11-22T00:00:00Z");
  });

  test("of a rollback says who wanted it and why, and not that the rules held", async () => {
    const { predicate } = await makeEvidence({
      ...input,
      verdict: { ground: "rollback", reason: "…", checks: [] },
      rollback: { reason: "complaints", by: "bob" },
    });
    expect(predicate).toMatchObject({
      result: "WARNED",
      promotion: { ground: "rollback", reason: "complaints", by: "bob" },
    });
  });

  test.each<[string, Partial<EvidenceInput>]>([
    ["a verdict without a ground", { verdict: { ...input.verdict, ground: null } }],
    ["rules, of which one failed", { verdict: { ...input.verdict, checks: [failing] } }],
    ["rules, of which there are none", { verdict: { ...input.verdict, checks: [] } }],
    [
      "a breakglass that is not in the policy",
      { verdict: { ...input.verdict, ground: "breakglass" } },
    ],
    [
      "a breakglass of another version",
      {
        verdict: { ...input.verdict, ground: "breakglass" },
        policy: {
          ...policy,
          breakglass: { version: "8", reason: "r", by: "b", expires: "2026-11-22T00:00:00Z" },
        },
      },
    ],
    ["a rollback by nobody", { verdict: { ...input.verdict, ground: "rollback" } }],
    [
      "a rollback without a reason",
      { verdict: { ...input.verdict, ground: "rollback" }, rollback: { reason: " ", by: "b" } },
    ],
    ["no time", { at: "yesterday" }],
  ])("is not given for %s", async (_what, change) => {
    await expect(makeEvidence({ ...input, ...change })).rejects.toThrow(
      /There is no (evidence|ground)/,
    );
  });

  test("names as approvers those whom the rules ask for, by tag and by file", async () => {
    const approvals = ["ann", "carl"].map((by) => ({ version: "7", by, at: input.at }));
    const other = { version: "6", by: "bob", at: input.at };
    const { predicate } = await makeEvidence({
      ...input,
      policy: {
        ...policy,
        approvals: [...approvals, other],
        rules: [
          { kind: "approval", tag: "approver", approvers: [] },
          { kind: "approval", tag: null, approvers: ["bob", "carl"] },
        ],
      },
    });
    expect(predicate.promotion.approvers).toEqual(["ann", "carl"]);
  });

  test("is the same for a policy that went through the engine, and another for another policy", async () => {
    const asKept = withoutNulls(policy);
    const [one, two, three] = await Promise.all(
      [asKept, policy, { ...policy, dryRun: true }].map((given) =>
        makeEvidence({ ...input, policy: given as Policy }),
      ),
    );
    expect(one).toEqual(two);
    expect(three).not.toEqual(two);
  });
});

describe("a digest", () => {
  test.each<[string, unknown, unknown]>([
    ["null and absent", { a: null }, {}],
    ["a number and its text", { a: 1 }, { a: "1" }],
    ["a list and an object", [1], { 0: 1 }],
    ["the order of a list", [1, 2], [2, 1]],
    ["where a text ends", ["ab", "c"], ["a", "bc"]],
    ["true and its text", true, "true"],
  ])("tells apart %s", async (_what, one, other) => {
    expect(await digestOf(one)).not.toBe(await digestOf(other));
  });

  test("does not depend on the order of keys", async () => {
    expect(await digestOf({ a: 1, b: { c: 2, d: 3 } })).toBe(
      await digestOf({ b: { d: 3, c: 2 }, a: 1 }),
    );
  });

  test("is SHA-256 of RFC 8785, as other tools compute it", async () => {
    // printf '{"a":["ü",null,true],"b":1e-7}' | sha256sum
    expect(await digestOf({ b: 1e-7, a: ["ü", null, true] })).toBe(
      "d84d482557482cca4f98c63fbe2bcc680d5bcb217480675fc7d64bd95504aaca",
    );
  });

  test.each<unknown>([NaN, Infinity, [undefined], Symbol("s"), 1n])(
    "is not given for %s",
    async (value) => {
      await expect(digestOf({ a: value })).rejects.toThrow("cannot be written in JSON");
    },
  );
});

describe("the tags of evidence", () => {
  test(
    "read back as what was written, through the engine and the registry",
    { timeout: patience },
    () =>
      fc.assert(
        fc.asyncProperty(evidenceInputs, async (given) => {
          const statement = await makeEvidence(given);
          const digest = await digestOf(statement);
          const tags = evidenceTags(statement, digest);
          for (const [key, value] of Object.entries(tags)) {
            expect(key).toMatch(/^\w+$/);
            expect(value).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,998}[\x21-\x7e]$/);
          }
          const found = await read(tags, given);
          expect(found).toEqual({
            state: "intact",
            statement,
            digest,
            promotedAt: given.at,
            previousChampion: given.previousChampion,
            ground: given.verdict.ground,
            place: "mlops_gate_evidence_",
          });
          const kept = Struct.fromJavaScript({ statement: { ...statement } }).toJavaScript();
          expect(await digestOf(kept["statement"])).toBe(digest);
        }),
        { numRuns: runs },
      ),
  );

  test(
    "break with any change of one character, and with any part that is lost or moved",
    { timeout: patience },
    () =>
      fc.assert(
        fc.asyncProperty(
          evidenceInputs,
          fc.nat(),
          fc.nat(),
          fc.integer({ min: 1, max: 94 }),
          async (given, a, b, by) => {
            const tags = await tagsOf(given);
            const keys = Object.keys(tags);
            const key = keys[a % keys.length] ?? "";
            const value = tags[key] ?? "";
            const at = b % value.length;
            const changed = String.fromCharCode(33 + ((value.charCodeAt(at) - 33 + by + 94) % 94));
            const other = keys[b % keys.length] ?? "";
            const without = Object.fromEntries(
              Object.entries(tags).filter(([name]) => name !== key),
            );
            const damaged: Tags[] = [
              ...(changed === value[at]
                ? []
                : [{ ...tags, [key]: value.slice(0, at) + changed + value.slice(at + 1) }]),
              { ...tags, [key]: value.slice(0, at) + value.slice(at + 1) },
              { ...tags, [key]: `${value.slice(0, at)}0${value.slice(at)}` },
              without,
              ...(other === key ? [] : [{ ...tags, [key]: tags[other] ?? "", [other]: value }]),
            ];
            for (const one of damaged)
              expect(await read(one, given)).toMatchObject({ state: "broken" });
          },
        ),
        { numRuns: runs },
      ),
  );

  test("break with any change of what is said, however it is written", { timeout: patience }, () =>
    fc.assert(
      fc.asyncProperty(evidenceInputs, fc.nat(), async (given, pick) => {
        const statement = await makeEvidence(given);
        const digest = await digestOf(statement);
        const changes = changesOf(statement);
        const changed = changes[pick % changes.length];
        expect(await digestOf(changed)).not.toBe(digest);
      }),
      { numRuns: runs },
    ),
  );

  test(
    "that are written half leave the old ones valid, until all are written",
    { timeout: patience },
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(evidenceInputs, { minLength: 2, maxLength: 4 }),
          fc.nat(),
          async (promotions, cut) => {
            const [first] = promotions;
            if (first === undefined) return;
            const { model, version, policy: rules } = first;
            let tags: Tags = {};
            for (const promotion of promotions) {
              const statement = await makeEvidence({ ...promotion, model, version, policy: rules });
              const digest = await digestOf(statement);
              const old = await read(tags, first);
              const entries = Object.entries(evidenceTags(statement, digest, old));
              if (old.state === "intact") {
                const half = {
                  ...tags,
                  ...Object.fromEntries(entries.slice(0, cut % entries.length)),
                };
                expect(await read(half, first)).toEqual(old);
              }
              tags = { ...tags, ...Object.fromEntries(entries) };
              expect(await read(tags, first)).toMatchObject({ state: "intact", statement, digest });
            }
          },
        ),
        { numRuns: runs / 10 },
      ),
  );

  test("are none where nothing was written", async () => {
    expect(await read({ approver: "ann" })).toEqual({ state: "none" });
  });

  test.each<[string, Partial<EvidenceInput>, string]>([
    ["another model", { model: "ml.models.other" }, "it is about models:/ml.models.churn/7"],
    [
      "another version",
      { version: { ...input.version, version: "8" } },
      "it is about models:/ml.models.churn/7",
    ],
  ])("of %s are broken", async (_what, change, why) => {
    const { model, version } = { ...input, ...change };
    const found = await readEvidence(await tagsOf(input), model, version.version);
    expect(found).toEqual({ state: "broken", why });
  });

  test("that contradict themselves are broken, even with a digest that matches", async () => {
    const statement = await makeEvidence(input);
    const { predicate } = statement;
    const forged = {
      ...statement,
      predicate: {
        ...predicate,
        promotion: { ...predicate.promotion, checks: [{ ...failing, bound: 0.85, measured: 0.8 }] },
      },
    };
    const tags = evidenceTags(forged, await digestOf(forged));
    expect(await read(tags)).toEqual({ state: "broken", why: "it is no evidence of a promotion" });
  });

  test.each([
    ["digest", DIGEST_TAG, "its digest does not match"],
    ["first part", "mlops_gate_evidence_1", "its first part is missing"],
  ])("say which %s is missing", async (_what, key, why) => {
    const tags = Object.entries(await tagsOf(input)).filter(([name]) => name !== key);
    expect(await read(Object.fromEntries(tags))).toEqual({ state: "broken", why });
  });

  test("that would not fit are refused before anything is written", async () => {
    const long = { ...input, verdict: { ...input.verdict, reason: "x".repeat(18_000) } };
    await expect(tagsOf(long)).rejects.toThrow(
      "The evidence for models:/ml.models.churn/7 is longer than the 18000 characters",
    );
  });
});

/** As the engine keeps it. */
function withoutNulls(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/** Every value that differs from `value` in one place: a text, a number, an item or a member more or less. */
function changesOf(value: unknown): unknown[] {
  if (typeof value === "string") return [`${value}x`, value === "" ? null : ""];
  if (typeof value === "number") return [value === 0 ? 1 : -value, String(value)];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return [
      [...items, "x"],
      ...(items.length > 0 ? [items.slice(1)] : []),
      ...items.flatMap((item, at) =>
        changesOf(item).map((other) => items.map((old, index) => (index === at ? other : old))),
      ),
    ];
  }
  const members = Object.entries(value ?? {});
  return [
    { ...Object.fromEntries(members), another: null },
    ...members.map(([key]) => Object.fromEntries(members.filter(([name]) => name !== key))),
    ...members.flatMap(([key, member]) =>
      changesOf(member).map((other) => ({ ...Object.fromEntries(members), [key]: other })),
    ),
  ];
}
