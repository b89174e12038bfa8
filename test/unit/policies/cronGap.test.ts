import { describe, expect, it } from "vitest";
import { minutesBetweenRuns } from "../../../policies/cronGap";

describe("the time between two runs of a Quartz cron expression", () => {
  it.each([
    ["0 0 6 * * ?", 1440],
    ["0 0 * * * ?", 60],
    ["0 0/15 * * * ?", 15],
    ["0 0 6 ? * MON", 10_080],
    // Sunday is 1.
    ["0 0 6 ? * 1,2", 1440],
    ["0 0 23,0 * * ?", 60],
    // The shortest distance counts, wherever in the day it is.
    ["0 0,50 0,2,4,22,23 * * ?", 10],
    ["0 0 0 1,L * ?", 1440],
    ["0 0 6 15W * ?", 40_320],
    ["*/30 * * * * ?", 0.5],
    ["0 0 6 1 1 ? 2030", Infinity],
    ["0 0 6 1 1 ? 2020", Infinity],
  ])("%s: %d minutes", (expression, minutes) => {
    expect(minutesBetweenRuns(expression)).toBe(minutes);
  });

  it.each(["", "hourly", "0 6 * * *", "0 0 25 * * ?"])("'%s' is none", (expression) => {
    expect(minutesBetweenRuns(expression)).toBeUndefined();
  });
});
