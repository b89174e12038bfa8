import { describe, expect, test } from "vitest";
import { holds, short, shownTime, timeOf } from "../../../components/gate/decision/measured";
import type { Comparison } from "../../../components/gate/decision/rule";

describe("a time is one of RFC 3339, with its zone", () => {
  test.each([
    ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21t12:00:00z", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T12:00:00.25Z", "2026-11-21T12:00:00.250Z"],
    ["2026-11-21T12:00:00.123456Z", "2026-11-21T12:00:00.123Z"],
    ["2026-11-21T12:00:00+05:30", "2026-11-21T06:30:00.000Z"],
    ["2026-11-21T12:00:00-01:00", "2026-11-21T13:00:00.000Z"],
  ])("%s", (text, expected) => {
    expect(new Date(timeOf(text)).toISOString()).toBe(expected);
  });

  test.each([
    ...["", "soon", "1", "9999", "2026", "2026-11", "2026-11-21", "Sat, 21 Nov 2026 12:00:00 GMT"],
    ...["2026-11-21T12:00Z", "2026-11-21T12:00:00", "2026-11-21 12:00:00Z"],
    // `Date.parse` takes each of these for a time.
    ...["+002026-11-21T12:00:00Z", "2026-11-21T12:00:00Z (noon)", "(at) 2026-11-21T12:00:00Z"],
    ...["2026-11-21T12:00:00+0100", "2026-13-21T12:00:00Z", "2026-11-21T25:00:00Z"],
  ])("'%s' is none", (text) => {
    expect(timeOf(text)).toBeNaN();
  });
});

test("a comparison that nobody knows does not hold", () => {
  expect(holds(1, JSON.parse('"=="') as Comparison, 1)).toBe(false);
});

test.each([
  [0.123456789, null, "0.123457"],
  [0.8499999999, 0.85, "0.8499999999"],
  [0.8500000001, null, "0.85"],
  [1000000, 0, "1000000"],
  [Number.MAX_VALUE, null, "Infinity"],
  [-Infinity, 0, "-Infinity"],
])("%d beside %d reads %s", (value, bound, expected) => {
  expect(short(value, bound)).toBe(expected);
});

test("a time that no calendar has stays a number", () => {
  expect([shownTime(0), shownTime(9e15)]).toEqual(["1970-01-01T00:00:00.000Z", "9000000000000000"]);
});
