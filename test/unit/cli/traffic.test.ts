import { expect, test } from "vitest";
import { daysAgo } from "../../../cli/loop/traffic";

const evening = Date.parse("2026-11-21T20:15:00Z");
const night = Date.parse("2026-11-21T00:15:00Z");

test.each([
  [0, evening, "2026-11-21T12:00:00.000Z"],
  [3, evening, "2026-11-18T12:00:00.000Z"],
  [3, night, "2026-11-18T12:00:00.000Z"],
  // No request can have come in the future.
  [0, night, "2026-11-21T00:15:00.000Z"],
])("%d days before", (days, now, time) => {
  expect(daysAgo(days, now).toISOString()).toBe(time);
});
