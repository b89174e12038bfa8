import { expect, test } from "vitest";
import { quartz, quartzProblem } from "../../../components/cron";

test.each([
  "0 0 6 * * ?",
  "0 0 * * * ?",
  "0 0/15 * * * ?",
  "0 */15 * * * ?",
  "0 0 6 1/5 * ?",
  "5,10 0 6 * * ?",
  "0 0 8-18/2 * * ?",
  "0 0 12 ? * MON-FRI",
  "0 0 12 ? * mon-fri",
  "0 0 6 ? JAN,JUL SUN",
  "0 0 6 ? * 1",
  "0 0 6 ? * 7",
  "0 0 6 ? * 2-6",
  "0 0 6 L * ?",
  "0 0 6 15W * ?",
  "0 0 6 ? * 6L",
  "0 0 6 ? * 6#3",
  "0 0 6 ? * FRI#2",
  "0 0 6 * * ? 2027",
  "0 0 6 * * ? 2027-2030",
  "  0 0 6 * * ?  ",
])("%s is a Quartz cron", (expression) => {
  expect(quartzProblem(expression)).toBeUndefined();
  expect(quartz("refresh", expression)).toBe(expression);
});

test.each([
  ["", "it has 1 fields; Quartz has 6 or 7"],
  ["@daily", "it has 1 fields"],
  ["0 6 * * ?", "it has 5 fields; Quartz has 6 or 7: second minute hour day month weekday [year]"],
  ["0 0 6 * * ? 2027 1", "it has 8 fields"],
  ["0 0 6 ? * ?", "exactly one of day-of-month (4th) and day-of-week (6th) must be ?"],
  ["0 0 6 * * *", "exactly one of day-of-month (4th) and day-of-week (6th) must be ?"],
  ["0 0 6 1 * MON", "exactly one of"],
  ["0 ? 6 * * ?", "and no other field"],
  ["0 0 6 ? ? MON", "and no other field"],
  ["0 ? 6 * * *", "exactly one of"],
  ["60 0 6 * * ?", "second 60 is not between 0 and 59"],
  ["0 60 6 * * ?", "minute 60 is not between 0 and 59"],
  ["0 0 25 * * ?", "hour 25 is not between 0 and 23"],
  ["0 0 24 * * ?", "hour 24 is not between 0 and 23"],
  ["0 0 6 0 * ?", "day-of-month 0 is not between 1 and 31"],
  ["0 0 6 1-32 * ?", "day-of-month 32 is not between 1 and 31"],
  ["0 0 6 1 13 ?", "month 13 is not between 1 and 12"],
  ["0 0 6 ? * 8", "day-of-week 8 is not between 1 and 7"],
  ["0 0 6 ? * 0", "day-of-week 0 is not between 1 and 7"],
  ["0 0 6 ? * 8#1", "day-of-week 8 is not between 1 and 7"],
  ["0 0 6 ? * 6#6", "should be 1-5"],
  ["0 0 6 * * ? 1969", "year 1969 is not between 1970 and 2099"],
  ["0 */0 * * * ?", "illegal stepping: 0"],
  ["0 0/70 * * * ?", "steps cannot be greater"],
  ["0 0 6 ? * NOT", "illegal characters"],
  ["0 0 6 ? FOO MON", "illegal characters"],
  ["0 0 10-5 * * ?", "From value is larger"],
  ["a b c d e ?", "illegal characters"],
])("'%s' is not: %s", (expression, problem) => {
  expect(quartzProblem(expression)).toContain(problem);
});

test("the message names the schedule, the expression, and what is wrong with it", () => {
  expect(() => quartz("churn-refresh", "0 0 25 * * ?")).toThrow(
    "The schedule of churn-refresh is '0 0 25 * * ?'; it must be a Quartz cron: " +
      "hour 25 is not between 0 and 23.",
  );
});
