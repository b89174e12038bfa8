import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { EnvironmentRow, Fleet, ModelRow } from "../../../../cli/models/facts";
import { fleetText } from "../../../../cli/models/table";
import { age } from "../../../../cli/models/words";
import { wrap } from "../../../../cli/shared/textTable";

const healthy: ModelRow = {
  name: "customer-churn",
  registeredModel: "ml_prod.models.customer_churn_model",
  owner: "data-science",
  champion: { status: "known", version: "12", since: "2026-11-18T09:00:00Z" },
  challenger: { status: "known", version: "13", since: "2026-11-21T07:00:00Z" },
  gate: {
    status: "known",
    version: "13",
    verdict: "refused",
    reason: "val_accuracy 0.79, must be > 0.8; val_auc_roc 0.835051, must be > 0.842",
  },
  endpoints: {
    status: "known",
    list: [
      {
        name: "customer-churn-model-endpoint",
        health: "behind",
        versions: ["11"],
        failure: "the container ran out of memory",
      },
    ],
  },
  drift: {
    status: "known",
    state: "drifted",
    evaluatedAt: "2026-11-21T09:15:00Z",
    threshold: 0.1,
    score: 7.80412,
    column: "days_since_signup",
    windowStart: "2026-11-20T00:00:00Z",
  },
};

const bare: ModelRow = {
  name: "iris",
  owner: "botany",
  champion: { status: "none" },
  challenger: { status: "none" },
  gate: { status: "none" },
  endpoints: { status: "not configured" },
  drift: { status: "unknown", reason: "GET /api/2.0/alerts/7 ended with 403: not for you" },
};

const prod: EnvironmentRow = {
  stack: "prod",
  status: "known",
  workspace: "https://adb-1234567890123456.7.azuredatabricks.net",
  models: [healthy, bare],
};

const fleet = (...environments: EnvironmentRow[]): Fleet => ({
  formatVersion: 1,
  readAt: "2026-11-21T10:00:00Z",
  environments,
});

const shown = (width: number, ...environments: EnvironmentRow[]): string =>
  fleetText(fleet(...environments), { width, colour: false });
const words = (text: string): string => text.replaceAll(/\s+/g, " ");

test("a row says it all in words", () => {
  const text = words(shown(400, prod));
  for (const part of [
    "v12, 3 d",
    "v13, 3 h",
    "v13 refused: val_accuracy 0.79, must be > 0.8; val_auc_roc 0.835051, must be > 0.842",
    "ready, but the last update failed v11",
    "DRIFTED, 7.8 of at most 0.1 (days_since_signup), on 2026-11-20, looked 45 min ago",
    "data-science",
    "customer-churn: last update of customer-churn-model-endpoint: the container ran out of memory",
  ]) {
    expect(text).toContain(part);
  }
});

test("none, not configured and unknown are three words, and unknown has a reason", () => {
  const text = words(shown(400, prod));
  expect(text).toMatch(/iris none yet none nothing to judge not configured unknown botany/);
  expect(text).toContain("iris: drift unknown: GET /api/2.0/alerts/7 ended with 403: not for you");
});

describe.each([160, 120, 100, 80, 60, 40, 24])("%d columns", (width) => {
  const text = shown(width, prod);

  test("no line is longer", () => {
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  test("nothing is lost", () => {
    // No word is broken that a line has room for.
    const words = ["DRIFTED,", "val_auc_roc", "botany", "v12,", "(days_since_signup),", "unknown"];
    for (const word of words.filter(({ length }) => length <= width - 2)) {
      expect(text).toContain(word);
    }
    expect(text.replaceAll(/\s+/g, "")).toContain("containerranoutofmemory");
  });
});

test.each([100, 120])("%d columns keep a table with its header", (width) => {
  const [, header = ""] = shown(width, prod).split("\n");
  expect(words(header)).toBe("model champion challenger gate endpoint drift owner");
});

test("a terminal that is too narrow for columns gets a list", () => {
  expect(shown(80, prod)).toContain("customer-churn\n  champion: v12, 3 d\n  challenger: v13, 3 h");
});

test("colour is an addition: without it, the same text", () => {
  const coloured = fleetText(fleet(prod), { width: 120, colour: true });
  expect(coloured).not.toBe(shown(120, prod));
  expect(stripVTControlCharacters(coloured)).toBe(shown(120, prod));
});

test("an environment that cannot be read says why, and the others are listed", () => {
  const reason = "prod's workspace did not answer within 15 s";
  const unknown = { status: "unknown", reason } as const;
  const text = shown(
    120,
    { stack: "dev", status: "none", models: [] },
    { stack: "local", status: "known", models: [] },
    { ...prod, ...unknown, models: [{ ...bare, champion: unknown, drift: unknown }] },
    { stack: "test", status: "unknown", reason: "no credentials", models: [] },
  );
  expect(text).toContain("dev  nothing is deployed");
  expect(text).toContain("local  no models");
  expect(words(text)).toContain(`unknown: ${reason}`);
  expect(words(text).split(reason)).toHaveLength(2);
  expect(text).toContain("test  unknown: no credentials");
});

test("text is wrapped at spaces, and within a word only where it must be", () => {
  expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrap("a abcdefghij b", 4)).toEqual(["a", "abcd", "efgh", "ij b"]);
  expect(wrap("", 4)).toEqual([""]);
});

test.each([
  ["2026-11-21T09:59:30Z", "0 min"],
  ["2026-11-21T09:01:00Z", "59 min"],
  ["2026-11-20T10:01:00Z", "23 h"],
  ["2026-11-20T10:00:00Z", "1 d"],
  ["2026-11-22T10:00:00Z", "0 min"],
  ["who knows", "who knows"],
])("%s is %s ago", (since, said) => {
  expect(age(since, Date.parse("2026-11-21T10:00:00Z"))).toBe(said);
});
