import { describe, expect, test } from "vitest";
import { decide } from "../../../components/gate/decision/decide";
import type { Facts, Version } from "../../../components/gate/decision/facts";
import type { Approval, Policy, Rule } from "../../../components/gate/decision/rule";
import { factsOf, HOUR, policyOf, runOf, timeFromNow, versionOf } from "./decisionScene";

const AUC: Rule = { kind: "metric", metric: "auc", comparison: ">", bound: 0 };

/** What a rule says beside one on the metric, which holds. */
const said = (rule: Rule, facts: Facts, policy: Partial<Policy> = {}): string => {
  const { outcome, checks } = decide(policyOf([rule, AUC], policy), facts);
  const { name, measured, required } = checks[0] ?? {};
  return `${outcome}: ${String(name)} ${String(measured)}, must be ${String(required)}`;
};

const withTags = (tags: Version["tags"]): Facts =>
  factsOf(versionOf("5", runOf({ auc: 0.9 }), { tags }));

describe("a tag", () => {
  const risk = (...values: string[]): Rule => ({ kind: "tag", tag: "risk", values });

  test.each<[readonly string[], Version["tags"], string]>([
    [[], { risk: "whatever" }, "promoted: tag risk whatever, must be set"],
    [[], { Risk: "low" }, "inconclusive: tag risk null, must be set"],
    [[], { risk: "" }, "inconclusive: tag risk null, must be set"],
    [[], { risk: " " }, "inconclusive: tag risk null, must be set"],
    [["low", "none"], { risk: "none" }, "promoted: tag risk none, must be low or none"],
    [["low", "none"], { risk: "high" }, "refused: tag risk high, must be low or none"],
    [["low"], { risk: "LOW" }, "refused: tag risk LOW, must be low"],
    [["low"], { risk: "lower" }, "refused: tag risk lower, must be low"],
    [["low"], {}, "inconclusive: tag risk null, must be low"],
    [[""], { risk: "" }, "inconclusive: tag risk null, must be "],
  ])("one of %j, and the version has %j", (values, tags, expected) => {
    expect(said(risk(...values), withTags(tags))).toBe(expected);
  });

  test.each(["constructor", "__proto__"])("%s is not there by itself", (tag) => {
    expect(said({ kind: "tag", tag, values: [] }, withTags({}))).toBe(
      `inconclusive: tag ${tag} null, must be set`,
    );
  });

  test("what is said of it", () => {
    const { reason } = decide(policyOf([risk(), AUC]), withTags({ risk: "low" }));
    expect(reason).toBe("tag risk: low; auc 0.9 > 0");
  });
});

describe("an approval by a tag", () => {
  const approval = (...approvers: string[]): Rule => ({ kind: "approval", tag: "ok", approvers });

  test.each<[readonly string[], Version["tags"], string]>([
    [["ann", "bob"], { ok: "bob" }, "promoted: approval in the tag ok bob, must be by ann or bob"],
    [["ann"], { ok: "mallory" }, "refused: approval in the tag ok mallory, must be by ann"],
    [["ann"], { ok: "ann, bob" }, "refused: approval in the tag ok ann, bob, must be by ann"],
    [["ann"], {}, "inconclusive: approval in the tag ok null, must be by ann"],
    [[], { ok: "anybody" }, "promoted: approval in the tag ok anybody, must be by somebody"],
    [[], { ok: " " }, "inconclusive: approval in the tag ok null, must be by somebody"],
  ])("by %j, and the version has %j", (approvers, tags, expected) => {
    expect(said(approval(...approvers), withTags(tags))).toBe(expected);
  });

  test("an entry in the approvals file is none", () => {
    const approvals = [{ version: "5", by: "ann", at: timeFromNow(-HOUR) }];
    expect(said(approval("ann"), withTags({}), { approvals })).toMatch(/^inconclusive: /);
  });
});

describe("an approval in the approvals file", () => {
  const byAnn: Rule = { kind: "approval", tag: null, approvers: ["ann"] };
  const bySomebody: Rule = { ...byAnn, approvers: [] };
  const entry = (other: Partial<Approval> = {}): Approval => ({
    version: "5",
    by: "ann",
    at: timeFromNow(-HOUR),
    ...other,
  });
  const passed = "promoted: approval in the approvals file ann, must be by ann";
  const missing = "inconclusive: approval in the approvals file null, must be by ann";

  test.each<[string, readonly Approval[], string]>([
    ["as asked for", [entry()], passed],
    ["among others", [entry({ version: "4" }), entry({ by: "bob" }), entry()], passed],
    ["by a clock five minutes ahead", [entry({ at: timeFromNow(300_000) })], passed],
    ["none", [], missing],
    ["of another version", [entry({ version: "05" })], missing],
    ["from the future", [entry({ at: timeFromNow(300_001) })], missing],
    ["from no time", [entry({ at: "yesterday" })], missing],
    ["from a time without a zone", [entry({ at: "2026-11-21T10:00:00" })], missing],
    ["from a year", [entry({ at: "1999" })], missing],
    ["by nobody", [entry({ by: "" })], missing],
    [
      "by somebody else",
      [entry({ by: "mallory" })],
      "refused: approval in the approvals file mallory, must be by ann",
    ],
  ])("%s", (_, approvals, expected) => {
    expect(said(byAnn, withTags({ ok: "ann" }), { approvals })).toBe(expected);
  });

  test.each([
    ["bob", "promoted: approval in the approvals file bob, must be by somebody"],
    ["", "inconclusive: approval in the approvals file null, must be by somebody"],
    [" ", "inconclusive: approval in the approvals file null, must be by somebody"],
  ])("by somebody, and it says '%s'", (by, expected) => {
    expect(said(bySomebody, withTags({}), { approvals: [entry({ by })] })).toBe(expected);
  });
});
