import { describe, expect, it } from "vitest";
import { readSettings } from "../../../policies/settings";

const RULES = "mlops-policies:rules";

describe("the settings of the rules", () => {
  it("have defaults that demand what any environment can do", () => {
    expect(readSettings({ "mlops:environment": "{}" })).toEqual({
      settings: { protect: false, runAs: false, monitored: false, minimumMinutesBetweenRuns: 15 },
    });
  });

  it("come from the stack's configuration", () => {
    const read = readSettings({ [RULES]: '{"protect":true,"minimumMinutesBetweenRuns":60}' });
    expect(read).toMatchObject({ settings: { protect: true, minimumMinutesBetweenRuns: 60 } });
  });

  it.each([
    [{ [RULES]: '{"protect":"yes"}' }, `${RULES}.protect must be true or false`],
    [{ [RULES]: '{"protekt":true}' }, `${RULES}.protekt there is no such key; allowed: protect, `],
    [{ [RULES]: '{"minimumMinutesBetweenRuns":0}' }, "must be at least 1 minute"],
    [{ [RULES]: '{"minimumMinutesBetweenRuns":1.5}' }, "must be a whole number of minutes"],
    [{ [RULES]: '{"minimumMinutesBetweenRuns":20000}' }, "must be at most a week"],
    [{ [RULES]: "strict" }, `${RULES} must be a section with keys`],
    [
      { "mlops-policies:protect": "true" },
      "no setting mlops-policies:protect; use mlops-policies:rules",
    ],
  ])("%j is refused", (config, message) => {
    const read = readSettings(config);
    expect("problem" in read && read.problem).toContain(message);
  });
});
