import { describe, expect, test } from "vitest";
import { isTimeZone, quartz, quartzProblem } from "../../../../local/jobs/quartz";

describe("a Quartz expression", () => {
  test.each([
    ["0 0 6 * * ?", "2026-11-23T06:00:00.000Z"],
    ["0 0 * * * ?", "2026-11-22T13:00:00.000Z"],
    // Quartz counts Sunday as 1.
    ["0 0 12 ? * 2", "2026-11-23T12:00:00.000Z"],
    ["0 0/20 * ? * SUN", "2026-11-22T12:20:00.000Z"],
    ["0 0 12 L * ?", "2026-11-30T12:00:00.000Z"],
    ["0 0 12 ? * 6#1 2027", "2027-01-01T12:00:00.000Z"],
  ])("%s next fires at %s", (expression, next) => {
    expect(quartzProblem(expression)).toBeUndefined();
    const cron = quartz(expression, "UTC");
    expect(cron.nextRun(new Date("2026-11-22T12:00:01Z"))?.toISOString()).toBe(next);
    cron.stop();
  });

  test("follows its time zone", () => {
    const cron = quartz("0 0 6 * * ?", "Europe/Berlin");
    expect(cron.nextRun(new Date("2026-07-01T12:00:00Z"))?.toISOString()).toBe(
      "2026-07-02T04:00:00.000Z",
    );
    cron.stop();
  });

  test.each([
    ["0 6 * * ?", "5 fields instead of 6 or 7"],
    ["0 0 6 * * *", "exactly one of day-of-month and day-of-week must be '?'"],
    ["0 0 6 ? * ?", "exactly one of day-of-month and day-of-week must be '?'"],
    ["0 ? 6 ? * 2", "only day-of-month or day-of-week can be '?'"],
    ["0 0 25 * * ?", "Invalid value for hour: 25"],
    ["0 0 6 * * ? 2027 1", "8 fields"],
  ])("%s is refused: %s", (expression, problem) => {
    expect(quartzProblem(expression)).toContain(problem);
  });

  test("knows time zones", () => {
    expect(isTimeZone("America/New_York")).toBe(true);
    expect(isTimeZone("Mars/Olympus")).toBe(false);
  });
});
